"""Transferring a conversation to another agent or department.

Source: behaviour of the API, conversations, section 2.10. In one point we differ on purpose: the
agent who serves already is no candidate of the target department. A refused transfer does not
advance the turn of anybody, so choosing that agent would refuse it for ever.
"""

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from frontdesk.conversations import queries
from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.handing_over import (
    Handover,
    hand_over,
    hand_to_queue,
    transfer_document,
)
from frontdesk.conversations.recording import count_messages
from frontdesk.conversations.records import Inquiry, Room
from frontdesk.conversations.routing import next_agent, routing_method
from frontdesk.conversations.taking import assign, may_take_one_more
from frontdesk.conversations.waiting import wait_elsewhere, wait_no_more
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.messages.storing import Author, store_system_message
from frontdesk.workforce.assigning import hold_agent
from frontdesk.workforce.finding import (
    Agent,
    department_is_online,
    departments_of_agent,
    find_department,
    online_agent,
)
from frontdesk.workforce.records import Department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class Transfer(msgspec.Struct, frozen=True):
    """What is asked for: an agent, a department, or a department with an agent of it.

    `by` and `by_as` say who asks (see `Handover`). `to_agent` is the agent as the history names
    him. `by_client` wants to be told why an agent cannot take the conversation.
    """

    by: Author
    by_as: Literal["agent", "user", "visitor"]
    agent_id: str | None = None
    department_id: str | None = None
    to_agent: dict[str, Any] | None = None
    comment: str | None = None
    by_client: bool = False


def transfer(tx: Tx, settings: "Settings", room: Room, wanted: Transfer) -> bool:
    """Transfer a conversation, which was read with `conversation_to_change`.

    Returns False where nothing is changed: the room is closed, no target is given, or nobody
    could take it. Raises Refused or Coded where the API has a word for it, with nothing changed.
    """
    if room.on_hold:
        raise Refused("error-room-onHold")
    if wanted.department_id:
        department = find_department(tx, wanted.department_id)
        if department is None:
            raise Refused("error-invalid-department")
        return room.open and _to_department(tx, settings, room, wanted, department)
    if wanted.agent_id:
        return room.open and _to_agent(tx, settings, room, wanted, wanted.agent_id)
    return False


def _to_agent(tx: Tx, settings: "Settings", room: Room, wanted: Transfer, agent_id: str) -> bool:
    agent = _online(tx, settings, agent_id)
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is None:
        raise Refused("error-invalid-inquiry")
    if room.agent_id == agent.id:
        raise Refused("error-selected-agent-room-agent-are-same")
    hold_agent(tx, agent.id)
    if not may_take_one_more(tx, settings, agent, None):
        if wanted.by_client:
            raise Refused("error-max-number-simultaneous-chats-reached")
        return False
    _free(tx, settings, inquiry, inquiry.department_id)
    assign(tx, settings, room, inquiry, agent, for_department=False)
    handover = _handover(wanted, None)
    hand_over(tx, settings, room, handover, department=None, new_agent=agent)
    return True


def _to_department(
    tx: Tx, settings: "Settings", room: Room, wanted: Transfer, department: Department
) -> bool:
    """Try the department, then those that it falls back on, as far as the setting says."""
    target = department
    seen = {department.id}
    farthest = max(0, settings.number("Omnichannel_max_fallback_forward_depth"))
    for hops in range(farthest + 1):
        if _try_department(tx, settings, room, wanted, target):
            if hops:
                _tell_fallback(tx, room, wanted, department, target, hops)
            return True
        fallback = find_department(tx, target.fallback_id)
        if fallback is None:
            raise Refused("error-no-agents-available-for-service-on-department")
        if fallback.id in seen:
            return False
        seen.add(fallback.id)
        target = fallback
    return False


def _try_department(
    tx: Tx, settings: "Settings", room: Room, wanted: Transfer, target: Department
) -> bool:
    """Transfer to one department; False, with nothing changed, if nobody is there to take over."""
    inquiry = _check_target(tx, room, target)
    chosen = _chosen_agent(tx, settings, wanted, target)
    handover = _handover(wanted, target)
    if _waits(tx, settings, target, chosen):
        hand_to_queue(tx, settings, room, inquiry, handover, department=target, preferred=chosen)
        return True
    agent = chosen or next_agent(tx, settings, target.id, ignored_id=room.agent_id)
    if agent is not None and agent.id != room.agent_id:
        _free(tx, settings, inquiry, target.id)
        assign(tx, settings, room, inquiry, agent)
        hand_over(tx, settings, room, handover, department=target, new_agent=agent)
        return True
    if room.agent_id is not None:
        return False
    _move(tx, settings, inquiry, target)
    hand_over(tx, settings, room, handover, department=target, new_agent=None)
    return True


def _check_target(tx: Tx, room: Room, target: Department) -> Inquiry:
    """Return the inquiry, if the conversation may go from its department to another one."""
    own = find_department(tx, room.department_id)
    if own is not None and own.allowed_to_forward and target.id not in own.allowed_to_forward:
        raise Coded(
            "error-forwarding-department-target-not-allowed",
            "The forwarding to the target department is not allowed.",
        )
    inquiry = inquiry_of_room(tx, room.id)
    if inquiry is None:
        raise Refused("error-transferring-inquiry")
    if room.department_id == target.id:
        raise Refused("error-forwarding-chat-same-department")
    return inquiry


def _chosen_agent(
    tx: Tx, settings: "Settings", wanted: Transfer, target: Department
) -> Agent | None:
    """Return the agent who is asked for within the department."""
    if not wanted.agent_id:
        return None
    agent = _online(tx, settings, wanted.agent_id)
    if all(each.department_id != target.id for each in departments_of_agent(tx, agent.id)):
        raise Refused("error-user-not-belong-to-department")
    return agent


def _online(tx: Tx, settings: "Settings", agent_id: str) -> Agent:
    agent = online_agent(tx, settings, agent_id)
    if agent is None:
        raise Refused("error-user-is-offline")
    return agent


def _waits(tx: Tx, settings: "Settings", target: Department, chosen: Agent | None) -> bool:
    """Tell whether the conversation goes into the department's queue rather than to an agent."""
    if not routing_method(settings).autoAssignAgent:
        return True
    if department_is_online(tx, settings, target.id):
        if settings.flag("Livechat_waiting_queue"):
            return True
    elif target.receives_offline:
        return True
    if chosen is None:
        return False
    hold_agent(tx, chosen.id)
    return not may_take_one_more(tx, settings, chosen, target.id)


def _free(tx: Tx, settings: "Settings", inquiry: Inquiry, department_id: str | None) -> None:
    """Make a conversation, whose room is ours until the commit, one that can be assigned."""
    if inquiry.status == "queued":
        wait_no_more(tx, settings, inquiry.room_id, inquiry.department_id)
        if inquiry.department_id != department_id:  # it leaves that queue
            tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
    inquiry.status, inquiry.department_id = "ready", department_id
    tx.patch(
        queries.PATCH_INQUIRY,
        inquiry.id,
        status="ready",
        department_id=department_id,
        updated_at=tx.now,
    )


def _move(tx: Tx, settings: "Settings", inquiry: Inquiry, target: Department) -> None:
    """Let a conversation that nobody serves wait, or not, in another department."""
    tx.patch(queries.PATCH_INQUIRY, inquiry.id, department_id=target.id, updated_at=tx.now)
    tx.run(
        queries.MOVE_SUBSCRIPTIONS,
        room_id=inquiry.room_id,
        department_id=target.id,
        now=tx.now,
    )
    if inquiry.status == "queued":
        wait_no_more(tx, settings, inquiry.room_id, inquiry.department_id)
        wait_elsewhere(tx, settings, inquiry.room_id, target.id)
    if inquiry.department_id != target.id:
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)  # it leaves that queue
    tx.emit("inquiry", inquiry.id, "updated", target.id)


def _handover(wanted: Transfer, target: Department | None) -> Handover:
    return Handover(
        by=wanted.by,
        by_as=wanted.by_as,
        scope="agent" if target is None else "department",
        comment=wanted.comment,
        to_department=target,
        to_agent=wanted.to_agent,
    )


def _tell_fallback(
    tx: Tx,
    room: Room,
    wanted: Transfer,
    asked_for: Department,
    target: Department,
    hops: int,
) -> None:
    """Say in the room that another department than the one asked for got the conversation."""
    told = transfer_document(tx, room, _handover(wanted, target))
    told |= {
        "prevDepartment": asked_for.name,
        "department": {"_id": target.id, "name": target.name},
        "hops": hops,
        "usingFallbackDep": True,
    }
    by = Author(wanted.by.id, wanted.by.username, token=wanted.by.token)
    store_system_message(tx, room.id, "livechat_transfer_history_fallback", by, transferData=told)
    count_messages(tx, room.id, 1)
