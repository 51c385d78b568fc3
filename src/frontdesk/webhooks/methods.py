"""The real-time methods of webhooks: for clients older than their REST successors.

Source: behaviour of the API, messages, sections 5.7 and 6.6.
"""

from typing import Any

from frontdesk.errors import Coded, Refused
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.methods import Methods
from frontdesk.settings.registry import check_value, load_registry
from frontdesk.webhooks.integrations import save_integrations
from frontdesk.webhooks.schemas import SETTINGS
from frontdesk.webhooks.testing import try_webhook

methods = Methods()
_KNOWN = frozenset(SETTINGS.values())


@methods.method("livechat:saveIntegration", permissions=["view-livechat-manager"])
async def save(caller: Caller, values: dict[str, Any]) -> None:
    """Say where events of conversations are sent, and which, by the ids of the settings; others are
    ignored.
    """
    registry = load_registry()
    chosen = {
        setting_id: value.strip() if isinstance(value, str) else value
        for setting_id, value in values.items()
        if setting_id in _KNOWN and value is not None
    }
    try:
        for setting_id, value in chosen.items():
            check_value(registry[setting_id], value)
    except (Refused, Coded) as refusal:
        raise MethodFailure(400, "Match failed") from refusal
    await caller.write(save_integrations, chosen)


@methods.method("livechat:webhookTest", permissions=["view-livechat-webhooks"])
async def test(caller: Caller) -> bool:
    """Send a sample to the webhook."""
    await try_webhook(caller.workspace, any_success=True)
    return True
