"""Those who write: new visitors, and some who come back."""

import msgspec

from frontdesk.clock import iso
from frontdesk.demo_data.chance import Chance
from frontdesk.demo_data.texts import Language
from frontdesk.visitors.records import Visitor

#: How many of those who wrote lately may come back.
_REMEMBERED = 3_000
# Shares, of all conversations and of new visitors.
_COMES_BACK = 0.3
_HAS_PHONE = 0.3


class Guest(msgspec.Struct):
    """A visitor, the language, and from when on (ms) the visitor has no conversation."""

    visitor: Visitor
    language: Language
    free_at: int = 0


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

    def opened(self, guest: Guest, room_id: str, opened_at: int, closed_at: int | None) -> None:
        """Note a guest's conversation; one that is open keeps the guest from the next."""
        guest.free_at = 2**62 if closed_at is None else closed_at
        guest.visitor.last_chat = {"_id": room_id, "ts": iso(opened_at)}
        guest.visitor.status = "online" if closed_at is None else "offline"
        guest.visitor.updated_at = opened_at

    def take(self) -> list[Visitor]:
        """Return the visitors who have come since the last time; none of them comes back."""
        found = [guest.visitor for guest in self._all]
        self._all.clear()
        return found

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
