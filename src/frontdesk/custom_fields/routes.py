"""The HTTP face of custom fields."""

from typing import Any

from frontdesk.custom_fields import saving, setting
from frontdesk.custom_fields.finding import find_field
from frontdesk.custom_fields.records import FieldValue
from frontdesk.custom_fields.schemas import (
    DeleteField,
    FieldListQuery,
    SaveField,
    SetField,
    SetFields,
    field_document,
)
from frontdesk.db import Tx
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page

routes = Routes("Omnichannel Custom Fields")
ROUTES = (routes,)

_FIELD = {
    "_id": "tier",
    "label": "Tier",
    "scope": "visitor",
    "visibility": "visible",
    "type": "select",
    "options": "gold,basic",
    "defaultValue": "",
    "required": False,
    "regexp": "",
    "searchable": True,
    "public": True,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_VALUE = {"value": "gold", "overwrite": True}
_CHECKS = ("invalid-token", "invalid-custom-field", "Invalid value for tier field")


@routes.post(
    "livechat/custom.field",
    public=True,
    request={"token": "tok-ann", "key": "tier", **_VALUE},
    example={"field": {"key": "tier", **_VALUE}},
    refusals=_CHECKS,
)
async def set_field(call: Call, body: SetField) -> dict[str, Any]:
    """Set the value of a custom field.

    On the visitor, or in the open conversation if the field is one of conversations. Without
    `overwrite` a value that is there stays.
    """
    field = FieldValue(body.key, body.value, body.overwrite)
    await call.write(setting.set_value, body.token, field)
    return {"field": {"key": body.key, "value": body.value, "overwrite": body.overwrite}}


@routes.post(
    "livechat/custom.fields",
    public=True,
    request={"token": "tok-ann", "customFields": [{"key": "tier", **_VALUE}]},
    example={"fields": [{"Key": "tier", **_VALUE}]},
    refusals=_CHECKS,
)
async def set_fields(call: Call, body: SetFields) -> dict[str, Any]:
    """Set the values of several custom fields: all, or none if one is refused.

    The answer names those of the conversation first.
    """
    written = await call.write(setting.set_values, body.token, body.customFields)
    return {
        "fields": [
            {"Key": each.key, "value": each.value, "overwrite": each.overwrite} for each in written
        ]
    }


@routes.get(
    "livechat/custom-fields",
    permissions=["view-l-room"],
    example={"customFields": [_FIELD], "count": 1, "offset": 0, "total": 1},
)
async def list_fields(call: Call, query: FieldListQuery) -> dict[str, Any]:
    """List the custom fields of visitors and conversations, hidden ones too.

    `text` is looked for in names and labels.
    """
    return await call.read(saving.list_fields, query, page(call.settings, query))


@routes.get(
    "livechat/custom-fields/{_id}", permissions=["view-l-room"], example={"customField": _FIELD}
)
async def read_field(call: Call) -> dict[str, Any]:
    """Read a custom field.

    The answer is `null` for an unknown one.
    """

    def field(tx: Tx) -> dict[str, Any] | None:
        found = find_field(tx, call.path["_id"])
        return None if found is None else field_document(found)

    return {"customField": await call.read(field)}


@routes.post(
    "livechat/custom-fields.save",
    permissions=["view-livechat-manager"],
    style="typed",
    request={
        "customFieldId": None,
        "customFieldData": {
            "field": "tier",
            **{name: value for name, value in _FIELD.items() if not name.startswith("_")},
        },
    },
    example={"customField": _FIELD},
    refusals=(
        "Custom Field Not found",
        "Custom Field already exists",
        saving.BAD_NAME,
        "Invalid regular expression",
        "Too many custom fields",
    ),
)
async def save_field(call: Call, body: SaveField) -> dict[str, Any]:
    """Make or change a custom field.

    With `customFieldId` that one is changed: its name stays, and so does what is not sent. Values
    that are stored stay as they are.
    """
    saved = await call.write(saving.save_field, body.customFieldId, body.customFieldData)
    return {"customField": field_document(saved, with_id=not body.customFieldId)}


@routes.post(
    "livechat/custom-fields.delete",
    permissions=["view-livechat-manager"],
    style="typed",
    request={"customFieldId": "tier"},
    refusals=("Custom field not found",),
)
async def delete_field(call: Call, body: DeleteField) -> None:
    """Remove a custom field.

    Its values stay where they are.
    """
    await call.write(saving.delete_field, body.customFieldId)
