"""How many messages of people a conversation has: what figures about conversations add up."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COUNT = """(
    SELECT count(*) FROM messages
    WHERE messages.room_id = rooms.id AND kind IS NULL AND NOT hidden
        AND visitor_token IS {0} NULL
)"""


def upgrade() -> None:
    """Add the columns and count what is there."""
    for name in ("visitor_messages", "agent_messages"):
        op.add_column(
            "rooms", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
    op.execute(
        f"""UPDATE rooms
            SET visitor_messages = {COUNT.format("NOT")}, agent_messages = {COUNT.format("")}
            WHERE kind = 'l'"""
    )
    op.create_index("ix_visitors_updated_at", "visitors", ["updated_at"])
