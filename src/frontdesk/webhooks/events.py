"""What another server may be told, and what of it the workspace wants to tell.

Source: behaviour of the API, messages, section 7.2.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

STARTED = "LivechatSessionStart"
QUEUED = "LivechatSessionQueued"
TAKEN = "LivechatSessionTaken"
FORWARDED = "LivechatSessionForwarded"
CLOSED = "LivechatSession"
EDITED = "LivechatEdit"
MESSAGE = "Message"
LEAD = "LeadCapture"
OFFLINE_MESSAGE = "LivechatOfflineMessage"

#: The settings that say where everything goes, and what those are proven by who send it.
URL = "Livechat_webhookUrl"
SECRET = "Livechat_secret_token"
TIMEOUT = "Livechat_http_timeout"

_SWITCHES = {
    STARTED: "Livechat_webhook_on_start",
    QUEUED: "Livechat_webhook_on_chat_queued",
    TAKEN: "Livechat_webhook_on_chat_taken",
    FORWARDED: "Livechat_webhook_on_forward",
    CLOSED: "Livechat_webhook_on_close",
    LEAD: "Livechat_webhook_on_capture",
    OFFLINE_MESSAGE: "Livechat_webhook_on_offline_msg",
}


def is_wanted(settings: "Settings", event: str) -> bool:
    """Tell whether anybody is to be told of an event; an edit needs no switch."""
    switch = _SWITCHES.get(event)
    return (switch is None or settings.flag(switch)) and bool(receiver(settings))


def are_messages_wanted(settings: "Settings", *, by_visitor: bool) -> bool:
    """Tell whether anybody is to be told of visitors' messages, or of those of agents and bots."""
    author = "visitor" if by_visitor else "agent"
    return settings.flag(f"Livechat_webhook_on_{author}_message") and bool(receiver(settings))


def receiver(settings: "Settings") -> str:
    """Return the address of the other server, empty if there is none."""
    return settings.text(URL).strip()
