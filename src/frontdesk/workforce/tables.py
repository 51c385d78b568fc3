"""Departments, units, business hours and agents' activity as they are stored."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, text

from frontdesk.db.types import Json, Milliseconds, metadata

departments = Table(
    "departments",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("email", String, nullable=False),
    Column("show_on_registration", Boolean, nullable=False),
    Column("show_on_offline_form", Boolean, nullable=False),
    Column("description", String),
    Column("request_tag_before_closing", Boolean, nullable=False),
    Column("closing_tags", Json),
    Column("offline_channel", String),
    Column("fallback_id", String),
    Column("allowed_to_forward", Json),
    Column("receives_offline", Boolean, nullable=False),
    Column("chat_limit", Integer),
    Column("inactivity_timeout", Integer),
    Column("abandoned_message", String),
    Column("queue_message", String),
    Column("agent_count", Integer, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("business_hour_id", String),
    Column("parent_id", String),
    Column("ancestors", Json),
    Column("document", Json, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index("ix_departments_name", "name"),
)

department_agents = Table(
    "department_agents",
    metadata,
    Column("id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("department_id", String, nullable=False),
    Column("username", String, nullable=False),
    Column("chats_given", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("department_enabled", Boolean, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index("uq_department_agents_pair", "department_id", "agent_id", unique=True),
    Index("ix_department_agents_agent_id", "agent_id"),
)

units = Table(
    "units",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("visibility", String, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
)

unit_monitors = Table(
    "unit_monitors",
    metadata,
    Column("id", String, primary_key=True),
    Column("unit_id", String, nullable=False),
    Column("monitor_id", String, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index("uq_unit_monitors_pair", "unit_id", "monitor_id", unique=True),
    Index("ix_unit_monitors_monitor_id", "monitor_id"),
)

business_hours = Table(
    "business_hours",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("work_hours", Json, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Index(
        "uq_business_hours_default",
        "kind",
        unique=True,
        sqlite_where=text("kind = 'default'"),
        postgresql_where=text("kind = 'default'"),
    ),
)

#: One row for each stretch of time in which an agent was available; none crosses midnight.
agent_activity = Table(
    "agent_activity",
    metadata,
    Column("id", String, primary_key=True),
    Column("agent_id", String, nullable=False),
    Column("day", Integer, nullable=False),
    Column("started_at", Milliseconds, nullable=False),
    Column("stopped_at", Milliseconds),
    Index("ix_agent_activity_day", "day", "agent_id"),
    # Decides that an agent who is available already does not start again.
    Index(
        "uq_agent_activity_open",
        "agent_id",
        unique=True,
        sqlite_where=text("stopped_at IS NULL"),
        postgresql_where=text("stopped_at IS NULL"),
    ),
)
