"""The HTTP face of settings."""

from typing import Any

from frontdesk.errors import Silent
from frontdesk.http import Call, Routes
from frontdesk.http.paging import listed, page
from frontdesk.settings.listing import (
    on_page,
    public_settings,
    visible_setting,
    visible_settings,
)
from frontdesk.settings.schemas import (
    PublicSettingsQuery,
    SettingsQuery,
    WriteSetting,
    WriteSettings,
    setting_document,
)
from frontdesk.settings.writing import write_one, write_several

routes = Routes("Settings")

_ITEM = {"_id": "Livechat_enabled", "value": True}


@routes.get(
    "settings.public",
    public=True,
    example={"settings": [_ITEM], "count": 1, "offset": 0, "total": 1},
)
async def list_public(call: Call, query: PublicSettingsQuery) -> dict[str, Any]:
    """List the settings that anybody may read.

    `_id` takes ids with commas between them.
    """
    wanted = page(call.settings, query)
    ids = None if query.ids is None else [each.strip() for each in query.ids.split(",")]
    found = public_settings(ids)
    items = [setting_document(each, call.settings) for each in on_page(found, wanted)]
    return listed("settings", items, wanted, len(found))


@routes.get("settings", example={"settings": [_ITEM], "count": 1, "offset": 0, "total": 1})
async def list_all(call: Call, query: SettingsQuery) -> dict[str, Any]:
    """List the settings that one may read.

    All but hidden ones with `view-privileged-setting`, else those that anybody may read.
    `includeDefaults` adds the value that a new workspace starts with.
    """
    wanted = page(call.settings, query)
    privileged = call.user.may("view-privileged-setting")
    found = visible_settings() if privileged else public_settings()
    items = [
        setting_document(each, call.settings, query.includeDefaults)
        for each in on_page(found, wanted)
    ]
    return listed("settings", items, wanted, len(found))


@routes.get("settings/{_id}", permissions=["view-privileged-setting"], example=_ITEM)
async def show(call: Call) -> dict[str, Any]:
    """Show one setting.

    One that is hidden or unknown is answered with `{"success": false}`.
    """
    setting = visible_setting(call.path["_id"])
    if setting is None:
        raise Silent
    return setting_document(setting, call.settings)


@routes.post(
    "settings/{_id}",
    permissions=["edit-privileged-setting"],
    two_factor="remembered",
    refusals=(
        "Value for setting Livechat_auto_close_on_hold_chats_timeout must be greater than or "
        "equal to 0 [error-invalid-setting-value]",
        "TOTP Required [totp-required]",
    ),
)
async def write(call: Call, body: WriteSetting) -> None:
    """Write one setting, or run an action.

    Any JSON is stored: the type is not checked here. It counts from the next request on.
    """
    await call.write(write_one, call.settings, call.user, call.path["_id"], body)


@routes.post(
    "settings",
    two_factor="always",
    refusals=(
        "Editing settings is not allowed [error-action-not-allowed]",
        "Match error: Expected boolean, got string",
        "Invalid setting value 1.5 [error-invalid-setting-value]",
        "[Invalid JSON provided]",
        "TOTP Required [totp-required]",
    ),
)
async def write_all(call: Call, body: WriteSettings) -> None:
    """Write several settings: all of them or, if one cannot be, none.

    Needs `edit-privileged-setting`, or `manage-selected-settings` with the permission
    `change-setting-<id>` of each.
    """
    await call.write(write_several, call.user, body.settings)


@routes.get("settings.oauth", public=True, example={"services": []})
async def oauth(_: Call) -> dict[str, Any]:
    """List the log-in services of others: there are none.

    For clients that ask before they show their log-in form.
    """
    return {"services": []}


@routes.get("service.configurations", public=True, example={"configurations": []})
async def configurations(_: Call) -> dict[str, Any]:
    """List the configurations of log-in services of others: there are none.

    For clients that ask before they show their log-in form.
    """
    return {"configurations": []}


ROUTES: tuple[Routes, ...] = (routes,)
