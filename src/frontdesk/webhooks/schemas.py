"""The settings of the webhook and its log on the wire."""

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from frontdesk.http.paging import PageQuery

#: Longer addresses and secrets than any server takes.
_Text = Annotated[str, msgspec.Meta(max_length=4_096)]
#: What a whole number of JSON can be everywhere.
_Number = Annotated[float, msgspec.Meta(ge=-(2**53), le=2**53)]


class SaveIntegrations(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST omnichannel/integrations; what is left out stays as it is."""

    LivechatWebhookUrl: _Text | UnsetType = UNSET
    LivechatSecretToken: _Text | UnsetType = UNSET
    LivechatHttpTimeout: _Number | UnsetType = UNSET
    LivechatWebhookOnStart: bool | UnsetType = UNSET
    LivechatWebhookOnClose: bool | UnsetType = UNSET
    LivechatWebhookOnChatTaken: bool | UnsetType = UNSET
    LivechatWebhookOnChatQueued: bool | UnsetType = UNSET
    LivechatWebhookOnForward: bool | UnsetType = UNSET
    LivechatWebhookOnOfflineMsg: bool | UnsetType = UNSET
    LivechatWebhookOnVisitorMessage: bool | UnsetType = UNSET
    LivechatWebhookOnAgentMessage: bool | UnsetType = UNSET


#: The setting that each member of the body is.
SETTINGS = {
    "LivechatWebhookUrl": "Livechat_webhookUrl",
    "LivechatSecretToken": "Livechat_secret_token",
    "LivechatHttpTimeout": "Livechat_http_timeout",
    "LivechatWebhookOnStart": "Livechat_webhook_on_start",
    "LivechatWebhookOnClose": "Livechat_webhook_on_close",
    "LivechatWebhookOnChatTaken": "Livechat_webhook_on_chat_taken",
    "LivechatWebhookOnChatQueued": "Livechat_webhook_on_chat_queued",
    "LivechatWebhookOnForward": "Livechat_webhook_on_forward",
    "LivechatWebhookOnOfflineMsg": "Livechat_webhook_on_offline_msg",
    "LivechatWebhookOnVisitorMessage": "Livechat_webhook_on_visitor_message",
    "LivechatWebhookOnAgentMessage": "Livechat_webhook_on_agent_message",
}


class LogQuery(PageQuery, kw_only=True):
    """Query of GET livechat/webhook.log."""

    event: str | None = None
    roomId: str | None = None
