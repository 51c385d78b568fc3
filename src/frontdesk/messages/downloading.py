"""Who may download a file.

Source: behaviour of the API, messages, section 1.8. Where files are for members of their room,
whoever may read a conversation counts as a member: agents are members only until the close.
"""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.access.sessions import find_principal, hash_token
from frontdesk.conversations.finding import find_room, subscription_of, visitor_room
from frontdesk.conversations.reading_rights import may_read
from frontdesk.db import Tx
from frontdesk.files import StoredFile
from frontdesk.files.keeping import find_file
from frontdesk.http.call import Principal
from frontdesk.messages.file_links import opens

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Proof(msgspec.Struct, frozen=True):
    """What a request brings along: a signed link's token, a visitor's room and token, a user's
    id and token, or a user who is logged in.
    """

    link_token: str | None = None
    visitor_room_id: str | None = None
    visitor_token: str | None = None
    user_id: str | None = None
    user_token: str | None = None
    user: Principal | None = None


class NotYours(Exception):
    """The file is there, and not for whoever asks."""


def file_to_download(tx: Tx, settings: "Settings", file_id: str, proof: Proof) -> StoredFile | None:
    """Return a file that may be downloaded, None if there is none; raises NotYours."""
    file = find_file(tx, file_id)
    if file is None:
        return None
    if not settings.flag("FileUpload_ProtectFiles"):
        return file
    if proof.link_token and opens(settings, proof.link_token, file, tx.now):
        return file
    if _is_visitors(tx, file, proof) or _is_users(tx, settings, file, proof):
        return file
    raise NotYours


def _is_visitors(tx: Tx, file: StoredFile, proof: Proof) -> bool:
    if not proof.visitor_room_id or not proof.visitor_token or file.hidden:
        return False
    if file.room_id != proof.visitor_room_id:
        return False
    return visitor_room(tx, proof.visitor_room_id, proof.visitor_token) is not None


def _is_users(tx: Tx, settings: "Settings", file: StoredFile, proof: Proof) -> bool:
    user = proof.user
    if user is None and proof.user_id and proof.user_token:
        user = find_principal(tx, proof.user_id, hash_token(proof.user_token))
    if user is None:
        return False
    if file.user_id == user.id:
        return True
    room = find_room(tx, file.room_id) if file.room_id is not None else None
    if room is None:
        return False
    members_only = settings.flag("FileUpload_Restrict_to_room_members")
    if members_only and room.kind != "l":
        return subscription_of(tx, room.id, user.id) is not None
    readers_only = settings.flag("FileUpload_Restrict_to_users_who_can_access_room")
    return not (members_only or readers_only) or may_read(tx, settings, user, room)
