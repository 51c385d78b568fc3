"""Contacts for tests, made and read as clients do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.builders import Visitor, unique
from tests.harness.client import Api


def create_contact(admin: Api, **fields: Any) -> str:
    """Make a contact; return its id."""
    body = {"name": unique("Contact"), "emails": [], "phones": [], **fields}
    answer = admin.post("omnichannel/contacts", body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["contactId"])


def read(admin: Api, contact_id: str) -> dict[str, Any]:
    """Return a contact."""
    answer = admin.get("omnichannel/contacts.get", {"contactId": contact_id})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["contact"])


def contact_of(admin: Api, visitor: Visitor) -> dict[str, Any]:
    """Return the contact of a visitor's latest conversation."""
    rooms = visitors_rooms(admin, visitor)
    return read(admin, rooms[0]["contactId"])


def visitors_rooms(admin: Api, visitor: Visitor) -> list[dict[str, Any]]:
    """Return a visitor's conversations, newest first."""
    info = admin.get("livechat/visitors.info", {"visitorId": visitor.id}).json()["visitor"]
    room_id = info["lastChat"]["_id"]
    path = f"livechat/visitors.chatHistory/room/{room_id}/visitor/{visitor.id}"
    answer = admin.get(path)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["history"])


def search(admin: Api, text: str, **query: Any) -> list[dict[str, Any]]:
    """Return the contacts that a search finds."""
    answer = admin.get("omnichannel/contacts.search", {"searchText": text, **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["contacts"])


def refusal(answer: Any) -> str:
    """Return the text of a refusal with status 400."""
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def channel(visitor: Visitor, **source: str) -> dict[str, Any]:
    """Return a body of contacts.block; without a source the one that tests come by."""
    return {"visitor": {"visitorId": visitor.id, "source": source or {"type": "api"}}}


@contextmanager
def field(admin: Api, **options: Any) -> Iterator[str]:
    """Define a custom field of visitors for the length of a `with` block; give its name."""
    name = unique("field")
    data = {
        "field": name,
        "label": f"Label of {name}",
        "scope": "visitor",
        "visibility": "visible",
        "searchable": True,
        "regexp": "",
        **options,
    }
    answer = admin.post("livechat/custom-fields.save", {"customFieldData": data})
    assert answer.status_code == 200, answer.text
    try:
        yield name
    finally:
        admin.post("livechat/custom-fields.delete", {"customFieldId": name})
