"""What happens to a visitor in conversations, remembered on the visitor."""

from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.visitors import queries
from frontdesk.visitors.records import Visitor


def note_chat(tx: Tx, visitor: Visitor, room_id: str) -> None:
    """Remember a new conversation as the visitor's last.

    Raises Refused `invalid-token` if the visitor was removed at the same moment.
    """
    chat = {"_id": room_id, "ts": iso(tx.now)}
    if not tx.run(queries.NOTE_CHAT, visitor_id=visitor.id, last_chat=chat, now=tx.now):
        raise Refused("invalid-token")


def note_agent(tx: Tx, visitor_id: str | None, agent_id: str, username: str) -> None:
    """Remember who serves a visitor, to be preferred the next time."""
    if visitor_id is not None:
        agent = {"agentId": agent_id, "username": username, "ts": iso(tx.now)}
        tx.patch(queries.PATCH_VISITOR, visitor_id, last_agent=agent, updated_at=tx.now)


def note_department(tx: Tx, visitor_id: str | None, department_id: str) -> None:
    """Remember to which department a visitor belongs now."""
    if visitor_id is not None:
        tx.patch(queries.PATCH_VISITOR, visitor_id, department_id=department_id, updated_at=tx.now)


def forget_contact_manager(tx: Tx, username: str) -> None:
    """Forget the user as the one who looks after visitors."""
    tx.run(queries.FORGET_CONTACT_MANAGER, manager={"username": username}, now=tx.now)
