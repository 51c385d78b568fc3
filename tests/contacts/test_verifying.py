"""It is verified who writes; and conversations from before there were contacts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from frontdesk.contacts.finding import channels_of, find_contact, linked_contact
from frontdesk.contacts.records import Contact
from frontdesk.contacts.saving import update_contact
from frontdesk.contacts.schemas import UpdateContact
from frontdesk.contacts.tables import contact_channels, contacts
from frontdesk.contacts.verifying import Verification, verify_channel
from frontdesk.conversations.closing_doors import close_by_system
from frontdesk.conversations.finding import find_room, inquiry_of_room
from frontdesk.conversations.opening import Opening, open_conversation
from frontdesk.conversations.records import Room
from frontdesk.conversations.tables import rooms
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.messages.composing import Draft
from frontdesk.messages.sending import send_as_visitor
from frontdesk.visitors.finding import find_visitor
from tests.conversations.desk import Desk, open_desk

ADDRESS = "Ann@example.org"


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Return a desk where conversations wait to be taken by hand."""
    async with open_desk(database_url, tmp_path) as opened:
        opened.set(Livechat_Routing_Method="Manual_Selection")
        yield opened


async def verify(desk: Desk, room: Room, value: str = ADDRESS) -> None:
    """Verify that the visitor of a conversation has an e-mail address."""

    def use_case(tx: Tx, settings: Any) -> None:
        assert room.visitor_id is not None
        linked = linked_contact(tx, room.visitor_id, room.source)
        assert linked is not None
        proof = Verification(linked.contact.id, room.visitor_id, room.id, "email", value)
        verify_channel(tx, settings, proof)

    await desk.write(use_case)


async def contact_of(desk: Desk, room: Room) -> Contact | None:
    """Return the contact of a conversation as it is now."""

    def use_case(tx: Tx, settings: Any) -> Contact | None:
        del settings
        found = find_room(tx, room.id)
        return None if found is None else find_contact(tx, found.contact_id)

    return await desk.read(use_case)


async def status_of(desk: Desk, room: Room) -> str | None:
    """Return the state of a conversation in the queue."""

    def use_case(tx: Tx, settings: Any) -> str | None:
        del settings
        inquiry = inquiry_of_room(tx, room.id)
        return None if inquiry is None else inquiry.status

    return await desk.read(use_case)


async def again(desk: Desk, room: Room) -> Room:
    """Close a conversation and open another of the same visitor."""

    def use_case(tx: Tx, settings: Any) -> Room:
        close_by_system(tx, settings, find_room(tx, room.id) or room, "done")
        visitor = find_visitor(tx, room.visitor_id)
        assert visitor is not None
        return open_conversation(tx, settings, visitor, Opening({"type": "api"})).room

    return await desk.write(use_case)


async def test_a_verified_conversation_takes_its_place_in_the_queue(desk: Desk) -> None:
    desk.set(Livechat_Require_Contact_Verification="once")
    room = await desk.conversation()
    assert await status_of(desk, room) == "verifying"

    await verify(desk, room)

    assert await status_of(desk, room) == "queued"
    contact = await contact_of(desk, room)
    assert contact is not None
    (channel,) = await desk.read(lambda tx, _: channels_of(tx, contact.id))
    assert (channel.verified, channel.field, channel.value) == (True, "email", ADDRESS.lower())
    assert channel.verified_at is not None
    # Once is enough, unless it must always be done.
    second = await again(desk, room)
    assert second.verified is True
    assert await status_of(desk, second) == "queued"
    desk.set(Livechat_Require_Contact_Verification="always")
    third = await again(desk, second)
    assert third.verified is False
    assert await status_of(desk, third) == "verifying"


async def test_a_verified_conversation_is_given_away_where_routing_does_that(desk: Desk) -> None:
    agent = await desk.agent("ann")
    desk.set(Livechat_Require_Contact_Verification="once", Livechat_Routing_Method="Auto_Selection")
    room = await desk.conversation()
    assert room.agent_id is None

    await verify(desk, room)

    found = await desk.read(lambda tx, _: find_room(tx, room.id))
    assert found is not None and found.agent_id == agent.id


async def test_contacts_with_one_verified_address_become_one(desk: Desk) -> None:
    agent = await desk.agent("ann")
    first, second = [await desk.conversation() for _ in range(2)]
    one, other = await contact_of(desk, first), await contact_of(desk, second)
    assert one is not None and other is not None
    for contact, name, phone in ((one, "Ann", "1"), (other, "Annie", "2")):
        given = UpdateContact(contact.id, name=name, phones=[phone])
        await desk.write(lambda tx, _, given=given: update_contact(tx, given))
    managed = UpdateContact(one.id, contactManager=agent.id)
    await desk.write(lambda tx, _: update_contact(tx, managed))
    await verify(desk, first)

    await verify(desk, second, ADDRESS.upper())

    merged = await contact_of(desk, second)
    assert merged is not None and merged.id == other.id
    assert merged.name == "Annie"
    assert merged.conflicts == [{"field": "name", "value": "Ann"}]
    assert merged.manager_id == agent.id
    assert merged.phones == [{"phoneNumber": "2"}, {"phoneNumber": "1"}]
    moved = await contact_of(desk, first)
    assert moved is not None and moved.id == other.id
    assert await desk.read(lambda tx, _: find_contact(tx, one.id)) is None
    channels = await desk.read(lambda tx, _: channels_of(tx, other.id))
    assert {each.visitor_id for each in channels} == {first.visitor_id, second.visitor_id}
    assert [each.arguments[0] for each in desk.heard if each.key == "Merged_Contacts_Count"] == [1]


async def test_what_does_not_fit_together_is_not_verified(desk: Desk) -> None:
    room, other = [await desk.conversation() for _ in range(2)]

    async def refused(**changes: str) -> str:
        assert room.contact_id is not None and room.visitor_id is not None
        values = {
            "contact_id": room.contact_id,
            "visitor_id": room.visitor_id,
            "room_id": room.id,
            "field": "email",
            "value": ADDRESS,
            **changes,
        }
        with pytest.raises(Refused) as refusal:
            await desk.write(verify_channel, Verification(**values))
        return str(refusal.value)

    assert await refused(room_id="none") == "error-invalid-room"
    assert await refused(contact_id="none") == "error-invalid-contact"
    assert other.visitor_id is not None
    assert await refused(visitor_id=other.visitor_id) == "error-invalid-channel"
    await desk.write(lambda tx, settings: close_by_system(tx, settings, room, "done"))
    assert await refused() == "error-invalid-inquiry"


async def test_a_visitor_of_old_gets_a_contact_with_the_next_message(desk: Desk) -> None:
    closed = await desk.conversation()
    room = await again(desk, closed)

    def forget_contacts(tx: Tx, settings: Any) -> None:
        del settings
        tx.execute(update(rooms).values(contact_id=None, verified=None))
        tx.execute(
            update(rooms).where(rooms.c.id == closed.id).values(visitor_activity=["2024-01"])
        )
        tx.execute(delete(contact_channels))
        tx.execute(delete(contacts))

    await desk.write(forget_contacts)
    assert room.visitor_token is not None
    await desk.write(send_as_visitor, room.visitor_token, room.id, Draft("Hello?"))

    contact, before = await contact_of(desk, room), await contact_of(desk, closed)
    assert contact is not None and contact == before
    # Somebody of the desk has answered before.
    assert contact.unknown is False
    assert contact.activity == ["2024-01"]
    await desk.write(send_as_visitor, room.visitor_token, room.id, Draft("Hello again?"))
    assert await contact_of(desk, room) == contact
