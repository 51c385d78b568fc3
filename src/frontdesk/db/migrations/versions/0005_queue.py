"""The queue's ways to be sorted, conversations that are transferred when nobody answers, and the
closed conversations of a department.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'queued'")
CLOSED_IN_DEPARTMENT = sa.text("closed_at IS NOT NULL AND department_id IS NOT NULL")


def upgrade() -> None:
    """Add the columns and indexes."""
    op.add_column("rooms", sa.Column("auto_transfer_due_at", sa.BigInteger(), nullable=True))
    op.add_column("rooms", sa.Column("auto_transferred_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_rooms_department_id_closed_at",
        "rooms",
        ["department_id", "closed_at"],
        unique=False,
        sqlite_where=CLOSED_IN_DEPARTMENT,
        postgresql_where=CLOSED_IN_DEPARTMENT,
    )
    for name, first in (
        ("ix_inquiries_queue_by_priority", "priority_weight"),
        ("ix_inquiries_queue_by_sla", "estimated_wait"),
    ):
        op.create_index(
            name,
            "inquiries",
            ["department_id", first, "created_at"],
            unique=False,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        )
