"""Sort what was closed in some time without a look at the rows."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replace the index."""
    op.drop_index("ix_rooms_closed_at", "rooms")
    op.create_index("ix_rooms_closed_at", "rooms", ["closed_at", "opened_at", "kind", "id"])
