"""Find conversations by their exact name, in any case."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

CONVERSATION = sa.text("kind = 'l'")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_rooms_name",
        "rooms",
        [sa.text("lower(display_name)"), "opened_at"],
        unique=False,
        sqlite_where=CONVERSATION,
        postgresql_where=CONVERSATION,
    )
