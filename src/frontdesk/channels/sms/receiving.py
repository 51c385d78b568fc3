"""An SMS comes in: who wrote it, and the conversation that it belongs to.

Source: behaviour of the API, messages, section 4.9. Two things differ on purpose. A conversation
that comes by SMS goes on, whatever its department, until it is closed. And a message that
addresses everybody (`@all`) is taken in, addressing nobody: there is no telephone that could show
its owner why it was refused.
"""

import hashlib
import re
from typing import TYPE_CHECKING, Any

from frontdesk.channels.senders import address_nobody, visitor_of
from frontdesk.channels.sms.provider import Sms
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.opening import Opening, open_conversation
from frontdesk.custom_fields.finding import visitor_fields
from frontdesk.custom_fields.records import FieldValue
from frontdesk.db import Tx
from frontdesk.errors import Failure, Refused
from frontdesk.files import StoredFile
from frontdesk.files.keeping import keep_file_in
from frontdesk.messages.checking import check_visitor_length
from frontdesk.messages.composing import Draft
from frontdesk.messages.sending import deliver_for_visitor
from frontdesk.messages.storing import find_message
from frontdesk.visitors.channel_visitors import make_channel_visitor, move_visitor
from frontdesk.visitors.field_values import write_visitor_fields
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.registering import checked_phone
from frontdesk.workforce.finding import department_by_id_or_name

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: Characters of a place's name that are kept.
_LONGEST_PLACE = 200


class NotStored(Exception):
    """The conversation is there, but the message cannot be stored; the text says why."""


def receive_sms(
    tx: Tx,
    settings: "Settings",
    service: str,
    sms: Sms,
    department: str | None,
    file: StoredFile | None,
    members: dict[str, Any],
) -> None:
    """Store a message in the sender's open conversation, or open one.

    `department` is the id or name that the request asks for; `file` and `members` come from
    `fetch_media`. A message that the provider sends again is not stored again. Raises Failure where
    no conversation can be opened, and NotStored.
    """
    message_id = _message_id(service, sms)
    if message_id is not None and find_message(tx, message_id) is not None:
        return
    visitor = _visitor(tx, settings, sms, department)
    source = {"type": "sms", "alias": service, "destination": sms.recipient}
    opening = Opening(source=source, channel={"sms": {"from": sms.recipient}})
    opened = open_conversation(tx, settings, visitor, opening)
    room = conversation_to_change(tx, opened.room.id)
    if room is None or not room.open:
        raise Refused("error-failed-to-start-conversation")
    try:
        check_visitor_length(settings, sms.text)
        if file is not None and not keep_file_in(tx, file.id, room.id):
            raise Refused("Invalid file")
        extras = dict(members)
        if sms.location is not None:
            latitude, longitude = sms.location
            extras["location"] = {"type": "Point", "coordinates": [longitude, latitude]}
        text = address_nobody(plain(sms.text))
        draft = Draft(text, id=message_id, groupable=False if members else None, extras=extras)
        deliver_for_visitor(tx, settings, visitor, room, draft)
    except Failure as refusal:
        raise NotStored(str(refusal)) from refusal
    _keep_place(tx, visitor, sms)


def plain(text: str) -> str:
    """Return a text without control characters: some telephones send them."""
    return _CONTROL.sub("", text)


def _message_id(service: str, sms: Sms) -> str | None:
    """Return the id of the message that a provider's message becomes."""
    if not sms.id:
        return None
    return hashlib.sha256(f"{service} {sms.id}".encode(errors="replace")).hexdigest()[:24]


def _visitor(tx: Tx, settings: "Settings", sms: Sms, department: str | None) -> Visitor:
    phone = checked_phone(sms.sender)
    checked_phone(sms.recipient)

    def make() -> Visitor:
        digits = "".join(each for each in phone if each in "0123456789")
        return make_channel_visitor(tx, settings, username=digits, phone=phone)

    visitor = visitor_of(tx, "sms", phone, make)
    wanted = department_by_id_or_name(tx, department) if department else None
    if wanted is None:
        standard = settings.text("SMS_Default_Omnichannel_Department").strip()
        wanted = department_by_id_or_name(tx, standard) if standard else None
    return visitor if wanted is None else move_visitor(tx, visitor, wanted.id)


def _keep_place(tx: Tx, visitor: Visitor, sms: Sms) -> None:
    """Write down where the sender is, in those custom fields that are defined."""
    if not sms.place:
        return
    defined = {each.id for each in visitor_fields(tx, hidden=True)}
    values = [
        FieldValue(key, plain(value)[:_LONGEST_PLACE], True)
        for key, value in sms.place.items()
        if key in defined
    ]
    if values:
        write_visitor_fields(tx, visitor.id, values, replace_empty=True)
