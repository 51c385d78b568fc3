"""Contacts and their channels as the code handles them: the rows of the tables."""

from typing import Any, Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["email", "phone"]

#: Between what a contact is found by: no text of a client holds it.
_BETWEEN = "\x1f"


class Contact(msgspec.Struct):
    """A row of `contacts`. `emails` are `[{address}]`, `phones` `[{phoneNumber}]`, `conflicts`
    `[{field, value}]`, `last_chat` is `{_id, ts}`, `activity` are months as `YYYY-MM`.

    `unknown`: made from a visitor, and nobody of the desk has looked at it yet. `pre_registration`:
    made by the desk, and no visitor has taken it yet. One that is not `enabled` is only an id.
    """

    id: str
    name: str | None
    emails: list[dict[str, str]] | None = None
    phones: list[dict[str, str]] | None = None
    custom_fields: dict[str, Any] | None = None
    manager_id: str | None = None
    unknown: bool = False
    pre_registration: bool = False
    conflicts: list[dict[str, Any]] | None = None
    last_chat: dict[str, Any] | None = None
    activity: list[str] | None = None
    enabled: bool = True
    words: str = ""
    created_at: int = 0
    updated_at: int = 0

    @property
    def addresses(self) -> set[tuple[Kind, str]]:
        """Return what the contact can be found by exactly."""
        found: set[tuple[Kind, str]] = {("email", each["address"]) for each in self.emails or ()}
        return found | {("phone", each["phoneNumber"]) for each in self.phones or ()}


class Channel(msgspec.Struct):
    """A row of `contact_channels`: a visitor and a source; `source_id` is "" where there is none.

    `details` is the source as conversations have it. `field` and `value` are what was verified.
    """

    visitor_id: str
    source_type: str
    source_id: str
    contact_id: str
    name: str
    details: dict[str, Any] | None = None
    blocked: bool = False
    verified: bool = False
    verified_at: int | None = None
    field: str | None = None
    value: str | None = None
    last_chat: dict[str, Any] | None = None
    added_at: int = 0


class Linked(msgspec.Struct):
    """A channel, and the contact whose it is."""

    contact: Contact
    channel: Channel


def searched_words(contact: Contact) -> str:
    """Return what a contact is found by, in small letters: name, addresses and numbers."""
    parts = [
        contact.name or "",
        *(each["address"] for each in contact.emails or ()),
        *(each["phoneNumber"] for each in contact.phones or ()),
    ]
    return _BETWEEN.join(parts).lower()


def source_key(source: dict[str, Any] | None) -> tuple[str, str]:
    """Return type and id of a source; the id is "" where there is none."""
    source = source or {}
    return str(source.get("type") or "other"), str(source.get("id") or "")
