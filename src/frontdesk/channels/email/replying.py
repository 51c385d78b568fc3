"""Agents answer mails: a message that quotes a mail is sent as an answer to it.

Other messages in the conversation stay among the agents. A file is sent when its button is pressed,
or by the command `/sendEmailAttachment <message id>`.

Source: behaviour of the API, messages, section 8.3.
"""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from frontdesk.channels.email.composing import answer_html, answer_text
from frontdesk.channels.email.inboxes import inbox_by_address
from frontdesk.channels.email.sending import (
    Promise,
    message_id_for,
    not_found,
    promise_mail,
    say,
    say_failure,
)
from frontdesk.channels.email.threads import note_in_thread, remember
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.records import Room
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.files.keeping import find_file
from frontdesk.http.call import Principal
from frontdesk.mail.message import Outgoing, Part, one_line
from frontdesk.messages.composing import anybody
from frontdesk.messages.quoting import is_quote
from frontdesk.messages.reading_text import members, read_text
from frontdesk.messages.records import Message
from frontdesk.messages.sending import check_may_post
from frontdesk.messages.storing import find_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: The form in which clients quote: a link to the message, then what is said.
_QUOTING = re.compile(r"\s*\[[^\[\]]{0,200}\]\(([^()\s]{1,2000})\)\s*(.*)", re.DOTALL)
COMMAND = "sendEmailAttachment"


class EmailCarrier:
    """See `frontdesk.messages.carrying.Carrier`."""

    def prepare(
        self, tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
    ) -> Message:
        """Return an answer to a mail as it is sent; other messages as they are."""
        answer = _answer(tx, room, message)
        inbox = None if answer is None else inbox_by_address(tx, _channel(room)["inbox"])
        if answer is None or inbox is None:
            return message
        quoted, said = answer
        channel = _channel(room)
        about = f"**To:** {channel['replyTo']}\n**Subject:** {channel['subject']}"
        extras = dict(message.extras or {})
        attachments = [each for each in extras.pop("attachments", []) if not is_quote(each)]
        thread = [*channel["thread"], _mail_id(quoted)]
        extras |= members(read_text(said), anybody(tx))
        extras |= {
            "attachments": attachments,
            "blocks": [
                {"type": "context", "elements": [{"type": "mrkdwn", "text": about}]},
                {"type": "section", "text": {"type": "mrkdwn", "text": said}},
                {"type": "section", "text": {"type": "mrkdwn", "text": f"> {quoted.text}"}},
            ],
            "email": {
                "thread": list(dict.fromkeys(each for each in thread if each)),
                "messageId": message_id_for(inbox, message.id),
                "answers": quoted.id,
            },
        }
        return msgspec.structs.replace(message, text=said, extras=extras)

    def carry(
        self, tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
    ) -> None:
        """Promise that an answer is sent, offer to send a file, or tell that there is no inbox."""
        if "email" not in (room.channel or {}) or message.kind is not None:
            return
        extras = message.extras or {}
        inbox_address = _channel(room)["inbox"]
        if "email" in extras:
            _promise_answer(tx, settings, user, room, message)
        elif "file" in extras:
            say(tx, settings, room.id, "", [_button(message)])
        elif _answer(tx, room, message) is not None:
            say_failure(tx, settings, room.id, user.username, not_found(inbox_address))


def send_attachment(tx: Tx, settings: "Settings", user: Principal, message_id: str) -> None:
    """Promise that the file of a message in a conversation by mail is sent to the customer.

    Nothing happens for another message. Raises what `check_may_post` refuses.
    """
    message = find_message(tx, message_id.strip())
    room = None if message is None else conversation_to_change(tx, message.room_id)
    shown = None if message is None else (message.extras or {}).get("file")
    if message is None or room is None or message.hidden:
        return
    check_may_post(tx, settings, user, room)
    if shown is None or "email" not in (room.channel or {}):
        return
    channel = _channel(room)
    inbox = inbox_by_address(tx, channel["inbox"])
    file = find_file(tx, str(shown.get("_id")))
    if inbox is None or file is None or file.room_id != room.id:
        reason = not_found(channel["inbox"]) if inbox is None else "error-file-not-found"
        say_failure(tx, settings, room.id, user.username, reason)
        return
    key = f"file:{message.id}"
    described = (message.extras or {}).get("attachments") or [{}]
    outgoing = Outgoing(
        to=[channel["replyTo"]],
        subject=one_line(channel["subject"]),
        text=str(described[0].get("description") or message.text),
        attachments=[
            Part(name=one_line(file.name), content_type=file.content_type, file_id=file.id)
        ],
        message_id=message_id_for(inbox, key),
        in_reply_to=(channel["thread"] or [""])[-1],
        references=channel["thread"],
        automatic=False,
    )
    praise = f"@{user.username} Attachment was sent successfully"
    promise_mail(tx, Promise(inbox.id, outgoing, room.id, user.username, praise), key)
    _note(tx, room, inbox.id, outgoing.message_id)


def _promise_answer(
    tx: Tx, settings: "Settings", user: Principal, room: Room, message: Message
) -> None:
    channel = _channel(room)
    inbox = inbox_by_address(tx, channel["inbox"])
    own = (message.extras or {})["email"]
    if inbox is None:
        raise Refused(not_found(channel["inbox"]))  # a moment ago it was there
    before = own["thread"]
    answered = find_message(tx, own["answers"])
    quoted = "" if answered is None else answered.text
    outgoing = Outgoing(
        to=[channel["replyTo"]],
        subject=one_line(channel["subject"]),
        text=answer_text(message.text, inbox.sender_info, quoted),
        html=answer_html(message.text, inbox.sender_info, quoted),
        message_id=own["messageId"],
        in_reply_to=before[-1] if before else "",
        references=before,
        automatic=False,
    )
    promise_mail(tx, Promise(inbox.id, outgoing, room.id, user.username), message.id)
    _note(tx, room, inbox.id, own["messageId"])


def _note(tx: Tx, room: Room, inbox_id: str, message_id: str) -> None:
    """Remember a mail that is sent, so that answers to it find the conversation."""
    remember(tx, inbox_id, message_id, room.id)
    note_in_thread(tx, conversation_to_change(tx, room.id) or room, [message_id])


def _answer(tx: Tx, room: Room, message: Message) -> tuple[Message, str] | None:
    """Return the mail that a message answers, and what is said; None if it is no answer."""
    if "email" not in (room.channel or {}) or message.kind is not None:
        return None
    found = _QUOTING.fullmatch(message.text)
    if found is None or not found[2].strip():
        return None
    try:
        ids = parse_qs(urlsplit(found[1]).query).get("msg")
    except ValueError:
        return None
    quoted = find_message(tx, ids[0]) if ids else None
    if quoted is None or quoted.room_id != room.id or "email" not in (quoted.extras or {}):
        return None
    return quoted, found[2].strip()


def _mail_id(message: Message) -> str:
    return str((message.extras or {})["email"].get("messageId", ""))


def _channel(room: Room) -> dict[str, Any]:
    email: dict[str, Any] = (room.channel or {})["email"]
    return email


def _button(message: Message) -> dict[str, object]:
    return {
        "actions": [
            {
                "type": "button",
                "text": "Send via Email as attachment",
                "msg": f"/{COMMAND} {message.id}",
                "msg_in_chat_window": True,
                "msg_processing_type": "sendMessage",
            }
        ]
    }
