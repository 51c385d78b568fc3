"""Whom a new conversation is for: the visitor's contact manager before anybody who is asked for."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.access.queries import PATCH_USER
from frontdesk.access.records import User
from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.opening import Opening, open_conversation
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.visitors.queries import INSERT_VISITOR
from frontdesk.visitors.records import Visitor
from tests.conversations.desk import Desk, open_desk


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Return a desk where conversations wait for those whom they are for."""
    async with open_desk(database_url, tmp_path) as opened:
        opened.set(
            Livechat_Routing_Method="Manual_Selection", Livechat_accept_chats_with_no_agents=False
        )
        yield opened


async def meant_for(desk: Desk, visitor: Visitor, asked_for: User | None = None) -> str | None:
    """Open a conversation of a visitor; return the user name of whom it waits for."""

    def use_case(tx: Tx, settings: Any) -> str | None:
        tx.insert(INSERT_VISITOR, visitor)
        wish = None if asked_for is None else asked_for.id
        room = open_conversation(tx, settings, visitor, Opening({"type": "api"}, wish)).room
        inquiry = inquiry_of_room(tx, room.id)
        assert inquiry is not None
        return inquiry.default_agent_username

    return await desk.write(use_case)


def managed_by(username: str) -> Visitor:
    """Return a new visitor whom somebody looks after."""
    return Visitor(
        id=random_id(),
        token=random_id(),
        username="guest",
        contact_manager={"username": username},
    )


async def leaves(desk: Desk, user: User) -> None:
    """Let an agent go offline."""
    await desk.workspace.db.write(lambda tx: tx.patch(PATCH_USER, user.id, status="offline"))


async def test_the_contact_manager_comes_before_who_is_asked_for(desk: Desk) -> None:
    await desk.agent("ann")
    bob = await desk.agent("bob")

    assert await meant_for(desk, managed_by("ann"), bob) == "ann"
    assert await meant_for(desk, managed_by("ann")) == "ann"
    assert await meant_for(desk, managed_by("nobody"), bob) == "bob"
    desk.set(Omnichannel_contact_manager_routing=False)
    assert await meant_for(desk, managed_by("ann"), bob) == "bob"
    assert await meant_for(desk, managed_by("ann")) is None


async def test_a_contact_manager_who_is_away_is_not_waited_for_unless_asked_for(
    desk: Desk,
) -> None:
    ann, bob = await desk.agent("ann"), await desk.agent("bob")
    await leaves(desk, ann)

    assert await meant_for(desk, managed_by("ann"), bob) == "bob"
    assert await meant_for(desk, managed_by("ann"), ann) == "ann"
    desk.set(Livechat_accept_chats_with_no_agents=True)
    assert await meant_for(desk, managed_by("ann"), bob) == "ann"


async def test_the_contact_manager_comes_before_who_served_last(desk: Desk) -> None:
    await desk.agent("ann")
    bob = await desk.agent("bob")
    desk.set(Livechat_last_chatted_agent_routing=True)
    last = {"agentId": bob.id, "username": "bob"}
    visitor = managed_by("ann")
    visitor.last_agent = last

    assert await meant_for(desk, visitor) == "ann"
    stranger = Visitor(id=random_id(), token=random_id(), username="guest", last_agent=last)
    assert await meant_for(desk, stranger) == "bob"
