"""What must hold in every store, whatever was done to it at the same time.

The tests and the measurements look at a store from outside, with SQL of their own that only reads:
a mistake in a feature's queries must not hide itself here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import Connection, create_engine, text

from frontdesk.db.migrate import driver_url

#: How many offenders of a rule are named.
SHOWN = 5


class Finding(NamedTuple):
    """A rule that is broken, how often, and the ids of the first offenders."""

    rule: str
    times: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        """Return the finding as a line."""
        return f"{self.rule}: {self.times} ({', '.join(self.examples)})"


#: Each rule with a query for the ids of what breaks it. Who serves a conversation is one column
#: of the room, so there cannot be two; what must agree with it are inquiry and membership.
_RULES = {
    "an open conversation has an inquiry": """
        SELECT r.id FROM rooms r LEFT JOIN inquiries i ON i.room_id = r.id
        WHERE r.kind = 'l' AND r.open AND i.room_id IS NULL""",
    "an inquiry belongs to an open conversation": """
        SELECT i.room_id FROM inquiries i LEFT JOIN rooms r ON r.id = i.room_id
        WHERE r.id IS NULL OR NOT r.open""",
    "the inquiry of a conversation is taken when somebody serves it, and else waits": """
        SELECT r.id FROM rooms r JOIN inquiries i ON i.room_id = r.id
        WHERE (r.agent_id IS NULL AND i.status = 'taken')
           OR (r.agent_id IS NOT NULL AND i.status <> 'taken')""",
    "an inquiry knows the department of its conversation": """
        SELECT r.id FROM rooms r JOIN inquiries i ON i.room_id = r.id
        WHERE r.department_id <> i.department_id""",
    "nobody is a member of a conversation that is closed": """
        SELECT r.id FROM rooms r JOIN subscriptions s ON s.room_id = r.id
        WHERE r.kind = 'l' AND NOT r.open""",
    "nobody is a member of a room that is gone": """
        SELECT s.room_id FROM subscriptions s
        WHERE NOT EXISTS (SELECT 1 FROM rooms r WHERE r.id = s.room_id)
          AND NOT EXISTS (SELECT 1 FROM call_rooms c WHERE c.id = s.room_id)""",
    "the serving agent is a member": """
        SELECT r.id FROM rooms r
        LEFT JOIN subscriptions s ON s.room_id = r.id AND s.user_id = r.agent_id
        WHERE r.kind = 'l' AND r.open AND r.agent_id IS NOT NULL AND s.room_id IS NULL""",
    "a conversation is on hold for its members too": """
        SELECT r.id FROM rooms r JOIN subscriptions s ON s.room_id = r.id
        WHERE r.kind = 'l' AND r.on_hold <> s.on_hold""",
    "what is on hold is open and served": """
        SELECT id FROM rooms WHERE on_hold AND (NOT open OR agent_id IS NULL)""",
    "a visitor has one open conversation": """
        SELECT visitor_token FROM rooms WHERE kind = 'l' AND open
        GROUP BY visitor_token HAVING COUNT(*) > 1""",
    "the visitor of a conversation is known": """
        SELECT r.id FROM rooms r LEFT JOIN visitors v ON v.id = r.visitor_id
        WHERE r.kind = 'l' AND v.id IS NULL""",
    "a conversation has a time of closing, and a closer, exactly when it is closed": """
        SELECT id FROM rooms WHERE kind = 'l' AND (
            (open AND (closed_at IS NOT NULL OR closer IS NOT NULL))
            OR (NOT open AND (closed_at IS NULL OR closer IS NULL OR closed_at < opened_at)))""",
    "the last message of a closed conversation is the one that closed it": """
        SELECT id FROM rooms WHERE kind = 'l' AND NOT open AND last_message_at <> closed_at""",
    "a conversation can be found by its words": """
        SELECT r.id FROM rooms r LEFT JOIN room_texts t ON t.room_id = r.id
        WHERE r.kind = 'l' AND (t.room_id IS NULL
            OR t.words NOT LIKE lower(COALESCE(r.display_name, '')) || ' %')""",
    "a conversation counts each of its messages, once or twice": """
        SELECT r.id FROM rooms r LEFT JOIN (
            SELECT room_id, SUM(CASE WHEN hidden OR kind = 'rm' THEN 0 ELSE 1 END) AS shown,
                   COUNT(*) AS kept
            FROM messages GROUP BY room_id) m ON m.room_id = r.id
        WHERE r.kind = 'l' AND (r.message_count < COALESCE(m.shown, 0)
            OR r.message_count > 2 * COALESCE(m.kept, 0))""",
    "a conversation counts the messages of its visitor and of agents": """
        SELECT r.id FROM rooms r LEFT JOIN (
            SELECT room_id, COUNT(visitor_token) AS asked, COUNT(*) AS said
            FROM messages WHERE kind IS NULL AND NOT hidden GROUP BY room_id) m ON m.room_id = r.id
        WHERE r.kind = 'l' AND (r.visitor_messages <> COALESCE(m.asked, 0)
            OR r.visitor_messages + r.agent_messages <> COALESCE(m.said, 0))""",
    "the last message of a conversation is one of its messages": """
        SELECT r.id FROM rooms r LEFT JOIN messages m ON m.id = {last_message}
        WHERE r.kind = 'l' AND r.last_message IS NOT NULL
          AND (m.room_id IS NULL OR m.room_id <> r.id)""",
    "no more answers are measured than were given": """
        SELECT r.id FROM rooms r LEFT JOIN (
            SELECT room_id, COUNT(*) AS answers FROM messages
            WHERE visitor_token IS NULL AND kind IS NULL GROUP BY room_id) m ON m.room_id = r.id
        WHERE r.kind = 'l' AND r.responses > COALESCE(m.answers, 0)""",
    "a department counts its agents": """
        SELECT d.id FROM departments d WHERE d.agent_count <>
            (SELECT COUNT(*) FROM department_agents a WHERE a.department_id = d.id)""",
    "no agent is above the own limit": """
        SELECT u.username FROM rooms r JOIN users u ON u.id = r.agent_id
        WHERE r.kind = 'l' AND r.open AND NOT r.on_hold AND NOT u.bot
        GROUP BY u.id, u.username, u.chat_limit
        HAVING COUNT(*) > COALESCE(u.chat_limit, {chats_per_agent})""",
    "no agent is above the limit of a department": """
        SELECT u.username FROM rooms r JOIN users u ON u.id = r.agent_id
        JOIN departments d ON d.id = r.department_id
        WHERE r.kind = 'l' AND r.open AND NOT r.on_hold AND NOT u.bot
        GROUP BY u.id, u.username, d.id, d.chat_limit
        HAVING COUNT(*) > d.chat_limit""",
    "no job was given up": "SELECT kind FROM jobs WHERE state = 'given_up'",
}
#: A forced close closes again, with another message.
_CLOSING_MESSAGES = """
    SELECT r.id FROM rooms r LEFT JOIN (
        SELECT room_id, COUNT(*) AS closings FROM messages
        WHERE kind = 'livechat-close' GROUP BY room_id) m ON m.room_id = r.id
    WHERE r.kind = 'l' AND ((r.open AND m.closings IS NOT NULL)
        OR (NOT r.open AND COALESCE(m.closings, 0) {wrong}))"""
_LAST_MESSAGE = {
    "sqlite": "json_extract(r.last_message, '$._id')",
    "postgresql": "(r.last_message::json ->> '_id')",
}
_NO_LIMIT = 2**31


def broken_rules(database_url: str, *, forced: bool = False) -> list[Finding]:
    """Return which rules the store behind the URL breaks; none is as it should be.

    `forced`: conversations were closed by force, which may be done again. The limits of chats are
    looked at as they are now, for all agents: give none that bind nobody (manual selection without
    a waiting queue).
    """
    with _reading(database_url) as connection:
        words = {
            "last_message": _LAST_MESSAGE[connection.dialect.name],
            "chats_per_agent": _chats_per_agent(connection),
        }
        wrong = "= 0" if forced else "<> 1"
        rules = _RULES | {
            "a conversation has one closing message when it is closed, and else none": (
                _CLOSING_MESSAGES.replace("{wrong}", wrong)
            )
        }
        found = [_look(connection, rule, sql.format(**words)) for rule, sql in rules.items()]
    return [each for each in found if each.times]


def _look(connection: Connection, rule: str, sql: str) -> Finding:
    count = connection.execute(text(f"SELECT COUNT(*) FROM ({sql}) AS broken")).scalar_one()
    if not count:
        return Finding(rule, 0, ())
    rows = connection.execute(text(f"SELECT * FROM ({sql}) AS broken LIMIT {SHOWN}"))
    return Finding(rule, count, tuple(str(row[0]) for row in rows))


def _chats_per_agent(connection: Connection) -> int:
    value = connection.execute(
        text("SELECT value FROM settings WHERE id = 'Livechat_maximum_chats_per_agent'")
    ).scalar()
    limit = int(value or 0)
    return limit if limit > 0 else _NO_LIMIT


@contextmanager
def _reading(database_url: str) -> Iterator[Connection]:
    """Yield a connection in a transaction that sees one moment and changes nothing."""
    engine = create_engine(driver_url(database_url))
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only=ON")
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            yield connection
    finally:
        engine.dispose()
