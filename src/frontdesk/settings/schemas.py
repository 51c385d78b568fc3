"""Settings on the wire: what the endpoints take and answer."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET

from frontdesk.http.paging import ListQuery
from frontdesk.settings.registry import Derived, Setting

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
