"""The doors through which agents and visitors come to transfer a conversation.

Each makes its own checks, in the order and the words that the API documents (conversations,
sections 3.6 to 3.8), and then calls `transferring.transfer`. In one point we differ on purpose: a
visitor transfers nobody's conversation but the own.
"""

from typing import TYPE_CHECKING

from frontdesk.access.finding import find_user
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.records import Room
from frontdesk.conversations.transfer_schemas import ForwardRoom, TransferByVisitor
from frontdesk.conversations.transferring import Transfer, transfer
from frontdesk.db import Tx
from frontdesk.errors import Refused, Silent
from frontdesk.http.call import Principal
from frontdesk.messages.checking import check_length
from frontdesk.messages.navigating import adopt_page_visits
from frontdesk.messages.storing import Author
from frontdesk.visitors.finding import find_visitor, visitor_by_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.visitors.records import Visitor


def forward(tx: Tx, settings: "Settings", user: Principal, request: ForwardRoom) -> None:
    """Transfer a conversation for somebody who is logged in.

    Raises Refused `error-invalid-room`, `This_conversation_is_already_closed`,
    `error-invalid-visitor`, `error-forwarding-chat`, and whatever `transfer` refuses.
    """
    room = conversation_to_change(tx, request.roomId)
    if room is None:
        raise Refused("error-invalid-room")
    if not room.open:
        raise Refused("This_conversation_is_already_closed")
    require_visitor(tx, room)
    if not transfer(tx, settings, room, transfer_by_user(tx, settings, user, room, request)):
        raise Refused("error-forwarding-chat")


def transfer_by_visitor(tx: Tx, settings: "Settings", request: TransferByVisitor) -> None:
    """Transfer the visitor's own conversation to a department.

    Raises Refused `invalid-token`, `error-invalid-room`, `This_conversation_is_already_closed`,
    `error-invalid-visitor`, `error-transfering-chat`, and whatever `transfer` refuses.
    """
    visitor = visitor_by_token(tx, request.token)
    room = conversation_to_change(tx, request.rid)
    if room is None or room.visitor_token != request.token:
        raise Refused("error-invalid-room")
    if not room.open:
        raise Refused("This_conversation_is_already_closed")
    require_visitor(tx, room)
    if not transfer(tx, settings, room, _by_visitor(visitor, request.department)):
        raise Refused("error-transfering-chat")


def transfer_by_old_widget(tx: Tx, settings: "Settings", request: TransferByVisitor) -> Room:
    """Transfer the visitor's own conversation as old widgets ask for it; return the room.

    The pages that the visitor looked at stay with it. Raises Refused `invalid-token`,
    `invalid-room`, Silent when nothing could be done, and whatever `transfer` refuses.
    """
    visitor_by_token(tx, request.token)
    room = conversation_to_change(tx, request.rid)
    if room is None or room.visitor_token != request.token:
        raise Refused("invalid-room")
    if not transfer_own(tx, settings, room, request.department):
        raise Silent
    return conversation_to_change(tx, request.rid) or room


def transfer_own(tx: Tx, settings: "Settings", room: Room, department_id: str) -> bool:
    """Transfer a conversation, which was found by its visitor's token, for that visitor."""
    token = room.visitor_token or ""
    adopt_page_visits(tx, token, room.id)
    return transfer(tx, settings, room, _by_visitor(visitor_by_token(tx, token), department_id))


def transfer_by_user(
    tx: Tx, settings: "Settings", user: Principal, room: Room, request: ForwardRoom
) -> Transfer:
    """Return the transfer that a user asks for.

    Raises Coded `error-message-size-exceeded` for a comment longer than any message.
    """
    check_length(settings, request.comment or "")
    to_agent = find_user(tx, request.userId) if request.userId else None
    return Transfer(
        by=Author(user.id, user.username, user.name),
        by_as="agent" if user.id == room.agent_id else "user",
        agent_id=request.userId,
        department_id=request.departmentId,
        to_agent=None
        if to_agent is None
        else {"_id": to_agent.id, "username": to_agent.username, "name": to_agent.name},
        comment=request.comment,
        by_client=bool(request.clientAction),
    )


def require_visitor(tx: Tx, room: Room) -> None:
    """Raise Refused `error-invalid-visitor` if the conversation's visitor is not there any more."""
    visitor = find_visitor(tx, room.visitor_id)
    if visitor is None or visitor.disabled:
        raise Refused("error-invalid-visitor")


def _by_visitor(visitor: "Visitor", department_id: str) -> Transfer:
    by = Author(visitor.id, visitor.username or "", visitor.name, visitor.token)
    return Transfer(by=by, by_as="visitor", department_id=department_id)
