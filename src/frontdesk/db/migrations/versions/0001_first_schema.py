"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "call_rooms",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_message_at", sa.BigInteger(), nullable=False),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.String(), nullable=True),
        sa.Column("visitor_id", sa.String(), nullable=False),
        sa.Column("visitor_token", sa.String(), nullable=False),
        sa.Column("visitor_username", sa.String(), nullable=False),
        sa.Column("visitor_status", sa.String(), nullable=False),
        sa.Column("visitor_phone", sa.String(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("agent_username", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("waiting_time", sa.BigInteger(), nullable=True),
        sa.Column("duration", sa.BigInteger(), nullable=True),
        sa.Column("hold_time", sa.BigInteger(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("last_message", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closer", sa.String(), nullable=True),
        sa.Column("closed_by_id", sa.String(), nullable=True),
        sa.Column("closed_by_username", sa.String(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_rooms")),
    )
    op.create_index("ix_call_rooms_agent_id", "call_rooms", ["agent_id", "opened_at"], unique=False)
    op.create_index("ix_call_rooms_opened_at", "call_rooms", ["opened_at"], unique=False)
    op.create_index("ix_call_rooms_visitor_token", "call_rooms", ["visitor_token"], unique=False)
    op.create_index(
        "uq_call_rooms_open_visitor",
        "call_rooms",
        ["visitor_token"],
        unique=True,
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "department_agents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("department_id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("chats_given", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("department_enabled", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_agents")),
    )
    op.create_index(
        "ix_department_agents_agent_id", "department_agents", ["agent_id"], unique=False
    )
    op.create_index(
        "uq_department_agents_pair", "department_agents", ["department_id", "agent_id"], unique=True
    )
    op.create_table(
        "departments",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("show_on_registration", sa.Boolean(), nullable=False),
        sa.Column("show_on_offline_form", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("request_tag_before_closing", sa.Boolean(), nullable=False),
        sa.Column("closing_tags", sa.Text(), nullable=True),
        sa.Column("offline_channel", sa.String(), nullable=True),
        sa.Column("fallback_id", sa.String(), nullable=True),
        sa.Column("allowed_to_forward", sa.Text(), nullable=True),
        sa.Column("receives_offline", sa.Boolean(), nullable=False),
        sa.Column("chat_limit", sa.Integer(), nullable=True),
        sa.Column("inactivity_timeout", sa.Integer(), nullable=True),
        sa.Column("abandoned_message", sa.String(), nullable=True),
        sa.Column("queue_message", sa.String(), nullable=True),
        sa.Column("agent_count", sa.Integer(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("business_hour_id", sa.String(), nullable=True),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("ancestors", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
    )
    op.create_index("ix_departments_name", "departments", ["name"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=True),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("visitor_token", sa.String(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index("ix_files_expires_at", "files", ["expires_at"], unique=False)
    op.create_index("ix_files_room_id", "files", ["room_id"], unique=False)
    op.create_table(
        "inquiries",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("department_id", sa.String(), nullable=True),
        sa.Column("visitor_id", sa.String(), nullable=False),
        sa.Column("visitor_token", sa.String(), nullable=False),
        sa.Column("visitor_username", sa.String(), nullable=False),
        sa.Column("visitor_status", sa.String(), nullable=True),
        sa.Column("visitor_activity", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("default_agent_id", sa.String(), nullable=True),
        sa.Column("default_agent_username", sa.String(), nullable=True),
        sa.Column("priority_id", sa.String(), nullable=True),
        sa.Column("priority_weight", sa.Integer(), nullable=False),
        sa.Column("sla_id", sa.String(), nullable=True),
        sa.Column("estimated_wait", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("last_message", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_inquiries")),
        sa.UniqueConstraint("id", name=op.f("uq_inquiries_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_inquiries_queue",
        "inquiries",
        ["department_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_jobs_key")),
    )
    op.create_index(
        "ix_jobs_due_at",
        "jobs",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_jobs_leased_until",
        "jobs",
        ["leased_until"],
        unique=False,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index("ix_login_attempts_address", "login_attempts", ["address", "at"], unique=False)
    op.create_index(
        "ix_login_attempts_username", "login_attempts", ["username", "at"], unique=False
    )
    op.create_table(
        "login_tokens",
        sa.Column("hashed_token", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("personal_name", sa.String(), nullable=True),
        sa.Column("last_part", sa.String(), nullable=True),
        sa.Column("bypass_two_factor", sa.Boolean(), nullable=False),
        sa.Column("two_factor_until", sa.BigInteger(), nullable=True),
        sa.Column("two_factor_client", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("hashed_token", name=op.f("pk_login_tokens")),
    )
    op.create_index(
        "ix_login_tokens_user_id", "login_tokens", ["user_id", "created_at"], unique=False
    )
    op.create_index(
        "uq_login_tokens_personal_name", "login_tokens", ["user_id", "personal_name"], unique=True
    )
    op.create_table(
        "messages",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author_id", sa.String(), nullable=False),
        sa.Column("author_username", sa.String(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=True),
        sa.Column("visitor_token", sa.String(), nullable=True),
        sa.Column("alias", sa.String(), nullable=True),
        sa.Column("groupable", sa.Boolean(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("edited_by_id", sa.String(), nullable=True),
        sa.Column("edited_by_username", sa.String(), nullable=True),
        sa.Column("extras", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "sent_at", "id", name=op.f("pk_messages")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_messages_id", "messages", ["id"], unique=True)
    op.create_table(
        "permissions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permissions")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("mandatory_two_factor", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("display_name", sa.String(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("last_message_at", sa.BigInteger(), nullable=True),
        sa.Column("message_count", sa.Integer(), nullable=False),
        sa.Column("user_count", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("visitor_id", sa.String(), nullable=True),
        sa.Column("visitor_token", sa.String(), nullable=True),
        sa.Column("visitor_username", sa.String(), nullable=True),
        sa.Column("visitor_name", sa.String(), nullable=True),
        sa.Column("visitor_status", sa.String(), nullable=True),
        sa.Column("visitor_phones", sa.Text(), nullable=True),
        sa.Column("visitor_activity", sa.Text(), nullable=True),
        sa.Column("visitor_last_message_at", sa.BigInteger(), nullable=True),
        sa.Column("department_id", sa.String(), nullable=True),
        sa.Column("department_ancestors", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.Column("agent_username", sa.String(), nullable=True),
        sa.Column("agent_since", sa.BigInteger(), nullable=True),
        sa.Column("queued_at", sa.BigInteger(), nullable=True),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.Column("waiting_response", sa.Boolean(), nullable=False),
        sa.Column("responder_id", sa.String(), nullable=True),
        sa.Column("responder_username", sa.String(), nullable=True),
        sa.Column("first_response_at", sa.BigInteger(), nullable=True),
        sa.Column("last_response_at", sa.BigInteger(), nullable=True),
        sa.Column("last_message", sa.Text(), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("livechat_data", sa.Text(), nullable=True),
        sa.Column("custom_fields", sa.Text(), nullable=True),
        sa.Column("priority_id", sa.String(), nullable=True),
        sa.Column("priority_weight", sa.Integer(), nullable=False),
        sa.Column("sla_id", sa.String(), nullable=True),
        sa.Column("estimated_wait", sa.Integer(), nullable=False),
        sa.Column("transcript_request", sa.Text(), nullable=True),
        sa.Column("pdf_file_id", sa.String(), nullable=True),
        sa.Column("survey", sa.Text(), nullable=True),
        sa.Column("visitor_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("agent_replied_at", sa.BigInteger(), nullable=True),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("response_time", sa.Float(), nullable=False),
        sa.Column("first_response_time", sa.Float(), nullable=True),
        sa.Column("first_response_noted_at", sa.BigInteger(), nullable=True),
        sa.Column("reaction_time", sa.Float(), nullable=False),
        sa.Column("first_reaction_time", sa.Float(), nullable=True),
        sa.Column("chat_duration", sa.Float(), nullable=True),
        sa.Column("service_duration", sa.Float(), nullable=True),
        sa.Column("visitor_inactivity", sa.Integer(), nullable=True),
        sa.Column("abandoned_at", sa.BigInteger(), nullable=True),
        sa.Column("usernames", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closer", sa.String(), nullable=True),
        sa.Column("closed_by_id", sa.String(), nullable=True),
        sa.Column("closed_by_username", sa.String(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        "ix_rooms_abandoned_at",
        "rooms",
        ["abandoned_at"],
        unique=False,
        sqlite_where=sa.text("abandoned_at IS NOT NULL AND open"),
        postgresql_where=sa.text("abandoned_at IS NOT NULL AND open"),
    )
    op.create_index("ix_rooms_agent_id_opened_at", "rooms", ["agent_id", "opened_at"], unique=False)
    op.create_index("ix_rooms_closed_at", "rooms", ["closed_at"], unique=False)
    op.create_index(
        "ix_rooms_department_id_opened_at", "rooms", ["department_id", "opened_at"], unique=False
    )
    op.create_index("ix_rooms_kind_opened_at", "rooms", ["kind", "opened_at"], unique=False)
    op.create_index(
        "ix_rooms_visitor_id_opened_at", "rooms", ["visitor_id", "opened_at"], unique=False
    )
    op.create_index(
        "uq_rooms_open_visitor",
        "rooms",
        ["visitor_token"],
        unique=True,
        sqlite_where=sa.text("open AND kind = 'l'"),
        postgresql_where=sa.text("open AND kind = 'l'"),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("display_name", sa.String(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("user_mentions", sa.Integer(), nullable=False),
        sa.Column("group_mentions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("department_id", sa.String(), nullable=True),
        sa.Column("on_hold", sa.Boolean(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("room_id", "user_id", name=op.f("pk_subscriptions")),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_subscriptions_user_id", "subscriptions", ["user_id"], unique=False)
    op.create_table(
        "user_emails",
        sa.Column("address_lower", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("address_lower", name=op.f("pk_user_emails")),
    )
    op.create_index("ix_user_emails_user_id", "user_emails", ["user_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("username_lower", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("agent", sa.Boolean(), nullable=False),
        sa.Column("bot", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_default", sa.String(), nullable=False),
        sa.Column("status_connection", sa.String(), nullable=False),
        sa.Column("status_text", sa.String(), nullable=True),
        sa.Column("status_source", sa.String(), nullable=True),
        sa.Column("status_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("status_before", sa.Text(), nullable=True),
        sa.Column("status_livechat", sa.String(), nullable=True),
        sa.Column("livechat_switched_by_system", sa.Boolean(), nullable=False),
        sa.Column("livechat", sa.Text(), nullable=True),
        sa.Column("livechat_count", sa.Integer(), nullable=False),
        sa.Column("last_routing_at", sa.BigInteger(), nullable=True),
        sa.Column("chat_limit", sa.Integer(), nullable=True),
        sa.Column("extension", sa.String(), nullable=True),
        sa.Column("voice_extension", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_change_required", sa.Boolean(), nullable=False),
        sa.Column("emails", sa.Text(), nullable=True),
        sa.Column("email_code", sa.Text(), nullable=True),
        sa.Column("email_two_factor", sa.Boolean(), nullable=False),
        sa.Column("preferences", sa.Text(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("utc_offset", sa.Float(), nullable=True),
        sa.Column("bio", sa.String(), nullable=True),
        sa.Column("nickname", sa.String(), nullable=True),
        sa.Column("custom_fields", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_login_at", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("extension", name=op.f("uq_users_extension")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_index("ix_users_agent", "users", ["agent", "status_livechat"], unique=False)
    op.create_index("uq_users_username_lower", "users", ["username_lower"], unique=True)
    op.create_table(
        "visitors",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("phones", sa.Text(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("emails", sa.Text(), nullable=True),
        sa.Column("department_id", sa.String(), nullable=True),
        sa.Column("livechat_data", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.String(), nullable=True),
        sa.Column("ip", sa.String(), nullable=True),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("last_chat", sa.Text(), nullable=True),
        sa.Column("last_agent", sa.Text(), nullable=True),
        sa.Column("contact_manager", sa.Text(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitors")),
        sa.UniqueConstraint("token", name=op.f("uq_visitors_token")),
    )
    op.create_index("ix_visitors_email", "visitors", ["email"], unique=False)
    op.create_index("ix_visitors_phone", "visitors", ["phone"], unique=False)
