"""Settings on the wire: what the endpoints take and answer."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET

from frontdesk.clock import iso
from frontdesk.http.paging import ListQuery
from frontdesk.settings.registry import Derived, Setting
from frontdesk.settings.store import StoredValue

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


class PublicSettingsQuery(ListQuery, kw_only=True):
    """Query of GET settings.public; `_id` is a list of ids with commas between them."""

    ids: str | None = msgspec.field(default=None, name="_id")


class SettingsQuery(ListQuery, kw_only=True):
    """Query of GET settings."""

    includeDefaults: bool = False


class WriteSetting(msgspec.Struct):
    """Body of POST settings/{_id}: `value` is any JSON; an action takes `execute`."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "value": {"description": "The new value, of the setting's type."},
            "editor": {"description": "For colours: `color` or `expression`."},
            "execute": {"description": "`true` runs an action."},
        },
    }

    value: Any = UNSET
    execute: Any = None


class SettingValue(msgspec.Struct, forbid_unknown_fields=True):
    """A setting and its new value."""

    id: Annotated[str, msgspec.Meta(min_length=1)] = msgspec.field(name="_id")
    value: Any
    editor: str | None = None


class WriteSettings(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST settings."""

    settings: Annotated[list[SettingValue], msgspec.Meta(min_length=1)]


def setting_document(
    setting: Setting, settings: "Settings", with_default: bool = False
) -> dict[str, Any]:
    """Return a setting with its value, and with the value it started with if asked for."""
    document: dict[str, Any] = {"_id": setting.id, "value": settings[setting.id]}
    if with_default:
        default = setting.default
        # What was worked out at the first start is no default that anybody could go back to.
        document["packageValue"] = "" if isinstance(default, Derived) else default
        document["enterprise"] = False
    return document


def complete_document(setting: Setting, stored: StoredValue) -> dict[str, Any]:
    """Return a setting with all that forms need to show it, as forms of the API expect it."""
    default = setting.default
    known: dict[str, Any] = {
        "_id": setting.id,
        "type": setting.type,
        "value": stored.value,
        "packageValue": "" if isinstance(default, Derived) else default,
        "valueSource": "packageValue",
        "group": setting.group,
        "section": setting.section,
        "public": setting.public,
        "hidden": setting.hidden,
        "blocked": False,
        "secret": setting.secret,
        "enterprise": False,
        "env": False,
        "sorter": setting.sorter,
        "i18nLabel": setting.id,
        "i18nDescription": f"{setting.id}_Description",
        "autocomplete": True,
        "requiredOnWizard": False,
        "enableQuery": _enable_query(setting),
        "values": [{"key": each, "i18nLabel": each} for each in setting.values] or None,
        "multiline": setting.multiline or None,
        "editor": "color" if setting.type == "color" else None,
        "packageEditor": "color" if setting.type == "color" else None,
        "ts": iso(stored.created_at),
        "createdAt": iso(stored.created_at),
        "_updatedAt": iso(stored.updated_at),
    }
    return {name: value for name, value in known.items() if value is not None or name == "value"}


def _enable_query(setting: Setting) -> str | None:
    """Return the conditions of a setting as clients read them: JSON text of one or of a list."""
    conditions = [{"_id": each.id, "value": each.value} for each in setting.enable_query]
    if not conditions:
        return None
    shown: Any = conditions[0] if len(conditions) == 1 else conditions
    return msgspec.json.encode(shown).decode()
