"""A mail to all users who want such mails, each with his own name and link.

Source: behaviour of the API, messages, section 8.4.
"""

import re
from email.utils import parseaddr
from html import escape
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.access.finding import people_with_addresses, user_by_email
from frontdesk.access.records import User
from frontdesk.channels import queries
from frontdesk.channels.email.html_text import html_to_text
from frontdesk.channels.email.reading import LARGEST_HTML
from frontdesk.channels.mailer.filtering import checked_filter, fits
from frontdesk.channels.mailer.schemas import SendMailing
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.ids import random_id
from frontdesk.jobs import Handler, JobRun, enqueue, finish
from frontdesk.mail.address import is_address
from frontdesk.mail.message import Outgoing, one_line
from frontdesk.mail.sending import send_later

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

#: The kind of job that makes the mails of a mailing, all or none.
MAIL_ALL = "channels.mailing"
_WHERE = {"function": "Mailer.sendMail"}
_LINK = "[unsubscribe]"
_PLACE = re.compile(r"\[(name|fname|lname|email|unsubscribe)\]")


def send_mailing(tx: Tx, given: SendMailing) -> None:
    """Promise a mail to all users, or with `dryrun` to the one who has the sender's address.

    Raises Coded `error-invalid-from-address`, `error-missing-unsubscribe-link`,
    `error-invalid-query`, and for a `dryrun` `error-invalid-user`.
    """
    name, address = parseaddr(one_line(given.sender))
    if not is_address(address) or len(address) > 254:
        raise Coded("error-invalid-from-address", "Invalid from address", _WHERE)
    if _LINK not in given.body:
        where = {"function": "Mailer.sendMail"}
        text = "You must provide the [unsubscribe] link."
        raise Coded("error-missing-unsubscribe-link", text, where)
    conditions = checked_filter(given.query)
    only = None
    if given.dryrun:
        user = user_by_email(tx, address)
        if user is None:
            raise Coded("error-invalid-user", "Invalid user", _WHERE)
        only, conditions = user.id, {}
    payload = {
        "name": name,
        "address": address,
        "subject": one_line(given.subject),
        "body": given.body,
        "filter": conditions,
        "only": only,
    }
    enqueue(tx, MAIL_ALL, payload, key=f"{MAIL_ALL}:{random_id()}")


def mail_all(workspace: "Workspace") -> Handler:
    """Return the handler of MAIL_ALL."""

    async def handle(run: JobRun) -> None:
        await workspace.db.write(lambda tx: _promise_mails(tx, workspace.settings, run))

    return handle


def _promise_mails(tx: Tx, settings: "Settings", run: JobRun) -> None:
    finish(tx, run)
    mailing = run.payload
    refusing = set(tx.all(queries.REFUSALS))
    for user in people_with_addresses(tx):
        wanted = user.id == mailing["only"] if mailing["only"] else user.id not in refusing
        if not wanted or not fits(user, mailing["filter"]):
            continue
        outgoing = _mail(settings, user, mailing)
        if outgoing is not None:
            send_later(tx, outgoing, f"{run.id}:{user.id}")


def _mail(settings: "Settings", user: User, mailing: dict[str, Any]) -> Outgoing | None:
    address = str((user.emails or [{}])[0].get("address", ""))
    if not is_address(address):
        return None
    first, _, last = (user.name or user.username).strip().partition(" ")
    site = settings.text("Site_Url").rstrip("/")
    values = {
        "name": user.name or user.username,
        "fname": first,
        "lname": last.rpartition(" ")[2],
        "email": address,
        "unsubscribe": f"{site}/mailer/unsubscribe/{user.id}/{user.created_at}",
    }
    html = _PLACE.sub(lambda found: escape(values[found[1]]), mailing["body"])
    subject = _PLACE.sub(lambda found: values[found[1]], mailing["subject"])
    return msgspec.structs.replace(
        Outgoing(
            to=[address],
            subject=one_line(subject),
            text=html_to_text(html[:LARGEST_HTML]) + "\n",
            html=html,
        ),
        from_address=mailing["address"],
        from_name=one_line(mailing["name"]),
    )
