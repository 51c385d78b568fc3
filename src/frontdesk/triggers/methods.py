"""The real-time methods of triggers: for clients older than their REST successors.

Source: behaviour of the API, messages, section 6.6.
"""

from typing import Any

from frontdesk.http.validation import InvalidParams, Shape
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.methods import Methods
from frontdesk.triggers import saving
from frontdesk.triggers.schemas import SaveTrigger

methods = Methods()
_TRIGGER = Shape(SaveTrigger)


@methods.method("livechat:saveTrigger", permissions=["view-livechat-manager"])
async def save(caller: Caller, trigger: dict[str, Any]) -> bool:
    """Make a trigger, or change the one with the given `_id`."""
    try:
        given = _TRIGGER.from_value(trigger, "classic", "body")
    except InvalidParams as error:
        raise MethodFailure(400, "Match failed") from error
    await caller.write(saving.save_trigger, given)
    return True


@methods.method("livechat:removeTrigger", permissions=["view-livechat-manager"])
async def remove(caller: Caller, trigger_id: str) -> bool:
    """Remove a trigger."""
    await caller.write(saving.remove_trigger, trigger_id)
    return True
