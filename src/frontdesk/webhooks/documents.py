"""Events as the other server reads them.

Source: behaviour of the API, messages, sections 7.3, 7.4 and 7.6.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.access.records import User
from frontdesk.clock import iso, iso_or_none
from frontdesk.conversations.records import Room
from frontdesk.visitors.records import Visitor
from frontdesk.webhooks.events import OFFLINE_MESSAGE
from frontdesk.webhooks.user_agents import browser_of, system_of

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def session_document(
    settings: "Settings",
    event: str,
    room: Room,
    visitor: Visitor,
    agent: User | None,
    messages: list[dict[str, Any]],
    members: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what is told of an event in a conversation; `members` are those of this event only.

    What the other server has answered before (`crmData`) is added when the event is delivered.
    """
    document = {
        "_id": room.id,
        "type": event,
        "label": room.display_name,
        "topic": room.topic,
        "createdAt": iso(room.opened_at),
        "lastMessageAt": iso_or_none(room.last_message_at),
        "tags": room.tags,
        "customFields": room.livechat_data,
        "visitor": _visitor(visitor),
        "agent": _agent(settings, room, agent),
        "messages": messages,
        **members,
    }
    return _given(document)


def offline_document(name: str, email: str, message: str, sent_at: int) -> dict[str, Any]:
    """Return what is told of a message that was left while nobody was there."""
    return {
        "type": OFFLINE_MESSAGE,
        "sentAt": iso(sent_at),
        "visitor": {"name": name, "email": email},
        "message": message,
    }


def standing(room: Room) -> dict[str, Any]:
    """Return the members that say where a conversation stands: department and agent."""
    return {"departmentId": room.department_id, "servedBy": _server(room)}


def closing(room: Room) -> dict[str, Any]:
    """Return the members that say how a conversation was closed."""
    return {
        **standing(room),
        "closedAt": iso_or_none(room.closed_at),
        "closedBy": {"_id": room.closed_by_id, "username": room.closed_by_username},
        "closer": room.closer,
    }


def previous_agent(room: Room) -> dict[str, Any]:
    """Return the member that says who served a conversation before."""
    return {"oldServedBy": _server(room)}


def previous_department(room: Room) -> dict[str, Any]:
    """Return the member that says where a conversation stood before."""
    return {"oldDepartmentId": room.department_id}


def message_item(room: Room, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message, given as the API sends it, as an item of `messages`."""
    author = message["u"]
    by_visitor = author.get("username") == room.visitor_username
    blocks = message.get("blocks") or None
    text = message.get("msg") or (blocks and msgspec.json.encode(blocks).decode())
    item = {
        "_id": message["_id"],
        "rid": message["rid"],
        "u": author,
        "username": author.get("username"),
        "agentId": None if by_visitor else author["_id"],
        "msg": text,
        "blocks": blocks,
        "ts": message["ts"],
        "_updatedAt": message["_updatedAt"],
        "closingMessage": True if message.get("t") == "livechat-close" else None,
    }
    for name in ("editedAt", "navigation", "file", "attachments", "fileUpload"):
        item[name] = message.get(name)
    if item["file"] is None:  # links and quotes are none of the receiver's business
        del item["attachments"]
    return _given(item)


def _visitor(visitor: Visitor) -> dict[str, Any]:
    return _given(
        {
            "_id": visitor.id,
            "token": visitor.token,
            "username": visitor.username,
            "name": visitor.name,
            "department": visitor.department_id,
            "ip": visitor.ip,
            "os": system_of(visitor.user_agent),
            "browser": browser_of(visitor.user_agent),
            "customFields": visitor.livechat_data,
            "email": visitor.emails or None,
            "phone": visitor.phones or None,
        }
    )


def _agent(settings: "Settings", room: Room, agent: User | None) -> dict[str, Any] | None:
    if room.agent_id is None:
        return None
    if agent is None:  # deleted since
        return {"_id": room.agent_id, "username": room.agent_username}
    shown = _fields_for_integrations(settings)
    fields = {name: value for name, value in (agent.custom_fields or {}).items() if name in shown}
    return _given(
        {
            "_id": agent.id,
            "username": agent.username,
            "name": agent.name,
            "email": agent.emails[0].get("address") if agent.emails else None,
            "customFields": fields or None,
        }
    )


class _Field(msgspec.Struct, rename="camel"):
    send_to_integrations: bool = False


def _fields_for_integrations(settings: "Settings") -> set[str]:
    """Return the custom fields of users that other servers may know."""
    try:
        text = settings.text("Accounts_CustomFields") or "{}"
        fields = msgspec.json.decode(text, type=dict[str, _Field])
    except (msgspec.MsgspecError, RecursionError):
        return set()
    return {name for name, field in fields.items() if field.send_to_integrations}


def _server(room: Room) -> dict[str, Any] | None:
    if room.agent_id is None:
        return None
    return _given(
        {
            "_id": room.agent_id,
            "username": room.agent_username,
            "ts": iso_or_none(room.agent_since),
        }
    )


def _given(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
