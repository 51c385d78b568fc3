"""What the widget needs to know before a conversation: how it looks, departments, triggers, fields,
who is online, and what there is of its visitor.

Every page load of a web site asks for this. So what settings say is ready made (`look`), and the
rest are a few small queries on one snapshot.

Source: behaviour of the API, messages, section 5.1.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations.finding import open_room_of_visitor
from frontdesk.conversations.queue_places import queue_info
from frontdesk.conversations.schemas import room_document
from frontdesk.custom_fields.finding import widget_fields
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.triggers.saving import enabled_triggers
from frontdesk.visitors.finding import visitor_with_token
from frontdesk.visitors.schemas import guest_document
from frontdesk.widget.look import look
from frontdesk.widget.schemas import ConfigQuery, widget_field, widget_trigger
from frontdesk.workforce.agents_for_visitors import agent_for_visitors
from frontdesk.workforce.finding import (
    bot_is_there,
    department_is_online,
    somebody_is_online,
    widget_departments,
    widget_departments_of_unit,
)
from frontdesk.workforce.schemas import widget_department_document

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def configuration(tx: Tx, settings: "Settings", query: ConfigQuery) -> dict[str, Any]:
    """Return the configuration for one visitor, or for anybody without a token.

    An unknown token is no error. Raises Coded `error-unit-not-found` for an unknown business unit.
    """
    if not settings.flag("Livechat_enabled"):
        return {"enabled": False}
    return {
        "enabled": True,
        **look(settings).raw,
        "triggers": triggers_shown(tx),
        "departments": departments_shown(tx, query.businessUnit),
        "customFields": [widget_field(each) for each in widget_fields(tx)],
        "online": is_online(tx, settings, query.department),
        **_visitors_own(tx, settings, query.token),
    }


def triggers_shown(tx: Tx) -> list[dict[str, Any]]:
    """Return what the widget is to do by itself."""
    return [widget_trigger(each) for each in enabled_triggers(tx)]


def departments_shown(tx: Tx, unit_id: str | None = None) -> list[dict[str, Any]]:
    """Return the departments that a visitor may choose from: all, or those of a business unit.

    Raises Coded `error-unit-not-found`.
    """
    found = widget_departments_of_unit(tx, unit_id) if unit_id else widget_departments(tx)
    if found is None:
        raise Coded(
            "error-unit-not-found", f"Error! No Active Business Unit found with id: {unit_id}"
        )
    return [widget_department_document(each) for each in found]


def is_online(tx: Tx, settings: "Settings", department_id: str | None) -> bool:
    """Tell whether visitors are served now, in a department if one is given."""
    if settings.flag("Livechat_accept_chats_with_no_agents"):
        return True
    if settings.flag("Livechat_assign_new_conversation_to_bot") and bot_is_there(
        tx, department_id or None
    ):
        return True
    if department_id:
        return department_is_online(tx, settings, department_id)
    return somebody_is_online(tx, settings)


def _visitors_own(tx: Tx, settings: "Settings", token: str | None) -> dict[str, Any]:
    """Return the visitor, the open conversation, its place in the queue and its agent, as far as
    there are any.
    """
    visitor = visitor_with_token(tx, token) if token else None
    if visitor is None:
        return {}
    own: dict[str, Any] = {"guest": guest_document(visitor)}
    room = open_room_of_visitor(tx, visitor.token or "")
    if room is None:
        return own
    document = room_document(room)
    wanted = ("_id", "departmentId", "servedBy", "open")
    own["room"] = {name: document[name] for name in wanted if name in document}
    place = queue_info(tx, settings, room.id) if room.agent_id is None else None
    if place is not None:
        own["queueInfo"] = place
    agent = agent_for_visitors(tx, settings, room.agent_id)
    if agent is not None:
        own["agent"] = agent
    return own
