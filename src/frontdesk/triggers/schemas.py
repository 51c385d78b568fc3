"""Triggers on the wire, and the input of their endpoints."""

from typing import Any, ClassVar

import msgspec

from frontdesk.clock import iso
from frontdesk.triggers.records import Trigger

NAME_LENGTH = 500
TEXT_LENGTH = 100_000
URL_LENGTH = 2_000
#: The widget looks at the first condition and the first action only.
MOST_PARTS = 20
#: What a page may tell an external service about a visitor.
MOST_EXTRAS = 100

_TEXT = {"type": "string", "maxLength": TEXT_LENGTH}
_NAME = {"type": "string", "maxLength": NAME_LENGTH}
_SENDER = {"type": "string", "enum": ["queue", "custom"]}
_CONDITION = {
    "type": "object",
    "properties": {
        "name": {
            "type": "string",
            "enum": [
                "time-on-site",
                "page-url",
                "chat-opened-by-visitor",
                "after-guest-registration",
            ],
        },
        "value": {
            **_TEXT,
            "nullable": True,
            "description": "Seconds, or a regular expression of the page's address.",
        },
    },
    "required": ["name", "value"],
    "additionalProperties": False,
}
_SAY = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "enum": ["send-message"]},
        "params": {
            "type": "object",
            "nullable": True,
            "properties": {"sender": _SENDER, "msg": _TEXT, "name": {**_NAME, "nullable": True}},
            "required": ["sender", "msg"],
            "additionalProperties": False,
        },
    },
    "required": ["name"],
    "additionalProperties": False,
}
_ASK = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "enum": ["use-external-service"]},
        "params": {
            "type": "object",
            "nullable": True,
            "properties": {
                "sender": {**_SENDER, "nullable": True},
                "name": {**_NAME, "nullable": True},
                "serviceUrl": {"type": "string", "maxLength": URL_LENGTH},
                "serviceTimeout": {"type": "number", "description": "Milliseconds."},
                "serviceFallbackMessage": _TEXT,
            },
            "required": ["serviceUrl", "serviceTimeout", "serviceFallbackMessage"],
            "additionalProperties": False,
        },
    },
    "required": ["name"],
    "additionalProperties": False,
}
_EXTRAS = {
    "type": "array",
    "maxItems": MOST_EXTRAS,
    "nullable": True,
    "items": {
        "type": "object",
        "properties": {"key": _NAME, "value": {"type": "string", "maxLength": TEXT_LENGTH}},
        "required": ["key", "value"],
        "additionalProperties": False,
    },
}


def trigger_document(trigger: Trigger) -> dict[str, Any]:
    """Return a trigger as the API sends it to those who manage them."""
    return {
        "_id": trigger.id,
        "name": trigger.name,
        "description": trigger.description,
        "enabled": trigger.enabled,
        "runOnce": trigger.run_once,
        "conditions": trigger.conditions,
        "actions": trigger.actions,
        "_updatedAt": iso(trigger.updated_at),
    }


class SaveTrigger(msgspec.Struct):
    """Body of POST livechat/triggers; with `_id` that trigger is changed."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "_id": {"type": "string", "nullable": True},
            "name": _NAME,
            "description": _TEXT,
            "enabled": {"type": "boolean"},
            "runOnce": {"type": "boolean"},
            "conditions": {
                "type": "array",
                "items": _CONDITION,
                "minItems": 1,
                "maxItems": MOST_PARTS,
            },
            "actions": {
                "type": "array",
                "items": {"anyOf": [_SAY, _ASK]},
                "minItems": 1,
                "maxItems": MOST_PARTS,
            },
        },
        "required": ["name", "description", "enabled", "runOnce", "conditions", "actions"],
        "additionalProperties": False,
    }

    name: str
    description: str
    enabled: bool
    runOnce: bool
    conditions: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    trigger_id: str | None = msgspec.field(default=None, name="_id")


class TryService(msgspec.Struct):
    """Body of POST livechat/triggers/external-service/test."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "webhookUrl": {"type": "string", "maxLength": URL_LENGTH},
            "timeout": {"type": "number", "description": "Milliseconds; 0 stands for 1000."},
            "fallbackMessage": _TEXT,
            "extraData": _EXTRAS,
        },
        "required": ["webhookUrl", "timeout", "fallbackMessage"],
        "additionalProperties": False,
    }

    webhookUrl: str
    timeout: float
    fallbackMessage: str
    extraData: list[dict[str, str]] | None = None


class CallService(msgspec.Struct):
    """Body of POST livechat/triggers/{_id}/external-service/call."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"token": {"type": "string", "maxLength": 512}, "extraData": _EXTRAS},
        "required": ["token"],
        "additionalProperties": False,
    }

    token: str
    extraData: list[dict[str, str]] | None = None
