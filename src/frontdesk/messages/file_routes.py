"""The HTTP face of files in messages: uploads and downloads."""

import re
from typing import Any
from urllib.parse import quote

import msgspec

from frontdesk.errors import Coded, Failure, Refused
from frontdesk.files import StoredFile
from frontdesk.files.keeping import remove_file
from frontdesk.files.rules import check_file, size_limit
from frontdesk.http import Call, Routes
from frontdesk.http.answers import Answer, Headers, streamed
from frontdesk.http.frame import body_value
from frontdesk.http.match import check_match
from frontdesk.http.querystring import parse_query
from frontdesk.messages.downloading import NotYours, Proof, file_to_download
from frontdesk.messages.file_links import file_path
from frontdesk.messages.schemas import CONFIRM_UPLOAD, ConfirmUpload
from frontdesk.messages.thumbnails import look_at, thumbnail_bounds
from frontdesk.messages.upload_form import UploadForm, file_name, upload_form
from frontdesk.messages.uploading import (
    begin_upload,
    check_user_may_upload,
    check_visitor_form,
    check_visitor_may_upload,
    send_user_file,
    send_visitor_file,
    thumbnail_file,
    uploaded_file,
    waiting_upload,
)

uploads = Routes("Rooms")
downloads = Routes("Files", prefix="/")

_FIELD = "file"
#: Pictures up to this size are looked at; bytes.
_LOOKED_AT = 10 * 1024 * 1024
#: Types that browsers show without running anything in them; others are saved.
_SHOWN = re.compile(
    r"image/(?:png|jpeg|gif|webp|avif|bmp|x-icon)|audio/[a-z0-9.+-]+|video/[a-z0-9.+-]+"
    r"|application/pdf|text/plain"
)
_PDF = "application/pdf"
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_UPLOAD_REFUSALS = (
    "Request has no body [error-no-body]",
    "No file uploaded [error-no-file]",
    "[invalid-field]",
    "Too many files in upload [error-too-many-files]",
    "File size exceeds the allowed limit [error-file-too-large]",
)
_FILE = {"_id": "sQ8kQn2ZxTzP4mWc9", "name": "bill.pdf", "type": _PDF, "size": 20480}
_LINK = file_path("sQ8kQn2ZxTzP4mWc9", "bill.pdf")
_MESSAGE = {
    "_id": "hG7kQn2ZxTzP4mWc9",
    "rid": "k3VbnQ7xTzP2mWc9d",
    "msg": "",
    "ts": "2026-03-01T10:00:05.000Z",
    "u": {"_id": "65e1c0ffee", "username": "guest-7", "name": "Ann"},
    "groupable": False,
    "file": _FILE,
    "files": [_FILE],
    "attachments": [
        {"title": "bill.pdf", "type": "file", "title_link": _LINK, "title_link_download": True}
    ],
    "urls": [],
    "mentions": [],
    "channels": [],
}


@uploads.post(
    "livechat/upload/{rid}",
    public=True,
    raw_body=True,
    tag="Livechat",
    example={**_MESSAGE, "newRoom": False, "showConnecting": False},
    refusals=(
        *_UPLOAD_REFUSALS,
        "Match error: Unknown key in field <name>",
        "message-length-exceeds-character-limit",
    ),
)
async def upload_as_visitor(call: Call) -> dict[str, Any]:
    """Send a file as a visitor.

    A form with the file in `file`, and optionally `description` and `msg`. The header
    `x-visitor-token` says whose conversation it is; it must be open.
    """
    settings = call.settings
    token = call.headers.get("x-visitor-token")
    await call.read(check_visitor_may_upload, settings, token, call.path["rid"])
    async with upload_form(call, _FIELD, size_limit(settings)) as form:
        check_visitor_form(settings, form)
        file = uploaded_file(form, call.path["rid"], visitor_token=token)
        data = form.picture()
        picture = None if data is None else await look_at(data)
        await _store(call, file, form)
        try:
            return await call.write(send_visitor_file, settings, file, form.fields, picture)
        except Failure:
            await call.write(remove_file, file.id)
            raise


@uploads.post(
    "rooms.media/{rid}",
    raw_body=True,
    example={"file": {"_id": _FILE["_id"], "url": _LINK}},
    refusals=(
        *_UPLOAD_REFUSALS,
        "[invalid-field-content]",
        "File type is not accepted. [error-invalid-file-type]",
        "room-closed",
    ),
)
async def upload(call: Call) -> dict[str, Any]:
    """Upload a file for a message.

    It waits 24 hours for `rooms.mediaConfirm`.
    """
    file, _ = await _upload_as_user(call)
    return {"file": {"_id": file.id, "url": file_path(file.id, file.name)}}


@uploads.post(
    "rooms.mediaConfirm/{rid}/{fileId}",
    example={"message": _MESSAGE},
    refusals=(
        "[invalid-file]",
        "[error-message-size-exceeded]",
        "Match error: Unknown key in field <name>",
        "Not enough permission",
        "room-closed",
    ),
)
async def confirm_upload(call: Call) -> dict[str, Any]:
    """Send an uploaded file as a message.

    The second step of an upload: until it is confirmed, a file is only kept for a day.
    """
    settings = call.settings
    request = _confirmation(body_value(call))
    file = await call.read(
        waiting_upload, settings, call.user, call.path["rid"], call.path["fileId"]
    )
    if request.fileName:
        file = msgspec.structs.replace(file, name=file_name(request.fileName))
    return {"message": await _send(call, file, request)}


@uploads.post(
    "rooms.upload/{rid}",
    raw_body=True,
    deprecated=True,
    example={"message": _MESSAGE},
    refusals=(*_UPLOAD_REFUSALS, "File type is not accepted. [error-invalid-file-type]"),
)
async def upload_and_send(call: Call) -> dict[str, Any]:
    """Send a file as a message in one step.

    A form with the file in `file`, and optionally `msg`, `description` and `tmid`.
    """
    file, fields = await _upload_as_user(call)
    known = ("msg", "description", "tmid", "alias", "avatar", "emoji")
    request = msgspec.convert(
        {name: fields[name] for name in known if name in fields}, ConfirmUpload
    )
    try:
        return {"message": await _send(call, file, request)}
    except Failure:
        await call.write(remove_file, file.id)
        raise


@downloads.get("file-upload/{id}/{name}", public=True, limited=False)
async def download(call: Call) -> Answer:
    """Download a file.

    For users who may read its room (logged in by header, or by `rc_uid` and `rc_token` as
    parameters or cookies), for the room's visitor (`rc_room_type=l`, `rc_rid`, `rc_token`), and
    for links with a valid `token`.
    """
    try:
        file = await call.read(file_to_download, call.settings, call.path["id"], _proof(call))
    except NotYours:
        return Answer(403, b"", content_type=b"text/plain")
    if file is None:
        return _not_found()
    return await _file_answer(call, file, call.headers.get("range", ""))


async def _upload_as_user(call: Call) -> tuple[StoredFile, dict[str, str]]:
    settings = call.settings
    await call.read(check_user_may_upload, settings, call.user, call.path["rid"])
    async with upload_form(call, _FIELD, size_limit(settings)) as form:
        if "content" in form.fields:
            _check_content(form.fields["content"])
        check_file(settings, form.content_type, form.size)
        file = uploaded_file(form, call.path["rid"], user_id=call.user.id)
        await _store(call, file, form)
        return file, form.fields


async def _store(call: Call, file: StoredFile, form: UploadForm) -> None:
    await call.write(begin_upload, file)
    await call.workspace.files.put(file.id, form.pieces())


async def _send(call: Call, file: StoredFile, request: ConfirmUpload) -> dict[str, Any]:
    """Send a user's stored file, with a thumbnail if it is a large picture."""
    picture = thumbnail = None
    if file.content_type.startswith("image/") and file.size <= _LOOKED_AT:
        data = await call.workspace.files.get(file.id)
        picture = await look_at(data, thumbnail_bounds(call.settings))
    if picture is not None and picture.thumbnail is not None:
        thumbnail = thumbnail_file(file, picture.thumbnail)
        await call.write(begin_upload, thumbnail)
        await call.workspace.files.put(thumbnail.id, picture.thumbnail.data)
    return await call.write(
        send_user_file, call.settings, call.user, file, request, picture, thumbnail
    )


def _check_content(text: str) -> None:
    try:
        msgspec.json.decode(text, type=dict[str, Any])
    except (ValueError, RecursionError) as error:
        raise Coded("invalid-field-content") from error


def _confirmation(value: Any) -> ConfirmUpload:
    check_match(value, CONFIRM_UPLOAD)
    fields = value.get("customFields")
    if isinstance(fields, str):
        try:
            fields = msgspec.json.decode(fields, type=dict[str, Any])
        except (ValueError, RecursionError) as error:
            raise Refused("Invalid custom fields") from error
    return msgspec.convert({**value, "customFields": fields}, ConfirmUpload)


def _proof(call: Call) -> Proof:
    query = {
        name: value
        for name, value in parse_query(call.query_string).items()
        if isinstance(value, str)
    }
    given = {**call.cookies, **query}
    is_visitor = given.get("rc_room_type") == "l"
    return Proof(
        link_token=query.get("token"),
        visitor_room_id=given.get("rc_rid") if is_visitor else None,
        visitor_token=given.get("rc_token") if is_visitor else None,
        user_id=given.get("rc_uid"),
        user_token=given.get("rc_token"),
        user=call.user_or_none,
    )


def _not_found() -> Answer:
    return Answer(404, b"", content_type=b"text/plain")


async def _file_answer(call: Call, file: StoredFile, wanted: str) -> Answer:
    """Return a file as the browser may have it: what could run something is only saved.

    It is sent as it is read: nobody can fill the memory by asking for large files.
    """
    shown = _SHOWN.fullmatch(file.content_type) is not None
    disposition = "inline" if shown else "attachment"
    # A sandbox keeps browsers from showing a PDF at all.
    policy = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; object-src 'self'"
    if file.content_type != _PDF:
        policy = f"{policy}; sandbox"
    headers: Headers = [
        (
            b"content-disposition",
            f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}".encode(),
        ),
        (b"content-security-policy", policy.encode()),
        (b"accept-ranges", b"bytes"),
    ]
    content_type = file.content_type.encode()
    part = _range(wanted, file.size)
    start, end = part or (0, file.size)
    if part is not None and start >= end:
        headers.append((b"content-range", f"bytes */{file.size}".encode()))
        return Answer(416, b"", headers, content_type)
    if part is not None:
        headers.append((b"content-range", f"bytes {start}-{end - 1}/{file.size}".encode()))
    try:
        pieces = (
            await call.workspace.files.stream(file.id, start, end)
            if part is not None
            else await call.workspace.files.stream(file.id)
        )
    except FileNotFoundError:
        return _not_found()
    status = 200 if part is None else 206
    return streamed(status, pieces, end - start, headers, content_type)


def _range(wanted: str, size: int) -> tuple[int, int] | None:
    """Return the part that a `Range` header asks for (RFC 9110, 14.2), None for the whole."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    return start, end
