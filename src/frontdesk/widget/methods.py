"""The real-time methods of the widget: for those older than their REST successors.

Source: behaviour of the API, messages, section 6.6; real time, section 5.4.
"""

from typing import Any

from frontdesk.errors import Coded
from frontdesk.http.validation import InvalidParams
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.methods import Methods
from frontdesk.widget.appearance import are_known, save_appearance
from frontdesk.widget.appearance_routes import checked_values
from frontdesk.widget.initial_data import initial_data

methods = Methods()


@methods.method("livechat:getInitialData", public=True)
async def get_initial_data(
    caller: Caller, token: str | None = None, department_id: str | None = None
) -> dict[str, Any]:
    """Answer what the widget needs to know before a conversation."""
    return await caller.read(initial_data, caller.settings, token, department_id)


@methods.method("livechat:saveAppearance", permissions=["view-livechat-manager"])
async def save(caller: Caller, values: list[Any]) -> None:
    """Change how the widget looks and what it says."""
    try:
        wanted = checked_values(values)
    except InvalidParams as error:
        raise MethodFailure(400, "Match failed") from error
    if not are_known(wanted):
        raise Coded("invalid-setting")
    await caller.write(save_appearance, wanted)
