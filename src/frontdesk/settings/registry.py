"""The settings a workspace has: kind, default, who may read them, and which values they take.

The list is data (`registry.json`, one setting per line). Ids, types, defaults and enabling
conditions are those of the API, so that existing clients and scripts find what they know.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from frontdesk.errors import Coded, Refused
from frontdesk.http.match import type_name
from frontdesk.ids import random_id

Type = Literal[
    "action",
    "boolean",
    "code",
    "color",
    "int",
    "language",
    "lookup",
    "multiSelect",
    "password",
    "range",
    "select",
    "string",
    "timezone",
]
Value = bool | int | str | list[str]

_FILE = Path(__file__).with_name("registry.json")


class Derived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A default that is worked out at the first start, see `initial_value`."""

    random: int = 0
    """Length of a random text, in characters of the id alphabet."""
    deployment: Literal["url"] | None = None
    """The fact of the deployment that is taken over."""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another setting and the value it must have; `{"$ne": v}`, `{"$gte": v}` and
    `{"$exists": true}` stand for comparisons.
    """

    id: str = msgspec.field(name="_id")
    value: Any


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One setting of the registry."""

    id: str
    type: Type
    default: Value | Derived
    public: bool
    """Readable without logging in."""
    description: str
    group: str | None = None
    section: str | None = None
    sorter: int = 0
    """Position within the group, counted from 0 in the order of the file."""
    values: tuple[str, ...] = ()
    """The choices of a `select` or `multiSelect`; other types have none."""
    minimum: int | None = None
    maximum: int | None = None
    code: str | None = None
    """Language of a `code` setting, such as `text/html`."""
    multiline: bool = False
    secret: bool = False
    """To be masked where it is shown."""
    hidden: bool = False
    """Neither read nor written through the API."""
    readonly: bool = False
    """Written by the server only."""
    enable_query: tuple[Condition, ...] = msgspec.field(default=(), name="enableQuery")
    """All must hold for a form to enable the control; the server does not enforce them."""


@cache
def load_registry() -> dict[str, Setting]:
    """Return all settings by id, in the order of the file.

    The file is decoded once and the same dictionary is handed to everybody: do not change it.
    """
    registry: dict[str, Setting] = {}
    counted: dict[str | None, int] = {}
    for setting in msgspec.json.decode(_FILE.read_bytes(), type=list[Setting]):
        sorter = counted.get(setting.group, 0)
        counted[setting.group] = sorter + 1
        registry[setting.id] = msgspec.structs.replace(setting, sorter=sorter)
    return registry


def initial_value(setting: Setting, deployment_url: str) -> Value:
    """Return the value a new workspace starts with.

    `deployment_url` is the public address of the server. Random defaults differ at each call.
    """
    default = setting.default
    if not isinstance(default, Derived):
        return list(default) if isinstance(default, list) else default
    return random_id(default.random) if default.random else deployment_url


def coerce_environment(setting: Setting, text: str) -> Value:
    """Return the value that the text of an environment variable stands for.

    Flags are `true` or `false` in any case, numbers are whole, a `multiSelect` is a JSON list
    of texts, everything else is taken as it is. ValueError names the setting (never the text,
    which may be a secret) when the text does not fit. Bounds are left to `check_bounds`.
    """
    match setting.type:
        case "boolean":
            flag = {"true": True, "false": False}.get(text.strip().lower())
            if flag is None:
                raise ValueError(f"{setting.id} must be true or false")
            return flag
        case "int" | "range":
            try:
                return int(text)
            except ValueError:
                raise ValueError(f"{setting.id} must be a whole number") from None
        case "multiSelect":
            try:
                return msgspec.json.decode(text, type=list[str])
            except msgspec.DecodeError:
                raise ValueError(f"{setting.id} must be a JSON list of texts") from None
        case _:
            return text


def check_value(setting: Setting, value: object) -> None:
    """Refuse a value whose type is not the setting's, as the bulk route does.

    Refused for a wrong type; Coded `error-invalid-setting-value` where a whole number is
    needed and `Invalid JSON provided` for code that is not JSON. An empty text is accepted as
    JSON, since that is the default of such settings. Bounds are left to `check_bounds`.
    Source of the texts: behaviour of the API, POST settings.
    """
    match setting.type:
        case "boolean":
            _expect("boolean", isinstance(value, bool), value)
        case "int" | "range":
            # A JSON number without fraction is an integer however it is written (5 or 5.0).
            whole = value.is_integer() if isinstance(value, float) else isinstance(value, int)
            if not whole or isinstance(value, bool):
                shown = value if isinstance(value, str) else _json(value)
                raise Coded("error-invalid-setting-value", f"Invalid setting value {shown}")
        case "multiSelect":
            if not isinstance(value, list):
                raise Refused(f"Match error: Expected array, got {_json(value)}")
        case _:
            _expect("string", isinstance(value, str), value)
            if setting.code == "application/json" and not _is_json(value):
                raise Coded("Invalid JSON provided")


def check_bounds(setting: Setting, value: object) -> None:
    """Refuse a number outside the bounds of an `int` or `range` setting.

    Coded `error-invalid-setting-value`. Other values pass: the single-value route, which
    this check belongs to, stores any JSON (behaviour of the API, POST settings/{_id}).
    """
    if setting.type not in ("int", "range"):
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if setting.minimum is not None and value < setting.minimum:
        raise _out_of_bounds(setting.id, f"greater than or equal to {setting.minimum}")
    if setting.maximum is not None and value > setting.maximum:
        raise _out_of_bounds(setting.id, f"less than or equal to {setting.maximum}")


def _out_of_bounds(setting_id: str, bound: str) -> Coded:
    return Coded("error-invalid-setting-value", f"Value for setting {setting_id} must be {bound}")


def _expect(wanted: str, fits: bool, value: object) -> None:
    if not fits:
        raise Refused(f"Match error: Expected {wanted}, got {type_name(value)}")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _is_json(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        msgspec.json.decode(value or "null")
    except msgspec.DecodeError:
        return False
    return True
