"""Conversations that come by SMS and by e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a channel keeps on a conversation, and the tables of the channels."""
    op.add_column("rooms", sa.Column("channel", sa.Text(), nullable=True))
    op.create_table(
        "channel_senders",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("visitor_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_channel_senders")),
    )
    op.create_index("ix_channel_senders_visitor_id", "channel_senders", ["visitor_id"])
    op.create_table(
        "sms_outbox",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_sms_outbox")),
    )
    op.create_index("ix_sms_outbox_room_id_sent_at", "sms_outbox", ["room_id", "sent_at"])
    op.create_table(
        "email_inboxes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("sender_info", sa.String(), nullable=True),
        sa.Column("department_id", sa.String(), nullable=True),
        sa.Column("smtp", sa.Text(), nullable=False),
        sa.Column("imap", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.String(), nullable=False),
        sa.Column("created_by_username", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_inboxes")),
        sa.UniqueConstraint("email", name=op.f("uq_email_inboxes_email")),
    )
    op.create_table(
        "email_watches",
        sa.Column("inbox_id", sa.String(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("inbox_id", name=op.f("pk_email_watches")),
    )
    op.create_table(
        "email_history",
        sa.Column("inbox_id", sa.String(), nullable=False),
        sa.Column("mail_id", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("inbox_id", "mail_id", name=op.f("pk_email_history")),
    )
    op.create_index("ix_email_history_room_id", "email_history", ["room_id"])
    op.create_table(
        "mailer_refusals",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mailer_refusals")),
    )
