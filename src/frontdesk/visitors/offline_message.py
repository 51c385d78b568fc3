"""A message that a visitor leaves while nobody is there: it goes out as an e-mail.

Source: behaviour of the API, messages, section 4.3. Differing on purpose: what the visitor writes
is escaped, the address must be one that can be answered, and a domain name system that says
nothing loses no message.
"""

import html
from typing import TYPE_CHECKING

import structlog

from frontdesk.conversations.channels import channel_by_name
from frontdesk.conversations.noting import note_message
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.ids import random_id
from frontdesk.mail.address import is_address, workspace_sender
from frontdesk.mail.message import Outgoing, one_line
from frontdesk.mail.mx import takes_mail
from frontdesk.mail.sending import send_later
from frontdesk.messages.records import Message
from frontdesk.messages.storing import SYSTEM_AUTHOR, store_message
from frontdesk.texts import text
from frontdesk.visitors.offline_message_schemas import OfflineMessage
from frontdesk.webhooks.offline_events import tell_offline_message
from frontdesk.workforce.finding import department_by_id_or_name
from frontdesk.workforce.records import Department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

log = structlog.get_logger(__name__)

#: Characters; who writes more is no visitor.
LONGEST_NAME = 500
LONGEST_ADDRESS = 320
LONGEST_MESSAGE = 50_000
LONGEST_HOST = 2_000
#: Characters of the message that its subject shows.
SHOWN = 20

_REFUSAL = "Error_sending_livechat_offline_message"


async def check_offline_message(settings: "Settings", given: OfflineMessage) -> None:
    """Raise Refused for a message that would not be sent, before anything is stored."""
    if not settings.flag("Livechat_display_offline_form"):
        raise _refused("there is no form")
    if not is_address(given.email) or len(given.email) > LONGEST_ADDRESS:
        raise _refused("the visitor's address is none")
    if len(given.name) > LONGEST_NAME or len(given.message) > LONGEST_MESSAGE:
        raise _refused("it is too long")
    if len(given.host or "") > LONGEST_HOST:
        raise _refused("it is too long")
    validated = settings.flag("Livechat_validate_offline_email")
    if validated and await takes_mail(given.email.rpartition("@")[2]) is False:
        raise _refused("the visitor's domain takes no mail")


def send_offline_message(tx: Tx, settings: "Settings", given: OfflineMessage) -> None:
    """Promise the e-mail to the department, or else to the workspace's address, and tell it in a
    channel and to another server, if that is wanted.

    Raises Refused where there is no address to send it to.
    """
    department = department_by_id_or_name(tx, given.department) if given.department else None
    target = (department.email if department is not None else None) or settings.text(
        "Livechat_offline_email"
    )
    target = target.strip()
    if not is_address(target):
        raise _refused("there is no address to send it to")
    send_later(tx, _mail(settings, given, target), key=f"offline:{random_id()}")
    tell_offline_message(tx, settings, given.name, given.email, given.message)
    if settings.flag("Livechat_OfflineMessageToChannel_enabled"):
        _tell_channel(tx, settings, given, department)


def _refused(reason: str) -> Refused:
    log.info("offline_message_refused", reason=reason)
    return Refused(text(_REFUSAL))


def _mail(settings: "Settings", given: OfflineMessage, target: str) -> Outgoing:
    language = settings.text("Language") or "en"
    name, email = one_line(given.name), one_line(given.email)
    subject = text("offline_message_subject", language, name=name, first20=given.message[:SHOWN])
    facts = [
        (text("Sent_from", language), given.host),
        (text("Visitor_Name", language), name),
        (text("Visitor_Email", language), email),
        (text("Message", language), given.message),
    ]
    heading = text("offline_message_heading", language)
    told = [(label, value) for label, value in facts if value]
    plain = "\n".join([heading, "", *(f"{label}: {value}" for label, value in told)])
    shown = "".join(f"<p><strong>{label}:</strong> {_as_html(value)}</p>" for label, value in told)
    return Outgoing(
        to=[target],
        subject=one_line(subject),
        text=plain,
        html=f"<h1>{html.escape(heading)}</h1>{shown}",
        from_address=workspace_sender(settings),
        from_name=f"{name} - {email}",
        reply_to=email,
        reply_to_name=name,
    )


def _as_html(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<br>".join(html.escape(line) for line in lines)


def _tell_channel(
    tx: Tx, settings: "Settings", given: OfflineMessage, department: Department | None
) -> None:
    """Post the message in the department's channel, or else the workspace's, if there is one."""
    by_id = department is not None and department.id == given.department
    own = department.offline_channel if department is not None and by_id else None
    name = own or settings.text("Livechat_OfflineMessageToChannel_channel_name")
    room = channel_by_name(tx, name.strip().removeprefix("#"))
    if room is None:
        return
    language = settings.text("Language") or "en"
    facts = [
        (text("New_Livechat_offline_message_has_been_sent", language), ""),
        (text("Sent_from", language), given.host),
        (text("Visitor_Name", language), given.name),
        (text("Visitor_Email", language), given.email),
        (text("Department", language), department.name if department is not None else None),
        (text("Message", language), given.message),
    ]
    message = Message(
        id=random_id(),
        room_id=room.id,
        sent_at=tx.now,
        kind=None,
        text="".join(f"{label}: {value} \n" for label, value in facts if value is not None),
        author_id=SYSTEM_AUTHOR.id,
        author_username=SYSTEM_AUTHOR.username,
        author_name=SYSTEM_AUTHOR.name,
        groupable=False,
        updated_at=tx.now,
    )
    note_message(tx, settings, room, message, store_message(tx, message))
