"""Users, their tokens and log-in attempts, roles and permissions as they are stored."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table

from frontdesk.db.types import Json, Milliseconds, metadata

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("username", String, nullable=False, unique=True),
    Column("username_lower", String, nullable=False),
    Column("name", String),
    Column("kind", String, nullable=False),
    Column("roles", Json, nullable=False),
    Column("agent", Boolean, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("status", String, nullable=False),
    Column("status_default", String, nullable=False),
    Column("status_connection", String, nullable=False),
    Column("status_text", String),
    Column("status_source", String),
    Column("status_expires_at", Milliseconds),
    Column("status_before", Json),
    Column("status_livechat", String),
    Column("livechat_switched_by_system", Boolean, nullable=False),
    Column("open_business_hours", Json),
    Column("livechat", Json),
    Column("livechat_count", Integer, nullable=False),
    Column("last_routing_at", Milliseconds),
    Column("chat_limit", Integer),
    Column("extension", String, unique=True),
    Column("voice_extension", String),
    Column("password_hash", String),
    Column("password_change_required", Boolean, nullable=False),
    Column("emails", Json),
    Column("email_code", Json),
    Column("email_two_factor", Boolean, nullable=False),
    Column("preferences", Json),
    Column("language", String),
    Column("utc_offset", Float),
    Column("bio", String),
    Column("nickname", String),
    Column("custom_fields", Json),
    Column("created_at", Milliseconds, nullable=False),
    Column("last_login_at", Milliseconds),
    Column("updated_at", Milliseconds, nullable=False),
    # Decides that no two names differ in case only.
    Index("uq_users_username_lower", "username_lower", unique=True),
    Index("ix_users_agent", "agent", "status_livechat"),
)

user_emails = Table(
    "user_emails",
    metadata,
    Column("address_lower", String, primary_key=True),
    Column("user_id", String, nullable=False),
    Index("ix_user_emails_user_id", "user_id"),
)

login_tokens = Table(
    "login_tokens",
    metadata,
    Column("hashed_token", String, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("created_at", Milliseconds, nullable=False),
    Column("personal_name", String),
    Column("last_part", String),
    Column("bypass_two_factor", Boolean, nullable=False),
    Column("two_factor_until", Milliseconds),
    Column("two_factor_client", String),
    Index("ix_login_tokens_user_id", "user_id", "created_at"),
    Index("uq_login_tokens_personal_name", "user_id", "personal_name", unique=True),
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Milliseconds, nullable=False),
    Column("address", String, nullable=False),
    Column("username", String),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_login_attempts_address", "address", "at"),
    Index("ix_login_attempts_username", "username", "at"),
)

#: The live connections of users; see connected.py.
user_connections = Table(
    "user_connections",
    metadata,
    Column("id", String, primary_key=True),
    Column("user_id", String, nullable=False),
    Column("process", String, nullable=False),
    Column("status", String, nullable=False),
    Column("seen_at", Milliseconds, nullable=False),
    Index("ix_user_connections_user_id", "user_id"),
    Index("ix_user_connections_process", "process"),
    Index("ix_user_connections_seen_at", "seen_at"),
)

roles = Table(
    "roles",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("description", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("protected", Boolean, nullable=False),
    Column("mandatory_two_factor", Boolean, nullable=False),
    Column("updated_at", Milliseconds, nullable=False),
    Column("removed_at", Milliseconds),
)

permissions = Table(
    "permissions",
    metadata,
    Column("id", String, primary_key=True),
    Column("roles", Json, nullable=False),
    Column("setting", Json),
    Column("updated_at", Milliseconds, nullable=False),
)
