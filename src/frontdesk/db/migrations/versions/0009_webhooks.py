"""Events that are told to another server, what became of the attempts, and what it answered."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Add the tables and the column; let the index of waiting jobs tell their kinds."""
    op.add_column("rooms", sa.Column("crm_data", sa.String(), nullable=True))
    op.create_table(
        "webhook_deliveries",
        sa.Column("position", POSITION, nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        "ix_webhook_deliveries_lane_position",
        "webhook_deliveries",
        ["lane", "position"],
        unique=False,
    )
    op.create_table(
        "webhook_log",
        sa.Column("position", POSITION, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_webhook_log")),
    )
    op.drop_index("ix_jobs_due_at", table_name="jobs")
    op.create_index(
        "ix_jobs_due_at",
        "jobs",
        ["due_at", "kind"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
