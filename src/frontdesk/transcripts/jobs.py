"""Keeping the promise of a transcript: the e-mail, and the PDF.

Both run again until they are done or given up. The e-mail carries the same Message-ID at every
try, so that a mail system recognises the one repetition that a crash may cause; the PDF's
effects are committed together with the completion of its job.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog

from frontdesk.access.finding import find_user
from frontdesk.clock import now_ms
from frontdesk.conversations.direct import tell_user
from frontdesk.conversations.finding import find_conversation
from frontdesk.conversations.recording import count_messages, set_pdf_file
from frontdesk.db import Tx
from frontdesk.files import StoredFile
from frontdesk.files.keeping import record_file
from frontdesk.ids import random_id
from frontdesk.jobs import GiveUp, Handler, JobRun, finish
from frontdesk.mail.address import workspace_sender
from frontdesk.mail.delivery import deliver, mail_status
from frontdesk.mail.message import Outgoing, Part, compose, one_line, stable_message_id
from frontdesk.messages.records import Message
from frontdesk.messages.storing import SYSTEM_AUTHOR, Author, store_message, store_system_message
from frontdesk.texts import text
from frontdesk.transcripts.document import Transcript
from frontdesk.transcripts.gathering import (
    PICTURES_LIMIT,
    Gathered,
    gather_for_email,
    gather_for_pdf,
    with_pictures,
)
from frontdesk.transcripts.naming import pdf_name
from frontdesk.transcripts.requesting import copy_of_pdf

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: About a day of trying, like any other mail.
ATTEMPTS = {"transcripts.email": 300}


def job_handlers(workspace: "Workspace") -> Mapping[str, Handler]:
    """Return the handlers of this feature's jobs."""

    async def email(run: JobRun) -> None:
        await _send_email(workspace, run)

    async def pdf(run: JobRun) -> None:
        await _make_pdf(workspace, run)

    return {"transcripts.email": email, "transcripts.pdf": pdf}


async def _send_email(workspace: "Workspace", run: JobRun) -> None:
    from frontdesk.transcripts.email import render_email

    settings = workspace.settings
    gathered = await workspace.db.read(
        lambda tx: gather_for_email(tx, settings, run.payload["room_id"])
    )
    if gathered is None:
        log.warning("transcript_of_removed_room", **run.payload)
        return
    transcript = await _with_pictures(workspace, gathered)
    rendered = await asyncio.to_thread(render_email, transcript)
    sender = workspace_sender(settings)
    standard = settings.text("Livechat_transcript_email_subject") or rendered.subject
    outgoing = Outgoing(
        to=[run.payload["email"]],
        subject=one_line(run.payload["subject"] or standard),
        text=rendered.text,
        html=rendered.html,
        inline=[
            Part(
                name=image.name,
                content_type=image.content_type,
                content=image.data,
                content_id=image.cid,
            )
            for image in rendered.inline
        ],
        from_address=sender,
        reply_to=sender,
        message_id=stable_message_id(run.key or run.id, sender.partition("@")[2]),
        date=now_ms(),
    )
    try:
        message = compose(outgoing)
    except ValueError as error:
        raise GiveUp(str(error)) from error
    await deliver(message, settings, workspace.config.data_dir)
    sent = mail_status(settings) == "smtp"
    await workspace.db.write(lambda tx: _note_sent(tx, run, gathered, sent=sent))


def _note_sent(tx: Tx, run: JobRun, gathered: Gathered, *, sent: bool) -> None:
    """Complete the job; say in the room that the transcript was sent, if it really was."""
    finish(tx, run)
    room = find_conversation(tx, gathered.room.id)
    if room is None or not sent:
        return
    by = run.payload["requested_by"]
    author = SYSTEM_AUTHOR if by is None else Author(by["id"], by["username"], by["name"])
    who = {"_id": author.id, "username": author.username, "name": author.name}
    if by is not None and by["utc_offset"] is not None:
        who["utcOffset"] = by["utc_offset"]
    request: dict[str, Any] = {
        "type": "visitor" if by is None else "user",
        "visitor": {
            "_id": room.visitor_id,
            "username": room.visitor_username,
            "token": room.visitor_token,
            "status": room.visitor_status,
        },
        "user": who,
    }
    store_system_message(tx, room.id, "livechat_transcript_history", author, requestData=request)
    count_messages(tx, room.id, 1)


async def _make_pdf(workspace: "Workspace", run: JobRun) -> None:
    from frontdesk.transcripts.pdf import forget_documents, render_pdf

    settings = workspace.settings
    by = run.payload["requester"]
    requester = await workspace.db.read(lambda tx: find_user(tx, by["id"]))
    language = requester.language if requester is not None else None
    gathered = await workspace.db.read(
        lambda tx: gather_for_pdf(tx, settings, run.payload["room_id"], language)
    )
    if gathered is None:
        log.warning("transcript_of_removed_room", **run.payload)
        return
    transcript = await _with_pictures(workspace, gathered)
    try:
        document = await asyncio.to_thread(render_pdf, transcript)
    except Exception as error:
        log.exception("pdf_not_rendered", room_id=gathered.room.id)
        reason = str(error)
        await workspace.db.write(lambda tx: _tell_failure(tx, workspace, run, reason))
        return
    # One file in the conversation, one for the requester, as two rooms may have two fates. The
    # ids follow from the job, so that a repetition overwrites and leaves nothing behind.
    ids = (run.id, copy_of_pdf(run.id))
    for file_id in ids:
        await workspace.files.put(file_id, document)
    await workspace.db.write(
        lambda tx: _hand_over(tx, workspace, run, gathered, len(document), ids)
    )
    await asyncio.to_thread(forget_documents)


def _hand_over(
    tx: Tx,
    workspace: "Workspace",
    run: JobRun,
    gathered: Gathered,
    size: int,
    ids: tuple[str, str],
) -> None:
    finish(tx, run)
    settings = workspace.settings
    room = find_conversation(tx, gathered.room.id)
    if room is None:
        return
    name = pdf_name(gathered.transcript)
    language = gathered.transcript.language
    said = text("pdf_success_message", language)
    for_room = _file_message(tx, said, room.id, ids[0], name, size)
    store_message(tx, for_room)
    count_messages(tx, room.id, 1)
    set_pdf_file(tx, room.id, ids[0])
    requester = find_user(tx, run.payload["requester"]["id"])
    if requester is not None and requester.id != SYSTEM_AUTHOR.id:
        direct = "".join(sorted((requester.id, SYSTEM_AUTHOR.id)))
        tell_user(tx, settings, requester, _file_message(tx, said, direct, ids[1], name, size))


def _tell_failure(tx: Tx, workspace: "Workspace", run: JobRun, reason: str) -> None:
    finish(tx, run)
    requester = find_user(tx, run.payload["requester"]["id"])
    if requester is None:
        return
    language = requester.language or workspace.settings.text("Language") or "en"
    message = _message(tx, f"{text('pdf_error_message', language)}: {reason}", "")
    tell_user(tx, workspace.settings, requester, message)


def _file_message(tx: Tx, said: str, room_id: str, file_id: str, name: str, size: int) -> Message:
    record_file(
        tx,
        StoredFile(
            id=file_id,
            name=name,
            content_type="application/pdf",
            size=size,
            room_id=room_id,
            user_id=SYSTEM_AUTHOR.id,
        ),
    )
    message = _message(tx, said, room_id)
    link = f"/file-upload/{file_id}/{name}"
    file = {"_id": file_id, "name": name, "type": "application/pdf", "size": size}
    message.extras = {
        "file": file,
        "files": [file],
        "attachments": [
            {
                "title": name,
                "type": "file",
                "format": "PDF",
                "size": size,
                "title_link": link,
                "title_link_download": True,
            }
        ],
        "urls": [],
        "mentions": [],
        "channels": [],
    }
    return message


def _message(tx: Tx, said: str, room_id: str) -> Message:
    return Message(
        id=random_id(),
        room_id=room_id,
        sent_at=tx.now,
        kind=None,
        text=said,
        author_id=SYSTEM_AUTHOR.id,
        author_username=SYSTEM_AUTHOR.username,
        author_name=SYSTEM_AUTHOR.name,
        groupable=False,
        extras={"urls": [], "mentions": [], "channels": []},
        updated_at=tx.now,
    )


async def _with_pictures(workspace: "Workspace", gathered: Gathered) -> Transcript:
    """Read the pictures; one that cannot be read is named instead of shown."""
    data: dict[str, bytes] = {}
    read = 0
    for file_id in gathered.pictures:
        if file_id is None or file_id in data or read > PICTURES_LIMIT:
            continue
        try:
            data[file_id] = await workspace.files.get(file_id)
        except Exception as error:
            log.warning("picture_not_read", file_id=file_id, error=str(error))
            continue
        read += len(data[file_id])
    return with_pictures(gathered, data)
