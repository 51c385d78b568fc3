"""What agents write on a conversation: the visitor's data, topic, tags, priority, SLA policy.

Source: behaviour of the API, conversations, section 3.11; priorities, section 4.7. In two points
we differ on purpose: everything is stored or nothing, and an agent corrects nobody but the
conversation's own visitor.

Values of custom fields count for those who may edit them; those of fields that nobody has defined
are dropped.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.catalog.applying import apply_priority, apply_sla
from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.record_schemas import GuestData, RoomData, SaveInfo
from frontdesk.conversations.records import Room
from frontdesk.conversations.visitor_stream import tell_own_data
from frontdesk.custom_fields.checking import edited_values
from frontdesk.custom_fields.finding import room_fields, visitor_fields
from frontdesk.db import Tx
from frontdesk.errors import Forbidden, Refused
from frontdesk.http.call import Principal
from frontdesk.messages.checking import check_length
from frontdesk.messages.storing import Author
from frontdesk.visitors.correcting import correct_visitor
from frontdesk.visitors.finding import visitor_to_change
from frontdesk.webhooks.room_events import tell_edited

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def save_info(tx: Tx, settings: "Settings", user: Principal, request: SaveInfo) -> None:
    """Store what an agent or manager has written on a conversation, open or closed.

    Raises Refused `error-invalid-room`, `error-invalid-visitor`, `error-invalid-priority`,
    `SLA not found with id: ...`; Forbidden for anybody but the serving agent without
    `save-others-livechat-room-info`; Coded `error-message-size-exceeded` for a topic longer than
    any message; `Invalid value for <label> field`; and what `correct_visitor` raises.
    """
    room = conversation_to_change(tx, request.roomData.id)
    if room is None:
        raise Refused("error-invalid-room")
    if room.agent_id != user.id and not user.may("save-others-livechat-room-info"):
        raise Forbidden
    edits_fields = user.may("edit-livechat-room-customfields")
    _save_guest(tx, room, request.guestData, edits_fields)
    changes = _changes(settings, request.roomData)
    if edits_fields and request.roomData.livechatData:
        edited = edited_values(room_fields(tx), room.livechat_data, request.roomData.livechatData)
        changes["livechat_data"] = edited or None
    tx.patch(queries.PATCH_ROOM, room.id, **changes, updated_at=tx.now)
    _rank(tx, room, request.roomData, Author(user.id, user.username, user.name))
    tx.emit("room", room.id, "changed")
    if not room.open:
        tell_edited(tx, settings, room.id)


def _save_guest(tx: Tx, room: Room, guest: GuestData, edits_fields: bool) -> None:
    visitor = visitor_to_change(tx, guest.id)
    if visitor is None or visitor.id != room.visitor_id:
        raise Refused("error-invalid-visitor")
    by_sms = (room.source or {}).get("type") == "sms"  # there the number says who it is
    phone = None if by_sms else guest.phone
    fields = None
    if edits_fields and guest.livechatData:
        definitions = visitor_fields(tx, hidden=True)
        fields = edited_values(definitions, visitor.livechat_data, guest.livechatData)
    visitor = correct_visitor(
        tx, visitor, name=guest.name, email=guest.email, phone=phone, fields=fields
    )
    tell_own_data(tx, room.id, visitor)


def _changes(settings: "Settings", given: RoomData) -> dict[str, Any]:
    changes: dict[str, Any] = {"tags": given.tags or None}
    if given.topic is not msgspec.UNSET:
        check_length(settings, given.topic)
        changes["topic"] = given.topic.strip() or None
    return changes


def _rank(tx: Tx, room: Room, given: RoomData, by: Author) -> None:
    """Change priority and SLA policy if they differ; each change is told in the room."""
    if given.priorityId is not msgspec.UNSET:
        priority_id = given.priorityId or None
        if priority_id != room.priority_id:
            apply_priority(tx, room, priority_id, by)
    if given.slaId is not msgspec.UNSET:
        sla_id = given.slaId or None
        if sla_id != room.sla_id:
            apply_sla(tx, room, sla_id, by)
