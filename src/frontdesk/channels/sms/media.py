"""The file that came with an SMS: fetched from where the provider keeps it.

Source: behaviour of the API, messages, section 4.9.
"""

import asyncio
import re
from typing import TYPE_CHECKING, Any

import structlog

from frontdesk.channels.sms.provider import Media, Provider
from frontdesk.errors import Failure
from frontdesk.files import StoredFile
from frontdesk.files.rules import check_file, size_limit
from frontdesk.http_client import NoAnswer, fetch
from frontdesk.ids import random_id
from frontdesk.messages.file_attachments import visitor_file
from frontdesk.messages.thumbnails import look_at
from frontdesk.messages.uploading import begin_upload

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Seconds for a file, and its bytes at the most: carriers let through less than a tenth of that.
TIMEOUT = 10
LARGEST = 16 * 1024 * 1024
#: Files that are held in memory at the same time.
_AT_ONCE = asyncio.Semaphore(4)
_REDIRECTS = 3

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}")
_NAME = "Upload File"
_FAILED = "An attachment was received, but upload to server failed"
FAILED_ATTACHMENT = {
    "title": "Attachment upload failed",
    "type": "file",
    "description": _FAILED,
    "fields": [{"title": "User upload failed", "value": _FAILED, "short": True}],
    "color": "yellow",
}


async def fetch_media(
    workspace: "Workspace", provider: Provider, media: Media | None
) -> tuple[StoredFile | None, dict[str, Any]]:
    """Store the file of a message; return its record and the members of the message that shows it.

    The file expires unless it is kept with the message. Where it cannot be had, there is no record
    and the members say so; without a file there are none.
    """
    if media is None:
        return None, {}
    try:
        async with _AT_ONCE:
            return await _fetch(workspace, provider, media)
    except (NoAnswer, Failure) as error:
        log.warning("sms_media_not_fetched", reason=str(error))
        return None, {"attachments": [FAILED_ATTACHMENT]}


async def _fetch(
    workspace: "Workspace", provider: Provider, media: Media
) -> tuple[StoredFile, dict[str, Any]]:
    settings = workspace.settings
    limit = size_limit(settings)
    answer = await fetch(
        "GET",
        media.url,
        headers=provider.media_headers(settings, media.url),
        timeout=TIMEOUT,
        largest=LARGEST if limit is None else min(LARGEST, limit),
        allowlist=settings.text("SSRF_Allowlist"),
        redirects=_REDIRECTS,
    )
    if answer.status != 200 or not answer.body:
        raise NoAnswer(f"status {answer.status} with {len(answer.body)} bytes")
    said = media.content_type or answer.headers.get("content-type", "")
    kind = said.partition(";")[0].strip().lower()
    kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
    check_file(settings, kind, len(answer.body))
    file = StoredFile(id=random_id(), name=_NAME, content_type=kind, size=len(answer.body))
    file = await workspace.db.write(lambda tx: begin_upload(tx, file))
    await workspace.files.put(file.id, answer.body)
    picture = await look_at(answer.body) if kind.startswith("image/") else None
    return file, visitor_file(file, None, picture)
