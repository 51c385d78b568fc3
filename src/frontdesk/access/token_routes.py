"""The HTTP face of tokens: personal ones, those made for others, and ending sessions."""

import hmac
from typing import Any

from frontdesk.access import tokens
from frontdesk.access.finding import selected_user
from frontdesk.access.records import LoginToken
from frontdesk.access.schemas import (
    CreateToken,
    GenerateToken,
    LogOutUser,
    TokenName,
    UserSelector,
)
from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http import Call, Principal, Routes

routes = Routes("Users")

_TOKEN_EXAMPLE = {"token": "2jdk99wuSjXPO201XlAks9sjDjAhSJmskAKW301mSuj"}
_PERMISSION = "create-personal-access-tokens"


@routes.post(
    "users.generatePersonalAccessToken",
    two_factor="remembered",
    example=_TOKEN_EXAMPLE,
    refusals=(
        "Not Authorized [not-authorized]",
        "A token with this name already exists [error-token-already-exists]",
    ),
)
async def generate(call: Call, body: GenerateToken) -> dict[str, Any]:
    """Make a personal access token.

    It never expires and is shown this once. `bypassTwoFactor` lets it pass without a second
    proof.
    """
    _require_permission(call, "generateToken")
    token = await call.write(
        tokens.create_personal_token, call.user.id, body.tokenName, body.bypassTwoFactor
    )
    return {"token": token}


@routes.post(
    "users.regeneratePersonalAccessToken",
    two_factor="remembered",
    example=_TOKEN_EXAMPLE,
    refusals=(
        "Not Authorized [not-authorized]",
        "Token does not exist [error-token-does-not-exists]",
    ),
)
async def regenerate(call: Call, body: TokenName) -> dict[str, Any]:
    """Replace a personal access token by a new one of the same name.

    The old token stops working at once; the new one is shown in this answer only.
    """
    _require_permission(call, "regenerateToken")
    return {"token": await call.write(tokens.renew_personal_token, call.user.id, body.tokenName)}


@routes.post(
    "users.removePersonalAccessToken",
    two_factor="remembered",
    refusals=(
        "Not Authorized [not-authorized]",
        "Token does not exist [error-token-does-not-exists]",
    ),
)
async def remove(call: Call, body: TokenName) -> None:
    """Take a personal access token back.

    It stops working at once.
    """
    _require_permission(call, "removeToken")
    await call.write(tokens.remove_personal_token, call.user.id, body.tokenName)


@routes.get(
    "users.getPersonalAccessTokens",
    permissions=[_PERMISSION],
    example={
        "tokens": [
            {
                "name": "billing",
                "createdAt": "2026-03-01T10:00:00.000Z",
                "lastTokenPart": "R8Agh3",
                "bypassTwoFactor": False,
            }
        ]
    },
)
async def list_personal(call: Call) -> dict[str, Any]:
    """List one's personal access tokens, with the last six characters of each.

    Names, dates and last characters only: a token itself is shown once, when it is made.
    """
    found: list[LoginToken] = await call.read(tokens.personal_tokens, call.user.id)
    return {
        "tokens": [
            {
                "name": token.personal_name,
                "createdAt": iso(token.created_at),
                "lastTokenPart": token.last_part,
                "bypassTwoFactor": token.bypass_two_factor,
            }
            for token in found
        ]
    }


@routes.post(
    "users.createToken",
    example={
        "data": {
            "userId": "BsNr28znDkG8aeo7W",
            "authToken": "2jdk99wuSjXPO201XlAks9sjDjAhSJmskAKW301mSuj",
        }
    },
    refusals=(
        "Not authorized [error-not-authorized]",
        'The required "userId" or "username" param provided does not match any users '
        "[error-invalid-user]",
    ),
)
async def create_token(call: Call, body: CreateToken) -> dict[str, Any]:
    """Make a log-in token for a user.

    `secret` is what the server was started with as `CREATE_TOKENS_FOR_USERS_SECRET`; without
    that no such tokens are made. For others than oneself `user-generate-access-token` is needed.
    """
    secret = call.workspace.config.environment.get("CREATE_TOKENS_FOR_USERS_SECRET", "")
    if not secret or not hmac.compare_digest(secret.encode(), body.secret.encode()):
        raise Coded("error-not-authorized", "Not authorized")
    token = await call.write(_create_token, call.user, body.userId)
    return {"data": {"userId": body.userId, "authToken": token}}


@routes.post(
    "users.logout",
    example={"message": "User BsNr28znDkG8aeo7W has been logged out!"},
    refusals=("unauthorized", "Invalid user id [error-invalid-user-id]"),
)
async def log_user_out(call: Call, body: LogOutUser) -> dict[str, Any]:
    """Log a user out everywhere.

    Takes back personal tokens too. Others than oneself need `logout-other-user`.
    """
    user_id = body.userId or call.user.id
    if user_id != call.user.id:
        call.require("logout-other-user")
    await call.write(tokens.revoke_all_tokens, user_id)
    return {"message": f"User {user_id} has been logged out!"}


@routes.post(
    "users.logoutOtherClients",
    example={**_TOKEN_EXAMPLE, "tokenExpires": "2026-06-01T10:00:00.000Z"},
)
async def log_others_out(call: Call) -> dict[str, Any]:
    """Log oneself out everywhere else.

    The token that was sent and personal tokens stay.
    """
    kept: LoginToken | None = await call.write(
        tokens.revoke_other_tokens, call.user.id, call.user.hashed_token
    )
    end = None if kept is None else tokens.expires_at(kept, call.settings)
    return {
        "token": call.headers["x-auth-token"],
        "tokenExpires": "" if end is None else iso(end),
    }


@routes.post("users.removeOtherTokens")
async def remove_others(call: Call) -> None:
    """End all other sessions of oneself, for instance after a change of the password.

    All log-ins but the one that asks end; personal access tokens stay.
    """
    await call.write(tokens.revoke_other_tokens, call.user.id, call.user.hashed_token)


def _require_permission(call: Call, act: str) -> None:
    if not call.user.may(_PERMISSION):
        raise Coded("not-authorized", "Not Authorized", {"method": f"personalAccessTokens:{act}"})


def _create_token(tx: Tx, caller: Principal, user_id: str) -> str:
    user = selected_user(tx, UserSelector(userId=user_id))
    if user.id != caller.id and not caller.may("user-generate-access-token"):
        raise Coded("error-not-authorized", "Not authorized")
    return tokens.issue_token(tx, user.id)
