"""Find the transfers of a period among all messages."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TRANSFER = sa.text("kind = 'livechat_transfer_history'")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_messages_transfers",
        "messages",
        ["sent_at"],
        unique=False,
        sqlite_where=TRANSFER,
        postgresql_where=TRANSFER,
    )
