"""The roles and permissions a workspace starts with.

They are data (`permissions.json`, one per line). Defaults are laid down only where nothing is
stored yet: what an administrator changes later survives restarts and new versions.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

_FILE = Path(__file__).with_name("permissions.json")


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role; its name is its id. `Subscriptions` roles hold in one room only."""

    id: str
    scope: Literal["Users", "Subscriptions"]
    description: str = ""
    protected: bool = False
    """Cannot be deleted."""
    mandatory2fa: bool = False
    """Those who hold it must set up a second factor."""


class Permission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A permission and the ids of the roles that hold it."""

    id: str
    roles: tuple[str, ...] = ()
    setting_id: str | None = None
    """The setting that a `change-setting-<id>` permission is about."""


class _Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    roles: tuple[Role, ...]
    permissions: tuple[Permission, ...]


@cache
def _defaults() -> _Defaults:
    return msgspec.json.decode(_FILE.read_bytes(), type=_Defaults)


def default_roles() -> tuple[Role, ...]:
    """Return the built-in roles."""
    return _defaults().roles


def default_permissions(setting_ids: Iterable[str] = ()) -> tuple[Permission, ...]:
    """Return the built-in permissions, and one for each of the given settings.

    Together with `manage-selected-settings`, the permission of a setting lets a role write that
    setting; nobody holds it at first. Give the ids of all settings that are not hidden.
    """
    return (*_defaults().permissions, *map(_setting_permission, setting_ids))


def setting_permission_id(setting_id: str) -> str:
    """Return the id of the permission to write one setting."""
    return f"change-setting-{setting_id}"


def _setting_permission(setting_id: str) -> Permission:
    return Permission(id=setting_permission_id(setting_id), setting_id=setting_id)
