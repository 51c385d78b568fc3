"""Six-digit codes sent by e-mail, the second factor of those who have set it up.

Source of the rules: API frame, 6.1 step 4. A code is kept as a hash that is costly to guess at,
and a guess is counted before it is judged, so that many at once are no more than the limit allows.
"""

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

from frontdesk.access import queries
from frontdesk.access.finding import find_user, user_to_change
from frontdesk.access.passwords import digest, hash_digest, verify_digest
from frontdesk.access.user_mails import mail_code
from frontdesk.db import Tx
from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.db import Database
    from frontdesk.settings.workspace import Settings

_RULE = "Accounts_TwoFactorAuthentication"
#: A code is used again while it is good for longer than this; milliseconds.
GOOD_FOR = 300_000


class TooManyGuesses(Coded):
    """All guesses at a code are used up."""

    def __init__(self) -> None:
        # The spelling is the API's.
        super().__init__("totp-max-attempts", "TOTP Maximun Failed Attempts Reached")


async def send_code(db: "Database", settings: "Settings", user_id: str) -> int | None:
    """Send a user a code unless there is one of use; return when a new one expires, in ms."""
    if not await db.read(lambda tx: _needs_code(tx, settings, user_id)):
        return None
    code = f"{secrets.randbelow(1_000_000):06d}"
    hashed = await asyncio.to_thread(hash_digest, digest(code))
    return await db.write(lambda tx: _store_and_mail(tx, settings, user_id, code, hashed))


async def is_right_code(db: "Database", settings: "Settings", user_id: str, code: str) -> bool:
    """Judge a guess, in which only the digits count; a right one uses the code up.

    Raises TooManyGuesses.
    """
    code = "".join(each for each in code if each.isdigit())
    hashed = await db.write(lambda tx: _count_guess(tx, settings, user_id))
    if hashed is None or not await asyncio.to_thread(verify_digest, hashed, digest(code)):
        return False
    return await db.write(lambda tx: _use_up(tx, user_id, hashed))


def _needs_code(tx: Tx, settings: "Settings", user_id: str) -> bool:
    user = find_user(tx, user_id)
    return user is not None and not _is_of_use(tx, settings, user.email_code)


def _is_of_use(tx: Tx, settings: "Settings", stored: dict[str, Any] | None) -> bool:
    return (
        stored is not None
        and stored["expires_at"] > tx.now + GOOD_FOR
        and stored["guesses"] < _most_guesses(settings)
    )


def _store_and_mail(
    tx: Tx, settings: "Settings", user_id: str, code: str, hashed: str
) -> int | None:
    user = user_to_change(tx, user_id)
    if user is None or _is_of_use(tx, settings, user.email_code):
        return None
    expires_at = tx.now + settings.number(f"{_RULE}_By_Email_Code_Expiration") * 1000
    stored = {"hash": hashed, "expires_at": expires_at, "guesses": 0}
    tx.patch(queries.PATCH_USER, user_id, email_code=stored)
    mail_code(tx, settings, user, code)
    return expires_at


def _count_guess(tx: Tx, settings: "Settings", user_id: str) -> str | None:
    """Return the hash to compare with, or None where no code is good."""
    user = user_to_change(tx, user_id)
    stored = None if user is None else user.email_code
    if stored is None or stored["expires_at"] <= tx.now:
        return None
    if stored["guesses"] >= _most_guesses(settings):
        raise TooManyGuesses
    counted = {**stored, "guesses": stored["guesses"] + 1}
    tx.patch(queries.PATCH_USER, user_id, email_code=counted)
    return str(stored["hash"])


def _use_up(tx: Tx, user_id: str, hashed: str) -> bool:
    """Remove the code; return False if it was used or replaced a moment ago."""
    user = user_to_change(tx, user_id)
    if user is None or user.email_code is None or user.email_code["hash"] != hashed:
        return False
    tx.patch(queries.PATCH_USER, user_id, email_code=None)
    return True


def _most_guesses(settings: "Settings") -> int:
    return settings.number(f"{_RULE}_Max_Invalid_Email_Code_Attempts")
