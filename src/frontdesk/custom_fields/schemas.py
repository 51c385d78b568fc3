"""Custom fields on the wire, and the input of their endpoints."""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from frontdesk.clock import iso
from frontdesk.custom_fields.records import Definition, FieldValue
from frontdesk.http.paging import PageQuery

#: Characters of texts that only people read, and of a list of choices.
ShownText: TypeAlias = Annotated[str, msgspec.Meta(max_length=500)]
LongText: TypeAlias = Annotated[str, msgspec.Meta(max_length=20_000)]
#: Characters of a pattern.
PatternText: TypeAlias = Annotated[str, msgspec.Meta(max_length=1_000)]
#: Values that are sent at once at the most, as many as a workspace can have fields.
MOST_VALUES = 500


def field_document(field: Definition, *, with_id: bool = True) -> dict[str, Any]:
    """Return a definition as the API sends it; what was never said is left out."""
    document: dict[str, Any] = {
        "_id": field.id if with_id else None,
        "label": field.label,
        "scope": field.scope,
        "visibility": field.visibility,
        "type": field.type,
        "options": field.options,
        "defaultValue": field.default_value,
        "required": field.required,
        "regexp": field.regexp,
        "searchable": field.searchable,
        "public": field.public,
        "_updatedAt": iso(field.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


# Input ---------------------------------------------------------------------------------------


class SetField(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/custom.field."""

    token: str
    key: str
    value: str
    overwrite: bool


class SentValue(FieldValue, forbid_unknown_fields=True):
    """One of several values."""


class SetFields(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/custom.fields."""

    token: str
    customFields: Annotated[list[SentValue], msgspec.Meta(max_length=MOST_VALUES)]


class FieldListQuery(PageQuery, kw_only=True):
    """Query of GET livechat/custom-fields; `query` is accepted and ignored."""

    text: str | None = None
    query: str | None = None


class FieldData(msgspec.Struct):
    """A definition as it is saved; further members are tolerated. Of a field that is there, what
    is left out or null stays as it is.
    """

    field: str
    label: ShownText
    scope: Literal["visitor", "room"]
    visibility: Literal["visible", "hidden"]
    type: Literal["input", "select"] | None = None
    regexp: PatternText | None = None
    searchable: bool | None = None
    required: bool | None = None
    defaultValue: LongText | None = None
    options: LongText | None = None
    public: bool | None = None


class SaveField(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/custom-fields.save; with `customFieldId` that one is changed."""

    customFieldData: FieldData
    customFieldId: str | None = None


class DeleteField(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/custom-fields.delete."""

    customFieldId: str
