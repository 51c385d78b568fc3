"""What demo data reads of the store that it goes into, and how it is written there.

This module stands above all features and asks their tables itself (see the floors in
pyproject.toml).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Table, bindparam, func, select, update

from frontdesk.access.records import User, UserEmail
from frontdesk.access.tables import user_emails, users
from frontdesk.catalog.records import Tag
from frontdesk.catalog.tables import priorities, tags
from frontdesk.contacts.records import Channel, Contact
from frontdesk.contacts.storing import Address
from frontdesk.contacts.tables import contact_addresses, contact_channels, contacts
from frontdesk.conversations.records import Inquiry, Room, Subscription
from frontdesk.conversations.tables import OPEN_CONVERSATION, inquiries, rooms, subscriptions
from frontdesk.db import Command, Query, Tx, columns_of
from frontdesk.demo_data.scripts import Place, Rank
from frontdesk.demo_data.staff import DOMAIN, PREFIX, Staff, known_staff
from frontdesk.messages.records import Message
from frontdesk.messages.tables import messages
from frontdesk.settings.store import next_number, read_settings, write_setting
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.tables import visitors
from frontdesk.workforce.records import Department, DepartmentAgent
from frontdesk.workforce.tables import department_agents, departments

_TABLES: dict[type, Table] = {
    User: users,
    UserEmail: user_emails,
    Department: departments,
    DepartmentAgent: department_agents,
    Tag: tags,
    Visitor: visitors,
    Contact: contacts,
    Channel: contact_channels,
    Address: contact_addresses,
    Room: rooms,
    Inquiry: inquiries,
    Subscription: subscriptions,
    Message: messages,
}
_GUESTS = "Livechat_guest_count"


class Chats(msgspec.Struct, frozen=True):
    """How many open chats an agent has in a department, those on hold not counted."""

    agent_id: str
    department_id: str | None
    count: int


_CONVERSATION = Query(select(rooms.c.id).where(rooms.c.kind == "l").limit(1), str)
_CONVERSATIONS = Query(select(func.count()).where(rooms.c.kind == "l"), int)
_USERS = Query(
    columns_of(users, User)
    .where(users.c.username.startswith(PREFIX), users.c.active.is_(True))
    .order_by(users.c.username),
    User,
)
_DEPARTMENTS = Query(
    columns_of(departments, Department)
    .where(departments.c.email.endswith(f"@{DOMAIN}"))
    .order_by(departments.c.email),
    Department,
)
_LINKS = Query(
    columns_of(department_agents, DepartmentAgent).order_by(department_agents.c.username),
    DepartmentAgent,
)
_RANKS = Query(select(priorities.c.id, priorities.c.weight).order_by(priorities.c.weight), Rank)
_TAG_NAMES = Query(select(tags.c.name), str)
_OPEN_CHATS = Query(
    select(rooms.c.agent_id, rooms.c.department_id, func.count())
    .where(OPEN_CONVERSATION, rooms.c.agent_id.is_not(None), rooms.c.on_hold.is_(False))
    .group_by(rooms.c.agent_id, rooms.c.department_id),
    Chats,
)
_COUNT_FOR_AGENT = Command(
    update(users)
    .where(users.c.id == bindparam("agent"))
    .values(livechat_count=users.c.livechat_count + bindparam("given"))
)
_COUNT_FOR_MEMBER = Command(
    update(department_agents)
    .where(
        department_agents.c.agent_id == bindparam("agent"),
        department_agents.c.department_id == bindparam("department"),
    )
    .values(chats_given=department_agents.c.chats_given + bindparam("given"))
)


class Found(msgspec.Struct):
    """What was there before: how many conversations, the staff of an earlier call, priorities,
    tags, agents' open chats, and the workspace's limit of those (0: none).
    """

    conversations: int
    staff: Staff | None
    ranks: list[Rank]
    tags: set[str]
    busy: dict[Place, int]
    limit: int


def is_used(tx: Tx) -> bool:
    """Tell whether there is any conversation."""
    return tx.one(_CONVERSATION) is not None


def look(tx: Tx) -> Found:
    """Return what is in the store."""
    return Found(
        conversations=tx.one(_CONVERSATIONS) or 0,
        staff=known_staff(tx.all(_USERS), tx.all(_DEPARTMENTS), tx.all(_LINKS)),
        ranks=tx.all(_RANKS),
        tags=set(tx.all(_TAG_NAMES)),
        busy={(each.agent_id, each.department_id): each.count for each in tx.all(_OPEN_CHATS)},
        limit=max(0, read_settings(tx).number("Livechat_maximum_chats_per_agent")),
    )


def reserve_guests(tx: Tx, count: int) -> int:
    """Return the number before the first of `count` numbers for guests, which are ours now."""
    before = next_number(tx, _GUESTS)
    write_setting(tx, _GUESTS, before + count)
    return before


def write(tx: Tx, rows: Iterable[Any]) -> None:
    """Insert rows of any of the tables."""
    by_type: dict[type, list[Any]] = {kind: [] for kind in _TABLES}
    for row in rows:
        by_type[type(row)].append(row)
    for kind, found in by_type.items():
        if found:
            tx.insert_many(_TABLES[kind], found)


def count_chats(tx: Tx, given: Mapping[Place, int]) -> None:
    """Add the conversations that were given to agents to the counters of the routing."""
    for (agent_id, department_id), count in sorted(given.items(), key=str):
        if department_id is None:
            tx.run(_COUNT_FOR_AGENT, agent=agent_id, given=count)
        else:
            tx.run(_COUNT_FOR_MEMBER, agent=agent_id, department=department_id, given=count)
