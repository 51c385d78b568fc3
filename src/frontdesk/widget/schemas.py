"""What the widget is told, and the input of its endpoints."""

from typing import Any, ClassVar

import msgspec

from frontdesk.custom_fields.records import Definition
from frontdesk.triggers.records import Trigger


class ConfigQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/config."""

    token: str | None = None
    department: str | None = None
    businessUnit: str | None = None


def widget_trigger(trigger: Trigger) -> dict[str, Any]:
    """Return what the widget needs to know of a trigger."""
    return {
        "_id": trigger.id,
        "actions": trigger.actions,
        "conditions": trigger.conditions,
        "runOnce": trigger.run_once,
    }


def widget_field(field: Definition) -> dict[str, Any]:
    """Return what the widget asks visitors for."""
    document: dict[str, Any] = {
        "_id": field.id,
        "label": field.label,
        "regexp": field.regexp,
        "required": field.required or False,
        "type": field.type,
        "defaultValue": field.default_value,
    }
    if field.options:
        document["options"] = [each.strip() for each in field.options.split(",")]
    return document


# Appearance ----------------------------------------------------------------------------------

#: Every page load brings these texts along.
TEXT_LENGTH = 100_000
MOST_ITEMS = 100


class SettingValue(msgspec.Struct):
    """A setting and its new value."""

    setting_id: str = msgspec.field(name="_id")
    value: Any


class SaveAppearance(msgspec.Struct):
    """Body of POST livechat/appearance: a list, so it is checked by hand."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_ITEMS,
        "items": {
            "type": "object",
            "properties": {
                "_id": {"type": "string"},
                "value": {
                    "anyOf": [
                        {"type": "string", "maxLength": TEXT_LENGTH},
                        {"type": "boolean"},
                        {"type": "number"},
                        {
                            "type": "array",
                            "items": {"type": "string", "maxLength": TEXT_LENGTH},
                            "maxItems": MOST_ITEMS,
                        },
                    ]
                },
            },
            "required": ["_id", "value"],
            "additionalProperties": False,
        },
    }
