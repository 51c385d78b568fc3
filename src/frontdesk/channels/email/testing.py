"""A mail that shows whether an inbox can send.

Source: behaviour of the API, messages, section 8.1.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.access.finding import find_user
from frontdesk.channels import queries
from frontdesk.channels.email.sending import Promise, promise_mail
from frontdesk.db import Tx
from frontdesk.errors import NotFound, Refused
from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.mail.message import Outgoing, one_line

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def send_test(tx: Tx, settings: "Settings", user: Principal, inbox_id: str) -> dict[str, Any]:
    """Promise a test mail of an inbox to the user's own verified address; return the inbox's id.

    Raises NotFound, Refused `inbox-not-found` for one that is switched off,
    `user-without-verified-email`.
    """
    inbox = tx.one(queries.INBOX, inbox_id=inbox_id)
    if inbox is None:
        raise NotFound
    if not inbox.active:
        raise Refused("inbox-not-found")
    account = find_user(tx, user.id)
    emails = [] if account is None else account.emails or []
    verified = [each["address"] for each in emails if each.get("verified")]
    if not verified:
        raise Refused("user-without-verified-email")
    outgoing = Outgoing(
        to=[verified[0]],
        subject=one_line(f"[{settings.text('Site_Name')}] {inbox.name}"),
        text=f"The inbox {inbox.email} can send.\n",
    )
    promise_mail(tx, Promise(inbox.id, outgoing), f"test:{random_id()}")
    return {"_id": inbox.id}
