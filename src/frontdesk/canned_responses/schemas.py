"""Canned responses on the wire, and the input of their endpoints."""

from typing import Any, ClassVar

import msgspec

from frontdesk.canned_responses.records import CannedResponse
from frontdesk.clock import iso
from frontdesk.http.paging import ListQuery

#: Shortcuts are indexed, and an index takes no more than 2,700 bytes.
SHORTCUT_LENGTH = 500
#: No message can be longer, whatever the workspace allows.
TEXT_LENGTH = 100_000
MOST_TAGS = 100


def response_document(response: CannedResponse) -> dict[str, Any]:
    """Return a canned response as the API sends it; absent members are left out."""
    document: dict[str, Any] = {
        "_id": response.id,
        "shortcut": response.shortcut,
        "text": response.text,
        "scope": response.scope,
        "tags": response.tags,
        "userId": response.user_id,
        "departmentId": response.department_id,
        "createdBy": {"_id": response.creator_id, "username": response.creator_username},
        "_createdAt": iso(response.created_at),
        "_updatedAt": iso(response.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


class ResponseListQuery(ListQuery, kw_only=True):
    """Query of GET canned-responses."""

    shortcut: str | None = None
    text: str | None = None
    scope: str | None = None
    departmentId: str | None = None
    createdBy: str | None = None
    tags: list[str] | None = None


class SaveResponse(msgspec.Struct):
    """Body of POST canned-responses; with `_id` that response is changed."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "_id": {"type": "string", "nullable": True},
            "shortcut": {"type": "string", "minLength": 1, "maxLength": SHORTCUT_LENGTH},
            "text": {"type": "string", "maxLength": TEXT_LENGTH},
            "scope": {"type": "string", "enum": ["user", "department", "global"]},
            "tags": {
                "type": "array",
                "items": {"type": "string", "maxLength": SHORTCUT_LENGTH},
                "maxItems": MOST_TAGS,
                "nullable": True,
            },
            "departmentId": {"type": "string", "nullable": True},
        },
        "required": ["shortcut", "text", "scope"],
        "additionalProperties": False,
    }

    shortcut: str
    text: str
    scope: str
    tags: list[str] | None = None
    departmentId: str | None = None
    response_id: str | None = msgspec.field(default=None, name="_id")


class ResponseId(msgspec.Struct, forbid_unknown_fields=True):
    """Body of DELETE canned-responses."""

    response_id: str = msgspec.field(name="_id")
