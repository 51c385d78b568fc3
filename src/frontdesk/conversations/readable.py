"""Which of many conversations a user may read, as a condition for the lists of other features.

Source: behaviour of the API, conversations, section 2.12; what somebody may only look at while it
waits in the queue is left out.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, select

from frontdesk.conversations.restricting import within_units
from frontdesk.conversations.tables import rooms, subscriptions
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.workforce.finding import departments_of_agent


def in_readable_conversation(
    tx: Tx, user: Principal, room_id: ColumnElement[str]
) -> ColumnElement[bool]:
    """Return the condition that `room_id` is a conversation that a user may read, who holds
    `view-l-room`; within the user's units.
    """
    of_room = [rooms.c.id == room_id, rooms.c.kind == "l"]
    if user.may("view-livechat-rooms"):
        restricted = within_units(tx, user)
        return exists(select(rooms.c.id).where(*of_room, *restricted))
    member = exists(
        select(subscriptions.c.room_id).where(
            subscriptions.c.room_id == rooms.c.id, subscriptions.c.user_id == user.id
        )
    )
    closed = rooms.c.open.is_(False)
    readable: list[ColumnElement[bool]] = [rooms.c.agent_id == user.id, member]
    if user.may("view-livechat-room-closed-by-another-agent"):
        readable.append(closed)
    elif user.may("view-livechat-room-closed-same-department"):
        own = [
            each.department_id
            for each in departments_of_agent(tx, user.id)
            if each.department_enabled
        ]
        if own:
            readable.append(and_(closed, rooms.c.department_id.in_(own)))
    return exists(select(rooms.c.id).where(*of_room, or_(*readable)))
