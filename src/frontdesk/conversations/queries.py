"""All SQL of rooms, inquiries and subscriptions."""

import msgspec
from sqlalchemy import bindparam, case, delete, false, func, or_, select, true, update

from frontdesk.conversations.records import Inquiry, RemovedMembership, Room, Subscription
from frontdesk.conversations.tables import (
    OPEN_CONVERSATION,
    inquiries,
    removed_subscriptions,
    rooms,
    subscriptions,
)
from frontdesk.db import Command, Insert, Patch, Query, columns_of

_ROOMS = columns_of(rooms, Room)
_INQUIRIES = columns_of(inquiries, Inquiry)
_SUBSCRIPTIONS = columns_of(subscriptions, Subscription)

# Rooms ---------------------------------------------------------------------------------------

ROOM = Query(_ROOMS.where(rooms.c.id == bindparam("room_id")), Room)
#: PostgreSQL: whoever changes a room waits for the one before. SQLite has one writer anyway.
ROOM_TO_CHANGE = Query(_ROOMS.where(rooms.c.id == bindparam("room_id")).with_for_update(), Room)
OPEN_ROOM_OF_VISITOR = Query(
    _ROOMS.where(rooms.c.visitor_token == bindparam("token"), OPEN_CONVERSATION).limit(1),
    Room,
)
ROOMS_OF_VISITOR = Query(
    select(rooms.c.id)
    .where(rooms.c.visitor_id == bindparam("visitor_id"), rooms.c.kind == "l")
    .order_by(rooms.c.opened_at, rooms.c.id),
    str,
)
OPEN_ROOM_OF_VISITOR_ID = Query(
    select(rooms.c.id)
    .where(rooms.c.visitor_id == bindparam("visitor_id"), OPEN_CONVERSATION)
    .limit(1),
    str,
)
CHANNEL_BY_NAME = Query(
    _ROOMS.where(rooms.c.name == bindparam("name"), rooms.c.kind == "c").limit(1), Room
)
ROOMS_OF_MEMBER = Query(
    _ROOMS.join(subscriptions, subscriptions.c.room_id == rooms.c.id).where(
        subscriptions.c.user_id == bindparam("user_id"), rooms.c.updated_at > bindparam("since")
    ),
    Room,
)
#: Who served the conversation of a visitor that was closed last, of those that somebody served.
LAST_SERVER = Query(
    select(rooms.c.agent_id)
    .where(
        rooms.c.visitor_id == bindparam("visitor_id"),
        rooms.c.kind == "l",
        rooms.c.closed_at.is_not(None),
        rooms.c.agent_id.is_not(None),
    )
    .order_by(rooms.c.closed_at.desc())
    .limit(1),
    str,
)
#: Whoever serves a conversation is a member of it, and members have few.
ROOMS_SERVED_BY = Query(
    select(rooms.c.id)
    .join(subscriptions, subscriptions.c.room_id == rooms.c.id)
    .where(
        subscriptions.c.user_id == bindparam("agent_id"),
        rooms.c.agent_id == bindparam("agent_id"),
        rooms.c.open.is_(True),
    )
    .order_by(rooms.c.opened_at, rooms.c.id),
    str,
)


class Load(msgspec.Struct):
    """How many open conversations an agent serves for a department, or for none."""

    agent_id: str
    department_id: str | None
    chats: int


#: Found by the inquiries, which are there for open conversations only.
LOADS = Query(
    select(rooms.c.agent_id, rooms.c.department_id, func.count())
    .join(inquiries, inquiries.c.room_id == rooms.c.id)
    .where(rooms.c.open.is_(True), rooms.c.agent_id.is_not(None))
    .group_by(rooms.c.agent_id, rooms.c.department_id)
    .order_by(rooms.c.agent_id, rooms.c.department_id),
    Load,
)
ANSWERED_ROOMS = Query(
    _ROOMS.where(OPEN_CONVERSATION, rooms.c.responder_id.is_not(None)),
    Room,
)
#: A second open room of the same visitor is not inserted; the unique rule decides.
INSERT_ROOM = Insert(rooms, skip_conflicts=True)
INSERT_ROOM_IF_ABSENT = Insert(rooms, skip_conflicts=True)
PATCH_ROOM = Patch(rooms)
CLOSE_ROOM = Command(
    update(rooms)
    .where(
        rooms.c.id == bindparam("row_id"),
        or_(rooms.c.open.is_(True), bindparam("forced") == true()),
    )
    .values(
        open=false(),
        on_hold=false(),
        visitor_status="offline",
        closed_at=bindparam("closed_at"),
        closer=bindparam("closer"),
        closed_by_id=bindparam("closed_by_id"),
        closed_by_username=bindparam("closed_by_username"),
        tags=bindparam("tags"),
        chat_duration=bindparam("chat_duration"),
        service_duration=bindparam("service_duration"),
        visitor_inactivity=bindparam("visitor_inactivity"),
        transcript_request=bindparam("transcript_request"),
        last_message_at=bindparam("closed_at"),
        last_message=bindparam("last_message"),
        message_count=rooms.c.message_count + bindparam("messages_added"),
        auto_transfer_due_at=None,
        updated_at=bindparam("closed_at"),
    )
)
NOTE_MESSAGE = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"))
    .values(
        message_count=rooms.c.message_count + bindparam("messages_added"),
        visitor_messages=rooms.c.visitor_messages + bindparam("visitor_messages_added"),
        agent_messages=rooms.c.agent_messages + bindparam("agent_messages_added"),
        last_message_at=bindparam("last_message_at"),
        last_message=bindparam("last_message"),
        visitor_last_message_at=bindparam("visitor_last_message_at"),
        visitor_activity=bindparam("visitor_activity"),
        waiting_response=bindparam("waiting_response"),
        responder_id=bindparam("responder_id"),
        responder_username=bindparam("responder_username"),
        first_response_at=bindparam("first_response_at"),
        last_response_at=bindparam("last_response_at"),
        visitor_asked_at=bindparam("visitor_asked_at"),
        agent_replied_at=bindparam("agent_replied_at"),
        responses=bindparam("responses"),
        response_time=bindparam("response_time"),
        first_response_time=bindparam("first_response_time"),
        first_response_noted_at=bindparam("first_response_noted_at"),
        reaction_time=bindparam("reaction_time"),
        first_reaction_time=bindparam("first_reaction_time"),
        abandoned_at=bindparam("abandoned_at"),
        updated_at=bindparam("now"),
    )
)
ASSIGN_AGENT = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"), rooms.c.open.is_(True))
    .values(
        agent_id=bindparam("agent_id"),
        agent_username=bindparam("agent_username"),
        agent_since=bindparam("now"),
        user_count=rooms.c.user_count + 1,
        message_count=rooms.c.message_count + 2,
        updated_at=bindparam("now"),
    )
)
REMOVE_AGENT = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"), rooms.c.open.is_(True))
    .values(
        agent_id=None,
        agent_username=None,
        agent_since=None,
        queued_at=bindparam("queued_at"),
        department_id=bindparam("department_id"),
        department_ancestors=bindparam("department_ancestors"),
        abandoned_at=None,
        message_count=rooms.c.message_count + bindparam("messages_added"),
        last_message_at=bindparam("now"),
        last_message=bindparam("last_message"),
        updated_at=bindparam("now"),
    )
)
HAND_OVER = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"), rooms.c.open.is_(True))
    .values(
        department_id=bindparam("department_id"),
        department_ancestors=bindparam("department_ancestors"),
        abandoned_at=None,
        message_count=rooms.c.message_count + bindparam("messages_added"),
        last_message_at=bindparam("now"),
        last_message=bindparam("last_message"),
        updated_at=bindparam("now"),
    )
)
HOLD_ROOM = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"), rooms.c.open.is_(True))
    .values(
        on_hold=bindparam("held"),
        abandoned_at=bindparam("abandoned_at"),
        message_count=rooms.c.message_count + 1,
        updated_at=bindparam("now"),
    )
)
COUNT_MESSAGES = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"))
    .values(message_count=rooms.c.message_count + bindparam("added"), updated_at=bindparam("now"))
)
REMOVE_ROOM = Command(delete(rooms).where(rooms.c.id == bindparam("room_id")))
ADD_MEMBER = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"), rooms.c.open.is_(True))
    .values(user_count=rooms.c.user_count + 1, updated_at=bindparam("now"))
)
REMOVE_MEMBER = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("row_id"))
    .values(user_count=rooms.c.user_count - 1, updated_at=bindparam("now"))
)

# Inquiries -----------------------------------------------------------------------------------


class RemovedInquiry(msgspec.Struct):
    """What is told about an inquiry that is gone."""

    id: str
    department_id: str | None
    default_agent_id: str | None


INQUIRY = Query(_INQUIRIES.where(inquiries.c.id == bindparam("inquiry_id")), Inquiry)
INQUIRY_OF_ROOM = Query(_INQUIRIES.where(inquiries.c.room_id == bindparam("room_id")), Inquiry)
INSERT_INQUIRY = Insert(inquiries)
PATCH_INQUIRY = Patch(inquiries)
REMOVE_INQUIRY = Query(
    delete(inquiries)
    .where(inquiries.c.room_id == bindparam("room_id"))
    .returning(inquiries.c.id, inquiries.c.department_id, inquiries.c.default_agent_id),
    RemovedInquiry,
)
#: One taker: the status is part of the condition.
TAKE_INQUIRY = Command(
    update(inquiries)
    .where(
        inquiries.c.id == bindparam("row_id"),
        inquiries.c.status != "taken",
    )
    .values(
        status="taken",
        taken_at=bindparam("now"),
        queued_at=None,
        default_agent_id=None,
        default_agent_username=None,
        updated_at=bindparam("now"),
    )
)
QUEUE_INQUIRY = Command(
    update(inquiries)
    .where(inquiries.c.room_id == bindparam("room_id"))
    .values(
        status="queued",
        queued_at=bindparam("now"),
        taken_at=None,
        department_id=bindparam("department_id"),
        default_agent_id=bindparam("default_agent_id"),
        default_agent_username=bindparam("default_agent_username"),
        last_message=bindparam("last_message"),
        updated_at=bindparam("now"),
    )
)
NOTE_LAST_MESSAGE = Command(
    update(inquiries)
    .where(inquiries.c.room_id == bindparam("room_id"), inquiries.c.status != "taken")
    .values(last_message=bindparam("last_message"), updated_at=bindparam("now"))
)

# Subscriptions -------------------------------------------------------------------------------


class Removed(msgspec.Struct):
    """What is told about a subscription that is gone."""

    id: str
    user_id: str
    username: str


SUBSCRIPTION = Query(
    _SUBSCRIPTIONS.where(
        subscriptions.c.room_id == bindparam("room_id"),
        subscriptions.c.user_id == bindparam("user_id"),
    ),
    Subscription,
)
SUBSCRIPTIONS_OF_ROOM = Query(
    _SUBSCRIPTIONS.where(subscriptions.c.room_id == bindparam("room_id")), Subscription
)
SUBSCRIPTIONS_OF_USER = Query(
    _SUBSCRIPTIONS.where(
        subscriptions.c.user_id == bindparam("user_id"),
        subscriptions.c.updated_at > bindparam("since"),
    ),
    Subscription,
)
INSERT_SUBSCRIPTION = Insert(subscriptions, skip_conflicts=True)
RENAME_SUBSCRIPTIONS = Command(
    update(subscriptions)
    .where(subscriptions.c.room_id == bindparam("of_room"))
    .values(
        name=bindparam("new_name"), display_name=bindparam("new_name"), updated_at=bindparam("now")
    )
)
REMOVE_SUBSCRIPTIONS = Query(
    delete(subscriptions)
    .where(subscriptions.c.room_id == bindparam("room_id"))
    .returning(subscriptions.c.id, subscriptions.c.user_id, subscriptions.c.username),
    Removed,
)
REMOVE_SUBSCRIPTION = Query(
    delete(subscriptions)
    .where(
        subscriptions.c.room_id == bindparam("room_id"),
        subscriptions.c.user_id == bindparam("user_id"),
    )
    .returning(subscriptions.c.id, subscriptions.c.user_id, subscriptions.c.username),
    Removed,
)
REMOVE_OTHER_SUBSCRIPTIONS = Query(
    delete(subscriptions)
    .where(
        subscriptions.c.room_id == bindparam("room_id"),
        subscriptions.c.user_id != bindparam("kept_id"),
    )
    .returning(subscriptions.c.id, subscriptions.c.user_id, subscriptions.c.username),
    Removed,
)
MOVE_SUBSCRIPTIONS = Command(
    update(subscriptions)
    .where(subscriptions.c.room_id == bindparam("room_id"))
    .values(department_id=bindparam("department_id"), updated_at=bindparam("now"))
)
CHANGE_VISITOR_OF_MEMBERS = Command(
    update(subscriptions)
    .where(subscriptions.c.room_id == bindparam("room_id"), subscriptions.c.visitor.is_not(None))
    .values(visitor=bindparam("visitor"), updated_at=bindparam("now"))
)
HOLD_SUBSCRIPTIONS = Command(
    update(subscriptions)
    .where(subscriptions.c.room_id == bindparam("room_id"))
    .values(on_hold=bindparam("held"), updated_at=bindparam("now"))
)
#: Unread marks of everybody but the author, whose own are cleared.
NOTE_UNREAD = Command(
    update(subscriptions)
    .where(subscriptions.c.room_id == bindparam("room_id"))
    .values(
        open=true(),
        alert=subscriptions.c.user_id != bindparam("author_id"),
        unread=case(
            (subscriptions.c.user_id == bindparam("author_id"), 0),
            else_=subscriptions.c.unread + bindparam("added"),
        ),
        seen_at=case(
            (subscriptions.c.user_id == bindparam("author_id"), bindparam("now")),
            else_=subscriptions.c.seen_at,
        ),
        updated_at=bindparam("now"),
    )
)
MARK_UNREAD = Command(
    update(subscriptions)
    .where(
        subscriptions.c.room_id == bindparam("room_id"),
        subscriptions.c.user_id == bindparam("user_id"),
    )
    .values(open=true(), alert=true(), seen_at=bindparam("seen_at"), updated_at=bindparam("now"))
)
SHOW_MEMBERSHIP = Command(
    update(subscriptions)
    .where(
        subscriptions.c.room_id == bindparam("room_id"),
        subscriptions.c.user_id == bindparam("user_id"),
    )
    .values(open=true(), updated_at=bindparam("now"))
)
HIDE_MEMBERSHIP = Command(
    update(subscriptions)
    .where(
        subscriptions.c.room_id == bindparam("room_id"),
        subscriptions.c.user_id == bindparam("user_id"),
    )
    .values(open=false(), alert=false(), updated_at=bindparam("now"))
)
REMOVED_SUBSCRIPTIONS = Query(
    select(removed_subscriptions.c.subscription_id, removed_subscriptions.c.removed_at)
    .where(
        removed_subscriptions.c.user_id == bindparam("user_id"),
        removed_subscriptions.c.removed_at >= bindparam("since"),
    )
    .order_by(removed_subscriptions.c.removed_at),
    RemovedMembership,
)
DIRECT_ROOMS_OF_MEMBER = Query(
    _ROOMS.join(subscriptions, subscriptions.c.room_id == rooms.c.id)
    .where(subscriptions.c.user_id == bindparam("user_id"), rooms.c.kind == "d")
    .order_by(rooms.c.last_message_at.desc().nulls_last(), rooms.c.id),
    Room,
)
MARK_READ = Command(
    update(subscriptions)
    .where(
        subscriptions.c.room_id == bindparam("room_id"),
        subscriptions.c.user_id == bindparam("user_id"),
    )
    .values(
        open=true(),
        alert=false(),
        unread=0,
        user_mentions=0,
        group_mentions=0,
        seen_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
)
OPEN_CHATS = Query(
    select(func.count()).where(
        subscriptions.c.user_id == bindparam("agent_id"),
        subscriptions.c.kind == "l",
        subscriptions.c.on_hold.is_(False),
    ),
    int,
)
OPEN_CHATS_IN_DEPARTMENT = Query(
    select(func.count()).where(
        subscriptions.c.user_id == bindparam("agent_id"),
        subscriptions.c.kind == "l",
        subscriptions.c.on_hold.is_(False),
        subscriptions.c.department_id == bindparam("department_id"),
    ),
    int,
)

# Ranks and departments -----------------------------------------------------------------------


class RankedInquiry(msgspec.Struct):
    """What is told about an inquiry whose rank has changed."""

    id: str
    department_id: str | None


_RANKED = (inquiries.c.id, inquiries.c.department_id)
SET_PRIORITY = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("room_id"))
    .values(
        priority_id=bindparam("priority_id"),
        priority_weight=bindparam("weight"),
        message_count=rooms.c.message_count + 1,
        updated_at=bindparam("now"),
    )
)
SET_INQUIRY_PRIORITY = Query(
    update(inquiries)
    .where(inquiries.c.room_id == bindparam("room_id"))
    .values(
        priority_id=bindparam("priority_id"),
        priority_weight=bindparam("weight"),
        updated_at=bindparam("now"),
    )
    .returning(*_RANKED),
    RankedInquiry,
)
SET_SLA = Command(
    update(rooms)
    .where(rooms.c.id == bindparam("room_id"))
    .values(
        sla_id=bindparam("sla_id"),
        estimated_wait=bindparam("minutes"),
        message_count=rooms.c.message_count + 1,
        updated_at=bindparam("now"),
    )
)
SET_INQUIRY_SLA = Query(
    update(inquiries)
    .where(inquiries.c.room_id == bindparam("room_id"))
    .values(
        sla_id=bindparam("sla_id"), estimated_wait=bindparam("minutes"), updated_at=bindparam("now")
    )
    .returning(*_RANKED),
    RankedInquiry,
)
#: For all open conversations with an SLA policy: another waiting time, or none of it.
CHANGE_SLA = Query(
    update(rooms)
    .where(OPEN_CONVERSATION, rooms.c.sla_id == bindparam("present_id"))
    .values(
        sla_id=bindparam("sla_id"), estimated_wait=bindparam("minutes"), updated_at=bindparam("now")
    )
    .returning(rooms.c.id),
    str,
)
CHANGE_INQUIRY_SLA = Query(
    update(inquiries)
    .where(inquiries.c.sla_id == bindparam("present_id"))
    .values(
        sla_id=bindparam("sla_id"), estimated_wait=bindparam("minutes"), updated_at=bindparam("now")
    )
    .returning(*_RANKED),
    RankedInquiry,
)
FORGET_DEPARTMENT = Command(
    update(rooms)
    .where(rooms.c.department_id == bindparam("gone_id"))
    .values(department_id=None, department_ancestors=None, updated_at=bindparam("now"))
)
