"""Putting what is known of a customer from elsewhere into a contact.

Source: behaviour of the API, visitors, section 3.7.
"""

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import msgspec

from frontdesk.contacts.records import Contact

#: What happens to a name or a manager that differs: it is put on record for the desk to decide
#: about, it replaces what was there, or it is dropped.
Mode: TypeAlias = Literal["conflict", "overwrite", "ignore"]

#: Months of activity that are kept.
MONTHS = 12
#: Addresses, numbers, and conflicts kept of one contact at the most: visitors can add to them.
MOST_KEPT = 100


class Facts(msgspec.Struct, kw_only=True):
    """What is known from elsewhere; `managers` are ids of users."""

    names: list[str] = []
    username: str | None = None
    emails: list[str] = []
    phones: list[str] = []
    managers: list[str] = []
    activity: list[str] = []
    custom_fields: dict[str, Any] = {}


def merged(contact: Contact, facts: Facts, mode: Mode) -> dict[str, Any]:
    """Return what changes on a contact by the facts; nothing for what is known already.

    Addresses and numbers are added, the newest months are kept. A value of a custom field counts
    only where there is none, or with `overwrite`.
    """
    changes: dict[str, Any] = {}
    conflicts: list[dict[str, Any]] = []
    names = _new(facts.names, [contact.name, *_contested(contact, "name")])
    if not names and not contact.name and facts.username:
        names = [facts.username]
    if names and (not contact.name or mode == "overwrite"):
        changes["name"] = names.pop(0)
    conflicts += [{"field": "name", "value": each} for each in names]
    managers = _new(facts.managers, [contact.manager_id, *_contested(contact, "manager")])
    if managers and (not contact.manager_id or mode == "overwrite"):
        changes["manager_id"] = managers.pop(0)
    conflicts += [{"field": "manager", "value": each} for each in managers]

    known_emails = [each["address"] for each in contact.emails or ()]
    known_phones = [each["phoneNumber"] for each in contact.phones or ()]
    if emails := _new(facts.emails, known_emails)[: MOST_KEPT - len(known_emails)]:
        changes["emails"] = [{"address": each} for each in [*known_emails, *emails]]
    if phones := _new(facts.phones, known_phones)[: MOST_KEPT - len(known_phones)]:
        changes["phones"] = [{"phoneNumber": each} for each in [*known_phones, *phones]]
    activity = sorted({*(contact.activity or ()), *facts.activity})[-MONTHS:]
    if activity != (contact.activity or []):
        changes["activity"] = activity
    values = dict(contact.custom_fields or {})
    for key, value in facts.custom_fields.items():
        if not values.get(key) or mode == "overwrite":
            values[key] = value
    if values != (contact.custom_fields or {}):
        changes["custom_fields"] = values
    if mode == "conflict" and conflicts:
        changes["conflicts"] = with_conflicts(contact, conflicts)
    return changes


def mode_for(contact: Contact) -> Mode:
    """Return what happens to what a visitor says: it counts until the desk has looked at him."""
    return "overwrite" if contact.unknown else "conflict"


def with_conflicts(contact: Contact, more: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a contact's conflicts and more of them, as many as are kept."""
    return [*(contact.conflicts or ()), *more][: max(MOST_KEPT, len(contact.conflicts or ()))]


def _contested(contact: Contact, field: str) -> list[str]:
    return [each["value"] for each in contact.conflicts or () if each["field"] == field]


def _new(values: Iterable[str], known: Iterable[str | None]) -> list[str]:
    before = set(known)
    return [each for each in dict.fromkeys(values) if each and each not in before]
