"""Which settings somebody may read, and in which order they are listed (API frame, section 8)."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from frontdesk.settings.registry import Setting, load_registry

if TYPE_CHECKING:
    from frontdesk.http.paging import Page

_KEYS: dict[str, Callable[[Setting], Any]] = {
    "_id": lambda setting: setting.id,
    "type": lambda setting: setting.type,
    "group": lambda setting: setting.group or "",
    "section": lambda setting: setting.section or "",
    "sorter": lambda setting: setting.sorter,
}


def public_settings(ids: Iterable[str] | None = None) -> list[Setting]:
    """Return the settings that anybody may read: all, or those of some ids.

    Secrets and passwords are never among them, whatever the registry says.
    """
    wanted = None if ids is None else set(ids)
    return [
        setting
        for setting in load_registry().values()
        if is_public(setting) and (wanted is None or setting.id in wanted)
    ]


def visible_settings() -> list[Setting]:
    """Return the settings that holders of `view-privileged-setting` may read."""
    return [setting for setting in load_registry().values() if not setting.hidden]


def visible_setting(setting_id: str) -> Setting | None:
    """Return a setting unless it is hidden or unknown."""
    setting = load_registry().get(setting_id)
    return None if setting is None or setting.hidden else setting


def is_public(setting: Setting) -> bool:
    """Tell whether anybody may read a setting."""
    return setting.public and not (setting.hidden or setting.secret or setting.type == "password")


def on_page(settings: list[Setting], page: "Page") -> list[Setting]:
    """Return the settings of a page; by id where nothing else is wanted."""
    ordered = sorted(settings, key=_KEYS["_id"])
    for field, direction in reversed(page.sort):
        if field in _KEYS:
            ordered.sort(key=_KEYS[field], reverse=direction == -1)
    end = None if page.count is None else page.offset + page.count
    return ordered[page.offset : end]
