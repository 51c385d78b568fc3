"""Writing settings: one at a time, and several at once (API frame, section 8)."""

from typing import TYPE_CHECKING

from msgspec import UNSET

from frontdesk.access.roles import setting_permission_id
from frontdesk.db import Tx
from frontdesk.errors import Coded, Silent
from frontdesk.settings.actions import ACTIONS
from frontdesk.settings.listing import visible_setting
from frontdesk.settings.registry import check_bounds, check_value
from frontdesk.settings.store import write_setting

if TYPE_CHECKING:
    from frontdesk.http.call import Principal
    from frontdesk.settings.schemas import SettingValue, WriteSetting
    from frontdesk.settings.workspace import Settings


def write_one(
    tx: Tx, settings: "Settings", caller: "Principal", setting_id: str, body: "WriteSetting"
) -> None:
    """Store any JSON as a value, or run an action.

    Raises Silent for a setting that cannot be written and a body that says nothing, Coded
    `error-invalid-setting-value` for a number out of bounds.
    """
    setting = visible_setting(setting_id)
    if setting is None or setting.readonly:
        raise Silent
    if setting.type == "action":
        action = ACTIONS.get(setting_id)
        if action is None or body.execute is not True:
            raise Silent
        action(tx, settings, caller)
        return
    if body.value is UNSET:
        raise Silent
    check_bounds(setting, body.value)
    write_setting(tx, setting_id, body.value)


def write_several(tx: Tx, caller: "Principal", wanted: list["SettingValue"]) -> None:
    """Store values of the right types, all or none.

    Raises Coded `error-action-not-allowed` with the ids that the caller may not write, and what
    `check_value` raises.
    """
    refused = [each.id for each in wanted if not _may_write(caller, each.id)]
    if refused:
        raise Coded(
            "error-action-not-allowed",
            "Editing settings is not allowed",
            {"method": "saveSettings", "settingIds": refused},
        )
    for each in wanted:
        setting = visible_setting(each.id)
        assert setting is not None
        check_value(setting, each.value)
    for each in wanted:
        write_setting(tx, each.id, each.value)


def _may_write(caller: "Principal", setting_id: str) -> bool:
    setting = visible_setting(setting_id)
    if setting is None or setting.readonly:
        return False
    return caller.may("edit-privileged-setting") or (
        caller.may("manage-selected-settings") and caller.may(setting_permission_id(setting_id))
    )
