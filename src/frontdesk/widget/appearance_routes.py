"""The appearance of the widget over HTTP."""

from typing import Any

import msgspec

from frontdesk.errors import Refused
from frontdesk.http import Call, Routes
from frontdesk.http.ajv import Checker, compile_schema
from frontdesk.http.frame import body_value
from frontdesk.http.validation import InvalidParams
from frontdesk.widget.appearance import are_known, read_appearance, save_appearance
from frontdesk.widget.schemas import SaveAppearance, SettingValue

routes = Routes("Livechat Appearance")

_MANAGER = ["view-livechat-manager"]
_SETTING = {
    "_id": "Livechat_title",
    "type": "string",
    "value": "Ask us",
    "packageValue": "Frontdesk",
    "group": "Omnichannel",
    "section": "Livechat",
    "public": True,
    "_updatedAt": "2026-03-01T10:00:00.000Z",
}
_checker: Checker = compile_schema(SaveAppearance.json_schema, {}, scalar_to_array=False)


def checked_values(value: Any) -> list[SettingValue]:
    """Return the settings and values that a body names; raises InvalidParams."""
    checked = _checker(value)
    if checked.errors:
        raise InvalidParams(checked.errors, "classic")
    return msgspec.convert(checked.value, list[SettingValue])


@routes.get("livechat/appearance", permissions=_MANAGER, example={"appearance": [_SETTING]})
async def appearance(call: Call) -> dict[str, Any]:
    """Read how the widget looks and what it says.

    Settings, with all that a form needs to show them.
    """
    return {"appearance": await call.read(read_appearance)}


@routes.post(
    "livechat/appearance",
    permissions=_MANAGER,
    body_by_hand=SaveAppearance,
    refusals=("must be array [invalid-params]", "invalid-setting"),
)
async def save(call: Call) -> None:
    """Change how the widget looks and what it says.

    The body is a list of `{_id, value}`: all are stored or, if one is no setting of the widget,
    none. Choices that there are not are left as they were. It counts from the next request on.
    """
    wanted = checked_values(body_value(call))
    if not are_known(wanted):
        raise Refused("invalid-setting")
    await call.write(save_appearance, wanted)
