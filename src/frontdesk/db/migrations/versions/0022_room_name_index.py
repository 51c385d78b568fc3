"""Index the names of all rooms: SQLite would take one of conversations alone for any list."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index anew."""
    op.drop_index("ix_rooms_name", "rooms")
    op.create_index(
        "ix_rooms_name", "rooms", [sa.text("lower(display_name)"), "opened_at"], unique=False
    )
