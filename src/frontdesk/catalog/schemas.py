"""Priorities, SLA policies and tags on the wire, and the input of their endpoints."""

from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec

from frontdesk.catalog.records import Priority, Sla, Tag
from frontdesk.clock import iso, iso_or_none
from frontdesk.http.paging import ListQuery, OpenListQuery, PageQuery

#: Names are indexed, and an index takes no more than 2,700 bytes.
NAME_LENGTH = 500
IndexedName: TypeAlias = Annotated[str, msgspec.Meta(max_length=NAME_LENGTH)]


def priority_document(priority: Priority) -> dict[str, Any]:
    """Return a priority; `dirty` says that it was renamed."""
    document: dict[str, Any] = {
        "_id": priority.id,
        "i18n": priority.label,
        "sortItem": priority.weight,
        "dirty": priority.name is not None,
        "name": priority.name,
        "_updatedAt": iso_or_none(priority.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def sla_document(sla: Sla, *, is_new: bool = False) -> dict[str, Any]:
    """Return an SLA policy; a new one is answered without `_updatedAt`."""
    document: dict[str, Any] = {
        "_id": sla.id,
        "name": sla.name,
        "description": sla.description,
        "dueTimeInMinutes": sla.due_minutes,
        "_updatedAt": None if is_new else iso(sla.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def tag_document(tag: Tag, *, is_new: bool = False) -> dict[str, Any]:
    """Return a tag; a new one is answered without `_updatedAt`."""
    document: dict[str, Any] = {
        "_id": tag.id,
        "name": tag.name,
        "description": tag.description,
        "numDepartments": len(tag.department_ids),
        "departments": tag.department_ids,
        "_updatedAt": None if is_new else iso(tag.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


# Input: priorities ---------------------------------------------------------------------------


class PriorityListQuery(PageQuery, kw_only=True):
    """Query of GET livechat/priorities."""

    text: str | None = None


class ChangePriority(msgspec.Struct):
    """Body of PUT livechat/priorities/{priorityId}: a name or a reset, not both."""

    json_schema: ClassVar[dict[str, Any]] = {
        "oneOf": [
            {
                "type": "object",
                "properties": {"name": {"type": "string", "maxLength": NAME_LENGTH}},
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"reset": {"type": "boolean"}},
                "additionalProperties": False,
            },
        ]
    }

    name: str | None = None
    reset: bool | None = None


class SetPriority(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/room/{rid}/priority."""

    priorityId: str


# Input: SLA policies -------------------------------------------------------------------------


class SlaListQuery(ListQuery, kw_only=True):
    """Query of GET livechat/sla."""

    text: str | None = None


class SaveSla(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/sla and PUT livechat/sla/{slaId}."""

    name: IndexedName
    dueTimeInMinutes: float
    description: str | None = None


class SetSla(msgspec.Struct):
    """Body of PUT livechat/inquiry.setSLA, which is checked by hand."""

    roomId: str
    sla: str


# Input: tags ---------------------------------------------------------------------------------


class TagListQuery(OpenListQuery, kw_only=True):
    """Query of GET livechat/tags; unknown parameters are tolerated."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "description": "Looked for in name and description."},
            "department": {
                "type": "string",
                "description": "A department's id: its tags, and those for everybody.",
            },
            "viewAll": {
                "type": "string",
                "description": "`true`: all tags, for those who manage them.",
            },
        },
    }

    text: str | None = None
    department: str | None = None
    viewAll: str | None = None


class TagData(msgspec.Struct):
    """A tag as it is saved; further members are tolerated."""

    name: str
    description: str | None = None


class SaveTag(msgspec.Struct):
    """Body of POST livechat/tags.save; with `_id` that tag is changed."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "_id": {"type": "string", "nullable": True},
            "tagData": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": NAME_LENGTH},
                    "description": {"type": "string", "nullable": True},
                },
                "required": ["name"],
            },
            "tagDepartments": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "nullable": True,
            },
        },
        "required": ["tagData"],
        "additionalProperties": False,
    }

    tagData: TagData
    tagDepartments: list[str] | None = None
    tag_id: str | None = msgspec.field(default=None, name="_id")


class TagId(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/tags.delete."""

    id: str
