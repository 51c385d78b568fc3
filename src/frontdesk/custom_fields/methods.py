"""The real-time methods of custom fields: for clients older than their REST successors.

Source: behaviour of the API, visitors, sections 4.9, 6.5 and 6.6.
"""

from typing import Any

from frontdesk.custom_fields import saving
from frontdesk.custom_fields.finding import all_fields, find_field
from frontdesk.custom_fields.records import Definition, FieldValue
from frontdesk.custom_fields.schemas import FieldData, field_document
from frontdesk.custom_fields.setting import write_value
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods
from frontdesk.visitors.finding import visitor_by_token

methods = Methods()

#: The codes under which methods refuse what the endpoints refuse by text.
_CODES = {
    saving.BAD_NAME: ("error-invalid-custom-field-name", saving.BAD_NAME),
    "Custom Field Not found": ("error-invalid-custom-field", "Custom Field Not found"),
    "Custom field not found": ("error-invalid-custom-field", "Custom field not found"),
    "Custom Field already exists": (
        "error-custom-field-name-already-exists",
        "Custom field name already exists",
    ),
}


@methods.method("livechat:saveCustomField", permissions=["view-livechat-manager"])
async def save_custom_field(
    caller: Caller, field_id: str | None, data: FieldData
) -> dict[str, Any]:
    """Make or change a custom field."""
    try:
        saved = await caller.write(saving.save_field, field_id, data)
    except Refused as refusal:
        raise _coded(refusal, "livechat:saveCustomField") from refusal
    return field_document(saved)


@methods.method("livechat:removeCustomField", permissions=["view-livechat-manager"])
async def remove_custom_field(caller: Caller, field_id: str) -> int:
    """Remove a custom field; answers how many there were."""
    try:
        await caller.write(saving.delete_field, field_id)
    except Refused as refusal:
        raise _coded(refusal, "livechat:removeCustomField") from refusal
    return 1


@methods.method("livechat:getCustomFields", public=True)
async def get_custom_fields(caller: Caller) -> list[dict[str, Any]]:
    """Answer the custom fields that are shown to visitors, and to users all of them."""
    known = caller.user_or_none is not None
    fields = await caller.read(all_fields)
    return [field_document(each) for each in fields if known or _is_for_visitors(each)]


@methods.method("livechat:setCustomField", public=True)
async def set_custom_field(
    caller: Caller, token: str, key: str, value: str, overwrite: bool = True
) -> bool:
    """Set a value for a visitor, or in the open conversation. An unknown name is no error."""
    await caller.write(_set, token, FieldValue(key, value, overwrite))
    return True


def _set(tx: Tx, token: str, field: FieldValue) -> None:
    definition = find_field(tx, field.key)
    if definition is None:
        return
    write_value(tx, visitor_by_token(tx, token), definition, field)


def _is_for_visitors(field: Definition) -> bool:
    return not field.hidden


def _coded(refusal: Refused, method: str) -> Coded:
    code, reason = _CODES.get(str(refusal), ("error-invalid-custom-field", str(refusal)))
    return Coded(code, reason, {"method": method})
