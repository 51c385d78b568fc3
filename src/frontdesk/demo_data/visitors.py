"""Those who write: new visitors, and some who come back; each with a contact."""

from typing import Any

import msgspec

from frontdesk.clock import iso
from frontdesk.contacts.records import Channel, Contact, searched_words, source_key
from frontdesk.contacts.storing import addresses_of
from frontdesk.conversations.records import Room
from frontdesk.demo_data.chance import Chance
from frontdesk.demo_data.texts import Language
from frontdesk.visitors.records import Visitor

#: How many of those who wrote lately may come back.
_REMEMBERED = 3_000
# Shares, of all conversations and of new visitors.
_COMES_BACK = 0.3
_HAS_PHONE = 0.3
# Shares of contacts: somebody of the desk has looked at it; and of these, it has a manager.
_KNOWN = 0.4
_MANAGED = 0.15


class Guest(msgspec.Struct):
    """A visitor, the language, from when on (ms) the visitor has no conversation, where the
    visitor always comes from, and the contact, from the first conversation on.
    """

    visitor: Visitor
    language: Language
    free_at: int = 0
    source: dict[str, Any] = {}
    contact: Contact | None = None


class Guests:
    """The visitors of a number of conversations; `number` is the last guest's."""

    def __init__(self, chance: Chance, languages: dict[str, Language], number: int) -> None:
        self.number = number
        self._chance = chance
        self._languages = [
            (code, language) for code, language in languages.items() for _ in range(language.weight)
        ]
        self._all: list[Guest] = []

    def next(self, at: int) -> Guest:
        """Return who opens a conversation at a time (ms)."""
        chance = self._chance
        if self._all and chance.happens(_COMES_BACK):
            lately = min(len(self._all), _REMEMBERED)
            guest = self._all[-1 - int(chance.random() * lately)]
            if guest.free_at < at:
                return guest
        guest = self._new(at)
        self._all.append(guest)
        return guest

    def opened(self, guest: Guest, room: Room) -> None:
        """Note a guest's conversation; one that is open keeps the guest from the next."""
        visitor = guest.visitor
        guest.free_at = 2**62 if room.closed_at is None else room.closed_at
        visitor.last_chat = {"_id": room.id, "ts": iso(room.opened_at)}
        visitor.status = "online" if room.closed_at is None else "offline"
        visitor.updated_at = room.opened_at
        contact = guest.contact
        if contact is None:
            contact = guest.contact = self._contact(visitor, room)
        if room.visitor_activity:
            months = {*(contact.activity or ()), *room.visitor_activity}
            contact.activity = sorted(months)[-12:]
        contact.last_chat, contact.updated_at = visitor.last_chat, room.opened_at
        room.contact_id, room.verified = contact.id, False

    def take(self) -> list[Any]:
        """Return the rows of those who have come since the last time; none of them comes back."""
        found: list[Any] = []
        for guest in self._all:
            found.append(guest.visitor)
            if (contact := guest.contact) is not None:
                found += (contact, _channel(guest, contact), *addresses_of(contact))
        self._all.clear()
        return found

    def _contact(self, visitor: Visitor, room: Room) -> Contact:
        known = self._chance.happens(_KNOWN)
        managed = known and self._chance.happens(_MANAGED)
        contact = Contact(
            id=self._chance.hex_id(),
            name=visitor.name,
            emails=visitor.emails,
            phones=visitor.phones,
            custom_fields={},
            manager_id=room.agent_id if managed else None,
            unknown=not known,
            created_at=room.opened_at,
        )
        contact.words = searched_words(contact)
        return contact

    def _new(self, at: int) -> Guest:
        chance = self._chance
        self.number += 1
        code, language = chance.pick(self._languages)
        given, family = chance.pick(language.given), chance.pick(language.family)
        email = f"guest{self.number}@example.org"
        phone = f"+4930{chance.randrange(10**7, 10**8)}" if chance.happens(_HAS_PHONE) else None
        visitor = Visitor(
            id=chance.hex_id(),
            token=chance.token(),
            username=f"guest-{self.number}",
            name=f"{family} {given}" if code == "ja" else f"{given} {family}",
            created_at=at,
            email=email,
            emails=[{"address": email}],
            phone=phone,
            phones=[{"phoneNumber": phone}] if phone else None,
            language=code,
            updated_at=at,
        )
        return Guest(visitor, language)


def _channel(guest: Guest, contact: Contact) -> Channel:
    source_type, source_id = source_key(guest.source)
    return Channel(
        visitor_id=guest.visitor.id,
        source_type=source_type,
        source_id=source_id,
        contact_id=contact.id,
        name=source_type,
        details=guest.source,
        last_chat=contact.last_chat,
        added_at=contact.created_at,
    )
