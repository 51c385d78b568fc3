"""Mail as a promise: enqueued with what it belongs to, sent by the worker."""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.db import Tx
from frontdesk.jobs import GiveUp, Handler, JobRun, enqueue
from frontdesk.mail.address import workspace_sender
from frontdesk.mail.delivery import deliver
from frontdesk.mail.message import Outgoing, Part, compose, stable_message_id

if TYPE_CHECKING:
    from frontdesk.files.store import FileStore
    from frontdesk.workspace import Workspace

#: The kind of job that sends a mail.
SEND = "mail.send"


def send_later(tx: Tx, outgoing: Outgoing, key: str) -> None:
    """Promise that a mail is sent.

    `key` names this one mail, for instance after the message that records it: the same key again
    is the same mail, and is sent once. The Message-ID is made from key and date, so that a
    sending that had to be repeated is recognised as the same. Large files are better given by
    their id than with their bytes.
    """
    date = outgoing.date or tx.now
    domain = outgoing.from_address.rpartition("@")[2]
    complete = msgspec.structs.replace(
        outgoing,
        date=date,
        message_id=outgoing.message_id or stable_message_id(f"{key} {date}", domain),
    )
    enqueue(tx, SEND, msgspec.to_builtins(complete), key=f"{SEND}:{key}")


def send_mail(workspace: "Workspace") -> Handler:
    """Return the handler of SEND."""

    async def send(run: JobRun) -> None:
        settings = workspace.settings
        try:
            outgoing = msgspec.convert(run.payload, Outgoing)
            if not outgoing.from_address:
                sender = workspace_sender(settings)
                outgoing = msgspec.structs.replace(outgoing, from_address=sender)
            outgoing = await with_files(outgoing, workspace.files)
        except (msgspec.ValidationError, FileNotFoundError) as error:
            raise GiveUp(f"the mail cannot be read: {error}") from error
        try:
            message = compose(outgoing)
        except ValueError as error:
            raise GiveUp(f"the mail cannot be composed: {error}") from error
        await deliver(message, settings, workspace.config.data_dir)

    return send


async def with_files(outgoing: Outgoing, store: "FileStore") -> Outgoing:
    """Return the mail with the bytes of its files; raises FileNotFoundError."""

    async def read(part: Part) -> Part:
        if part.file_id is None:
            return part
        content = await store.get(part.file_id)
        return msgspec.structs.replace(part, content=content, file_id=None)

    return msgspec.structs.replace(
        outgoing,
        inline=[await read(part) for part in outgoing.inline],
        attachments=[await read(part) for part in outgoing.attachments],
    )
