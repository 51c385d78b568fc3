"""Joining a conversation beside the agent who serves it.

Source: behaviour of the API, conversations, section 3.10.
"""

from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change, subscription_of
from frontdesk.conversations.reading_rights import may_read
from frontdesk.conversations.recording import count_messages
from frontdesk.conversations.records import Subscription
from frontdesk.conversations.taking import may_take_one_more
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http.call import Principal
from frontdesk.ids import random_id
from frontdesk.messages.storing import Author, store_system_message
from frontdesk.workforce.assigning import hold_agent
from frontdesk.workforce.finding import find_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def join(tx: Tx, settings: "Settings", user: Principal, room_id: str) -> None:
    """Make a user a member of an open conversation; who serves it does not change.

    Who is a member already stays one. Raises Refused `error-invalid-room`, `room-closed`,
    `error-not-allowed`, and, for an agent who has enough to do,
    `error-max-number-simultaneous-chats-reached`.
    """
    room = conversation_to_change(tx, room_id)
    if room is None:
        raise Refused("error-invalid-room")
    if not room.open:
        raise Refused("room-closed")
    if not may_read(tx, settings, user, room):
        raise Refused("error-not-allowed")
    agent = find_agent(tx, user.id)
    if agent is not None:
        hold_agent(tx, agent.id)
        if not may_take_one_more(tx, settings, agent, room.department_id):
            raise Refused("error-max-number-simultaneous-chats-reached")
    if subscription_of(tx, room.id, user.id) is not None:
        return
    tx.insert(
        queries.INSERT_SUBSCRIPTION,
        Subscription(
            id=random_id(),
            room_id=room.id,
            user_id=user.id,
            username=user.username,
            kind="l",
            display_name=room.display_name,
            created_at=tx.now,
            on_hold=room.on_hold,
            updated_at=tx.now,
        ),
    )
    tx.run(queries.ADD_MEMBER, row_id=room.id, now=tx.now)
    store_system_message(tx, room.id, "uj", Author(user.id, user.username), user.username)
    count_messages(tx, room.id, 1)
    tx.emit("room", room.id, "changed")
    tx.emit("subscription", user.id, "inserted", room.id)
