"""What waits to be delivered, and what became of the attempts."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

#: Counts up by itself.
Position = BigInteger().with_variant(Integer(), "sqlite")

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("position", Position, primary_key=True),
    Column("lane", String, nullable=False),
    Column("room_id", String),
    Column("event", String, nullable=False),
    Column("payload", Json, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Index("ix_webhook_deliveries_lane_position", "lane", "position"),
)

webhook_log = Table(
    "webhook_log",
    metadata,
    Column("position", Position, primary_key=True),
    Column("at", Milliseconds, nullable=False),
    Column("event", String, nullable=False),
    Column("room_id", String),
    Column("attempt", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("status", Integer),
    Column("duration", Integer, nullable=False),
    Column("error", String),
)
