"""The HTTP face of logging in and out."""

from typing import Any

from frontdesk.access import login
from frontdesk.access.credentials import read_proof
from frontdesk.access.documents import me_document
from frontdesk.access.finding import find_user
from frontdesk.access.schemas import LogIn
from frontdesk.errors import Forbidden
from frontdesk.http import Call, Routes
from frontdesk.http.answers import Answer, encode
from frontdesk.http.frame import body_value

routes = Routes("Authentication")

_ME_EXAMPLE = {
    "_id": "aobEdbYhXfu5hkeqG",
    "name": "Ann Agent",
    "username": "ann",
    "emails": [{"address": "ann@example.com", "verified": True}],
    "status": "online",
    "statusLivechat": "available",
    "active": True,
    "roles": ["user", "livechat-agent"],
    "settings": {"profile": {}, "preferences": {"idleTimeLimit": 300}, "calendar": {}},
    "avatarUrl": "http://localhost:3000/avatar/ann",
    "services": {"password": {"exists": True}},
    "isOAuthUser": False,
}


@routes.post(
    "login",
    public=True,
    example={
        "status": "success",
        "data": {
            "userId": "aobEdbYhXfu5hkeqG",
            "authToken": "9HqLlyZOugoStsXCUfD_0YdwnNnunAJF8V47U3QHXSq",
            "me": _ME_EXAMPLE,
        },
    },
    refusals=(
        "Unauthorized",
        "error-login-blocked-for-ip",
        "error-login-blocked-for-user",
        "error-app-user-is-not-allowed-to-login",
        "error-user-is-not-activated",
        "error-user-has-no-roles",
        "error-invalid-email",
        "totp-required",
        "totp-invalid",
    ),
)
async def log_in(call: Call, body: LogIn) -> dict[str, Any]:
    """Log in with a password or a token.

    Send `userId` and `authToken` as `X-User-Id` and `X-Auth-Token` with all further requests.
    Refusals are answered with 401 and never tell whether a user exists. After too many failures
    from one address, or under one user name, log-ins are refused for some minutes.
    """
    proof = read_proof(body_value(call), call.headers.get("x-2fa-code"))
    logged_in = await login.log_in(call.workspace, proof, call.address)
    return {
        "status": "success",
        "data": {
            "userId": logged_in.user.id,
            "authToken": logged_in.token,
            "me": me_document(logged_in.user, call.settings),
        },
    }


async def log_out(call: Call) -> Answer:
    """Log out.

    Ends the session of the token that was sent; others of the user go on. An agent takes no more
    conversations until the next log-in.
    """
    await call.write(login.log_out, call.user.id, call.user.hashed_token)
    answer = {"status": "success", "data": {"message": "You've been logged out!"}}
    return Answer(200, encode(answer))


_LOGGED_OUT = {"status": "success", "data": {"message": "You've been logged out!"}}
routes.post("logout", example=_LOGGED_OUT)(log_out)
routes.get("logout", example=_LOGGED_OUT)(log_out)


@routes.get("me", example=_ME_EXAMPLE)
async def me(call: Call) -> dict[str, Any]:
    """Show who is logged in.

    With all preferences: the user's own over the defaults of the workspace.
    """
    user = await call.read(find_user, call.user.id)
    if user is None:
        raise Forbidden
    return me_document(user, call.settings)
