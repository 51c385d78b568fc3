"""The HTTP face of the second factor by e-mail."""

from frontdesk.access import two_factor
from frontdesk.access.schemas import EmailOrUsername
from frontdesk.http import Call, Routes

routes = Routes("Two-Factor Authentication")


@routes.post("users.2fa.sendEmailCode", public=True)
async def send_code(call: Call, body: EmailOrUsername) -> None:
    """Mail a code to somebody who is logging in.

    The answer is the same whether or not there is such a user.
    """
    await two_factor.send_code_to(call.workspace.db, call.settings, body.emailOrUsername)


@routes.post(
    "users.2fa.enableEmail",
    refusals=("You need to verify your emails before setting up 2FA [error-invalid-user]",),
)
async def enable(call: Call) -> None:
    """Ask for a code by e-mail at every log-in from now on.

    Needs a verified address. All other sessions end.
    """
    await call.write(two_factor.enable_email, call.user.id, call.user.hashed_token)


@routes.post("users.2fa.disableEmail", two_factor="always")
async def disable(call: Call) -> None:
    """Ask for codes by e-mail no more.

    Needs a code, even if one was given a moment ago.
    """
    await call.write(two_factor.disable_email, call.user.id)
