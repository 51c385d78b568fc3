"""The SMS providers by name, as the setting `SMS_Service` and the endpoint's address have it."""

from typing import TYPE_CHECKING

from frontdesk.channels.sms.mobex import Mobex
from frontdesk.channels.sms.provider import Provider
from frontdesk.channels.sms.twilio import Twilio
from frontdesk.channels.sms.voxtelesys import Voxtelesys

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

PROVIDERS: dict[str, Provider] = {
    "twilio": Twilio(),
    "voxtelesys": Voxtelesys(),
    "mobex": Mobex(),
}


def provider_in_use(settings: "Settings") -> Provider | None:
    """Return the workspace's provider, if SMS are on and it is one that we know."""
    if not settings.flag("SMS_Enabled"):
        return None
    return PROVIDERS.get(settings.text("SMS_Service").strip().lower())
