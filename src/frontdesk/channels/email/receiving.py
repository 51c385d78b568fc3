"""A mail becomes a message, in the conversation of its thread or in a new one.

Source: behaviour of the API, messages, section 8.2. Mails that programs wrote, mails of our own
inboxes and mails without a Message-ID or a sender are left alone.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.channels import queries
from frontdesk.channels.email.reading import Mail
from frontdesk.channels.email.threads import (
    is_remembered,
    note_in_thread,
    remember,
    room_of_thread,
)
from frontdesk.channels.records import Inbox
from frontdesk.channels.senders import address_nobody, visitor_of
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.opening import Opening, open_conversation
from frontdesk.conversations.records import Room
from frontdesk.conversations.reopening import reopen_conversation
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.files import StoredFile
from frontdesk.files.keeping import keep_file_in
from frontdesk.ids import random_id
from frontdesk.messages.composing import Draft
from frontdesk.messages.file_attachments import visitor_file
from frontdesk.messages.sending import deliver_for_visitor
from frontdesk.messages.thumbnails import Picture
from frontdesk.visitors.channel_visitors import make_channel_visitor, move_visitor
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class KeptFile(msgspec.Struct, frozen=True):
    """A file of a mail whose bytes are stored, and what is known of a picture."""

    file: StoredFile
    picture: Picture | None


def reason_to_leave_alone(tx: Tx, inbox: Inbox, mail: Mail) -> str | None:
    """Return why a mail is not taken in, None if it is to be."""
    if not mail.message_id:
        return "it has no Message-ID"
    if is_remembered(tx, inbox.id, mail.message_id):
        return "it was taken in before"
    if not mail.sender:
        return "it has no sender"
    if mail.automatic:
        return "a program wrote it"
    if any(each.email.lower() == mail.sender for each in tx.all(queries.ALL_INBOXES)):
        return "it comes from an inbox of ours"
    return None


def receive_mail(
    tx: Tx, settings: "Settings", inbox: Inbox, mail: Mail, files: Sequence[KeptFile]
) -> None:
    """Store a mail as a message. Once for each Message-ID: a second time nothing happens.

    `files` were recorded with an expiry and are kept from now on. Raises Failure where the
    workspace takes no conversations.
    """
    if is_remembered(tx, inbox.id, mail.message_id):
        return
    visitor = _visitor(tx, settings, inbox, mail)
    room = _room(tx, settings, inbox, mail, visitor)
    message_id = random_id()
    members = _members(mail, message_id)
    for each in files:
        if not keep_file_in(tx, each.file.id, room.id):
            raise Refused("Invalid file")
        shown = visitor_file(each.file, None, each.picture)
        members.setdefault("file", shown["file"])
        members.setdefault("files", []).extend(shown["files"])
        members["attachments"].extend(shown["attachments"])
    text = address_nobody(_text(mail))
    draft = Draft(text, id=message_id, groupable=False, extras=members, previews=[])
    deliver_for_visitor(tx, settings, visitor, room, draft)
    if not remember(tx, inbox.id, mail.message_id, room.id):
        raise Refused("error-duplicate-message-id")  # somebody else was faster


def _visitor(tx: Tx, settings: "Settings", inbox: Inbox, mail: Mail) -> Visitor:
    def make() -> Visitor:
        name = mail.sender_name or mail.sender
        return make_channel_visitor(tx, settings, name=name, email=mail.sender)

    visitor = visitor_of(tx, "email", mail.sender, make)
    return move_visitor(tx, visitor, inbox.department_id)


def _room(tx: Tx, settings: "Settings", inbox: Inbox, mail: Mail, visitor: Visitor) -> Room:
    """Return the open conversation that a mail belongs to."""
    room = room_of_thread(tx, inbox.id, reversed(mail.references), visitor.id)
    if room is not None:
        if not room.open:
            room = reopen_conversation(tx, settings, room)
        note_in_thread(tx, room, [mail.message_id], replyTo=_reply_to(inbox, mail))
        return conversation_to_change(tx, room.id) or room
    email = {
        "inbox": inbox.email,
        "thread": [*mail.references, mail.message_id],
        "replyTo": _reply_to(inbox, mail),
        "subject": mail.subject,
    }
    source = {"type": "email", "id": inbox.email, "alias": "email-inbox"}
    opening = Opening(source=source, channel={"email": email}, by_mail=True)
    opened = open_conversation(tx, settings, visitor, opening)
    return conversation_to_change(tx, opened.room.id) or opened.room


def _reply_to(inbox: Inbox, mail: Mail) -> str:
    """Return where answers go: not to the inbox itself."""
    return mail.sender if mail.reply_to == inbox.email.lower() else mail.reply_to


def _text(mail: Mail) -> str:
    if not mail.left_out:
        return mail.text
    return f"{mail.text}\n\n_{mail.left_out} attachment(s) left out_".strip()


def _members(mail: Mail, message_id: str) -> dict[str, Any]:
    sender = f"{mail.sender_name} <{mail.sender}>" if mail.sender_name else mail.sender
    about = f"**From:** {sender}\n**Subject:** {mail.subject}"
    return {
        "email": {"thread": [*mail.references, mail.message_id], "messageId": mail.message_id},
        "blocks": [
            {"type": "context", "elements": [{"type": "mrkdwn", "text": about}]},
            {"type": "section", "text": {"type": "mrkdwn", "text": _text(mail)}},
        ],
        "attachments": [
            {
                "actions": [
                    {
                        "type": "button",
                        "text": "Reply via email",
                        "msg": "msg",
                        "msgId": message_id,
                        "msg_in_chat_window": True,
                        "msg_processing_type": "respondWithQuotedMessage",
                    }
                ]
            }
        ],
    }
