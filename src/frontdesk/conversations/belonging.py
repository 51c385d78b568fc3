"""To which department and unit conversations belong, when departments or units change."""

from collections.abc import Sequence

from sqlalchemy import or_, update

from frontdesk.conversations import queries
from frontdesk.conversations.tables import rooms
from frontdesk.db import Tx
from frontdesk.db.json_text import holds_any


def follow_unit(tx: Tx, unit_id: str, department_ids: Sequence[str]) -> None:
    """Let the conversations of these departments belong to a unit, and no others.

    Source: behaviour of the API, workforce, section 7.2.
    """
    elsewhere = or_(rooms.c.department_id.is_(None), rooms.c.department_id.not_in(department_ids))
    tx.execute(
        update(rooms)
        .where(
            rooms.c.department_ancestors.is_not(None),
            holds_any(rooms.c.department_ancestors, [unit_id]),
            elsewhere,
        )
        .values(department_ancestors=None, updated_at=tx.now)
    )
    if department_ids:
        tx.execute(
            update(rooms)
            .where(rooms.c.department_id.in_(department_ids))
            .values(department_ancestors=[unit_id], updated_at=tx.now)
        )


def forget_department(tx: Tx, department_id: str) -> None:
    """Let conversations, open and closed, belong to no department any more.

    Their inquiries keep its id. Source: behaviour of the API, workforce, section 5.7.
    """
    tx.run(queries.FORGET_DEPARTMENT, gone_id=department_id, now=tx.now)
