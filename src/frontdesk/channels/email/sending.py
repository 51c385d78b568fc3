"""Mail that leaves by an inbox's own server, as a promise: agents' answers, files, and tests.

Each is sent with one Message-ID, however often it is tried. What becomes of it is told in its
conversation.

Source: behaviour of the API, messages, section 8.3.
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.channels import queries
from frontdesk.channels.email.server import smtp_server
from frontdesk.channels.records import Inbox
from frontdesk.conversations.finding import find_conversation
from frontdesk.conversations.noting import note_unread
from frontdesk.conversations.recording import count_messages
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.jobs import GiveUp, Handler, JobRun, enqueue, finish
from frontdesk.mail.delivery import send_by
from frontdesk.mail.message import Outgoing, compose, stable_message_id
from frontdesk.mail.sending import with_files
from frontdesk.messages.reading_text import members, read_text
from frontdesk.messages.records import Message
from frontdesk.messages.storing import SYSTEM_AUTHOR, store_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

#: The kind of job that sends a mail by an inbox.
SEND = "channels.email"
#: About a day of trying, like any other mail.
ATTEMPTS = {SEND: 300}


class Promise(msgspec.Struct, frozen=True):
    """A mail that an inbox is to send. What becomes of it is told in a conversation (`room_id`) to
    the user of the name `told`: a failure always, success with `praise`.
    """

    inbox_id: str
    outgoing: Outgoing
    room_id: str | None = None
    told: str = ""
    praise: str = ""


def message_id_for(inbox: Inbox, key: str) -> str:
    """Return the Message-ID of the mail that `key` names."""
    return stable_message_id(f"{inbox.id} {key}", inbox.email.rpartition("@")[2])


def promise_mail(tx: Tx, promise: Promise, key: str) -> None:
    """Promise that a mail is sent; the same key again is the same mail. Its date is now, and it
    comes from the inbox.
    """
    inbox = tx.one(queries.INBOX, inbox_id=promise.inbox_id)
    assert inbox is not None
    outgoing = msgspec.structs.replace(
        promise.outgoing,
        from_address=inbox.email,
        from_name=inbox.sender_info or "",
        message_id=promise.outgoing.message_id or message_id_for(inbox, key),
        date=tx.now,
    )
    complete = msgspec.structs.replace(promise, outgoing=outgoing)
    enqueue(tx, SEND, msgspec.to_builtins(complete), key=f"{SEND}:{key}")


def send_promised(workspace: "Workspace") -> Handler:
    """Return the handler of SEND."""

    async def send(run: JobRun) -> None:
        promise = msgspec.convert(run.payload, Promise)
        db, inbox_id = workspace.db, promise.inbox_id
        inbox = await db.read(lambda tx: tx.one(queries.INBOX, inbox_id=inbox_id))
        try:
            await _send(workspace, inbox, promise)
        except GiveUp as error:
            reason = str(error)
            await db.write(lambda tx: tell_failure(tx, workspace.settings, promise, reason))
            raise
        except Exception as error:
            if run.attempt >= ATTEMPTS[SEND]:
                reason = str(error) or type(error).__name__
                await db.write(lambda tx: tell_failure(tx, workspace.settings, promise, reason))
            raise
        if promise.praise:
            await db.write(lambda tx: _praise(tx, workspace.settings, run, promise))

    return send


async def _send(workspace: "Workspace", inbox: Inbox | None, promise: Promise) -> None:
    if inbox is None or not inbox.active:
        raise GiveUp(not_found(promise.outgoing.from_address))
    try:
        message = compose(await with_files(promise.outgoing, workspace.files))
    except (ValueError, FileNotFoundError) as error:
        raise GiveUp(f"the mail cannot be composed: {error}") from error
    await send_by(smtp_server(inbox), message)


def not_found(address: str) -> str:
    """Return the words of the API for an inbox that is not there or switched off."""
    return f"Email inbox {address} not found or disabled."


def tell_failure(tx: Tx, settings: "Settings", promise: Promise, reason: str) -> None:
    """Tell in the conversation that a mail was not sent."""
    if promise.room_id is not None:
        say_failure(tx, settings, promise.room_id, promise.told, reason)


def say_failure(tx: Tx, settings: "Settings", room_id: str, username: str, reason: str) -> None:
    """Tell a user in a conversation, in the words of the API, that a mail was not sent."""
    text = f"@{username} something went wrong when replying email, sorry. **Error:**: {reason}"
    say(tx, settings, room_id, text)


def _praise(tx: Tx, settings: "Settings", run: JobRun, promise: Promise) -> None:
    finish(tx, run)
    if promise.room_id is not None:
        say(tx, settings, promise.room_id, promise.praise)


def say(
    tx: Tx,
    settings: "Settings",
    room_id: str,
    text: str,
    attachments: list[dict[str, object]] | None = None,
) -> None:
    """Store a message of the system user in a conversation, if that is still there."""
    if find_conversation(tx, room_id) is None:
        return
    extras = members(read_text(text), lambda name: None)
    if attachments:
        extras["attachments"] = attachments
    store_message(
        tx,
        Message(
            id=random_id(),
            room_id=room_id,
            sent_at=tx.now,
            kind=None,
            text=text,
            author_id=SYSTEM_AUTHOR.id,
            author_username=SYSTEM_AUTHOR.username,
            author_name=SYSTEM_AUTHOR.name,
            groupable=False,
            extras=extras,
            updated_at=tx.now,
        ),
    )
    count_messages(tx, room_id, 1)
    note_unread(tx, settings, room_id, SYSTEM_AUTHOR.id)
