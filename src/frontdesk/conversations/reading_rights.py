"""Who may read a conversation.

Source: behaviour of the API, conversations, section 2.12.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations.finding import inquiry_of_room, subscription_of
from frontdesk.conversations.records import Room
from frontdesk.conversations.routing import routing_method
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.workforce.finding import departments_of_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def may_read(tx: Tx, settings: "Settings", user: Principal, room: Room) -> bool:
    """Tell whether a user may read a room; any one rule is enough."""
    if room.kind == "l":
        return _may_read_conversation(tx, settings, user, room)
    member = subscription_of(tx, room.id, user.id) is not None
    if room.kind == "c":
        return user.may("view-c-room") or (member and user.may("view-joined-room"))
    return member and (user.may(f"view-{room.kind}-room") or user.may("view-joined-room"))


def _may_read_conversation(tx: Tx, settings: "Settings", user: Principal, room: Room) -> bool:
    if user.may("view-livechat-rooms") or room.agent_id == user.id or user.id == "rocket.cat":
        return True
    may_join = user.may("view-joined-room") or user.may("view-l-room")
    if may_join and subscription_of(tx, room.id, user.id) is not None:
        return True
    if not room.open:
        if user.may("view-livechat-room-closed-by-another-agent"):
            return True
        return user.may("view-livechat-room-closed-same-department") and _is_member(
            tx, user, room.department_id
        )
    return routing_method(settings).previewRoom and _may_preview(tx, user, room)


def _may_preview(tx: Tx, user: Principal, room: Room) -> bool:
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is None or inquiry.status != "queued":
        return False
    if inquiry.default_agent_id is not None:
        return inquiry.default_agent_id == user.id
    if inquiry.department_id is None or "livechat-manager" in user.roles:
        return True
    return _is_member(tx, user, inquiry.department_id)


def _is_member(tx: Tx, user: Principal, department_id: str | None) -> bool:
    return any(
        each.department_id == department_id and each.department_enabled
        for each in departments_of_agent(tx, user.id)
    )
