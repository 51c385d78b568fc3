"""Files in messages: who may upload where, and the message that shows the file.

A file is recorded with an expiry before its bytes are stored, and kept in the transaction that
stores its message: whatever happens in between, nothing is left behind.

Source: behaviour of the API, messages, sections 1.8, 4.2 and 4.7.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.conversations.finding import conversation_to_change, find_room, visitor_room
from frontdesk.conversations.routing import routing_method
from frontdesk.db import Tx
from frontdesk.errors import Coded, Forbidden, Refused, Silent
from frontdesk.files import StoredFile
from frontdesk.files.keeping import find_file, keep_file, record_file
from frontdesk.files.rules import check_file, is_type_allowed
from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.messages.checking import (
    check_avatar,
    check_custom_fields,
    check_length,
    check_visitor_length,
    length,
)
from frontdesk.messages.composing import Draft
from frontdesk.messages.file_attachments import user_file, visitor_file
from frontdesk.messages.schemas import ConfirmUpload
from frontdesk.messages.sending import check_may_post, deliver_for_visitor, send_as_user
from frontdesk.messages.showing import with_file_link
from frontdesk.messages.thumbnails import Picture, Thumbnail
from frontdesk.visitors.finding import visitor_by_token

if TYPE_CHECKING:
    from frontdesk.messages.upload_form import UploadForm
    from frontdesk.settings.workspace import Settings

#: How long an upload waits for its message; milliseconds (the API's own 24 hours).
WAITS = 24 * 3600 * 1000
LONGEST_NAME = 255
#: Fields of a visitor's form beside the file: only `description` and `msg` have an effect.
_VISITOR_FIELDS = ("description", "msg", "avatar", "emoji", "alias")


def check_visitor_may_upload(tx: Tx, settings: "Settings", token: str | None, room_id: str) -> None:
    """Raise Forbidden or Silent (`reason`) unless the visitor may send a file there now."""
    if not token:
        raise Forbidden
    if not settings.flag("Livechat_fileupload_enabled") or not settings.flag("FileUpload_Enabled"):
        raise Silent({"reason": "error-file-upload-disabled"})
    try:
        visitor_by_token(tx, token)
    except Refused as refusal:
        raise Forbidden from refusal
    room = visitor_room(tx, room_id, token)
    if room is None or not room.open:
        raise Forbidden


def check_visitor_form(settings: "Settings", form: "UploadForm") -> None:
    """Raise Silent, Coded or Refused for a form that a visitor's message cannot be made of."""
    if not is_type_allowed(settings, form.content_type):
        raise Silent({"reason": "error-type-not-allowed"})
    check_file(settings, form.content_type, form.size)
    for name in form.fields:
        if name == "groupable":
            raise Refused("Match error: Expected boolean, got string in field groupable")
        if name not in _VISITOR_FIELDS:
            raise Refused(f"Match error: Unknown key in field {name}")
    check_visitor_length(settings, form.fields.get("msg", ""))
    check_visitor_length(settings, form.fields.get("description", ""))


def check_user_may_upload(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> None:
    """Raise Forbidden unless the user may write in the room, Refused if it is closed."""
    try:
        check_may_post(tx, settings, user, find_room(tx, room_id))
    except Refused as refusal:
        if str(refusal) == "room-closed":
            raise
        raise Forbidden from refusal


def begin_upload(tx: Tx, file: StoredFile) -> StoredFile:
    """Record a file whose bytes are about to be stored; it expires if nothing comes of it."""
    return record_file(tx, msgspec.structs.replace(file, expires_at=tx.now + WAITS))


def uploaded_file(
    form: "UploadForm",
    room_id: str,
    *,
    user_id: str | None = None,
    visitor_token: str | None = None,
) -> StoredFile:
    """Return the record of a user's or a visitor's upload to a room."""
    return StoredFile(
        id=random_id(),
        name=form.name,
        content_type=form.content_type,
        size=form.size,
        room_id=room_id,
        user_id=user_id,
        visitor_token=visitor_token,
    )


def thumbnail_file(file: StoredFile, thumbnail: Thumbnail) -> StoredFile:
    """Return the record of the thumbnail of a user's picture."""
    return StoredFile(
        id=random_id(),
        name=f"thumb-{file.name}"[:LONGEST_NAME],
        content_type=thumbnail.content_type,
        size=len(thumbnail.data),
        room_id=file.room_id,
        user_id=file.user_id,
    )


def send_visitor_file(
    tx: Tx,
    settings: "Settings",
    file: StoredFile,
    fields: dict[str, str],
    picture: Picture | None,
) -> dict[str, Any]:
    """Send a stored file as a visitor's message; return the answer of livechat/upload.

    Raises Forbidden if the conversation was closed meanwhile.
    """
    token = file.visitor_token or ""
    visitor = visitor_by_token(tx, token)
    room = conversation_to_change(tx, file.room_id or "")
    if room is None or room.visitor_token != token or not room.open:
        raise Forbidden
    if not keep_file(tx, file.id):
        raise Refused("Invalid file")
    members = visitor_file(file, fields.get("description"), picture)
    draft = Draft(fields.get("msg", ""), groupable=False, extras=members)
    document = deliver_for_visitor(tx, settings, visitor, room, draft)
    connecting = routing_method(settings).showConnecting
    return {**document, "newRoom": False, "showConnecting": connecting}


def send_known_file(
    tx: Tx, settings: "Settings", token: str, room_id: str, file_id: str, text: str
) -> bool:
    """Send a file once more that the visitor has uploaded to the open conversation; return False
    for an unknown visitor or a conversation that is not open or another's.

    Both messages show the same file: when one is deleted, the other shows it no more. Raises Coded
    `error-file-upload-disabled` and `error-invalid-file`, Refused
    `message-length-exceeds-character-limit`.
    """
    try:
        check_visitor_may_upload(tx, settings, token, room_id)
    except Forbidden:
        return False
    except Silent as refusal:
        raise Coded("error-file-upload-disabled") from refusal
    check_visitor_length(settings, text)
    file = find_file(tx, file_id)
    if file is None or file.hidden or (file.room_id, file.visitor_token) != (room_id, token):
        raise Coded("error-invalid-file", "Invalid file")
    send_visitor_file(tx, settings, file, {"msg": text}, None)
    return True


def send_user_file(
    tx: Tx,
    settings: "Settings",
    user: Principal,
    file: StoredFile,
    request: ConfirmUpload,
    picture: Picture | None,
    thumbnail: StoredFile | None,
) -> dict[str, Any]:
    """Send a stored file as a user's message; return the message as readers see it.

    `thumbnail` is the stored file of the picture's thumbnail. Raises Coded
    `error-message-size-exceeded`, `invalid-file`, and what `send_as_user` refuses.
    """
    if length(request.description or "") > settings.number("Message_MaxAllowedSize"):
        raise Coded("error-message-size-exceeded")
    check_length(settings, request.msg or "")
    check_avatar(request.avatar)
    check_custom_fields(settings, request.customFields)
    if not keep_file(tx, file.id):
        raise Coded("invalid-file")
    if thumbnail is not None and not keep_file(tx, thumbnail.id):
        thumbnail = None
    members = user_file(file, request.description, picture, thumbnail)
    for name in ("avatar", "emoji", "tmid", "customFields"):
        value = getattr(request, name)
        if value is not None:
            members[name] = value
    draft = Draft(request.msg or "", alias=request.alias, groupable=False, extras=members)
    document = send_as_user(tx, settings, user, file.room_id or "", draft)
    return with_file_link(tx, settings, document)


def waiting_upload(
    tx: Tx, settings: "Settings", user: Principal, room_id: str, file_id: str
) -> StoredFile:
    """Return a user's upload to a room that has not become a message yet.

    Raises Forbidden as `check_user_may_upload`, Coded `invalid-file`.
    """
    check_user_may_upload(tx, settings, user, room_id)
    file = find_file(tx, file_id)
    if file is None or file.room_id != room_id or file.user_id != user.id:
        raise Coded("invalid-file")
    if file.expires_at is None:
        raise Coded("invalid-file")
    return file
