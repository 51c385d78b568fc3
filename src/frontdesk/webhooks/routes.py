"""The HTTP face of webhooks."""

from typing import Any

from frontdesk.http import Call, Routes
from frontdesk.http.paging import page
from frontdesk.webhooks.integrations import chosen_values, read_integrations, save_integrations
from frontdesk.webhooks.log import list_attempts
from frontdesk.webhooks.schemas import LogQuery, SaveIntegrations
from frontdesk.webhooks.testing import try_webhook

routes = Routes("Omnichannel Webhooks")
ROUTES = (routes,)

_MANAGER = ["view-livechat-manager"]
_WEBHOOKS = ["view-livechat-webhooks"]


@routes.get(
    "livechat/integrations.settings",
    tag="Livechat",
    permissions=_MANAGER,
    example={
        "settings": [
            {
                "_id": "Livechat_webhookUrl",
                "type": "string",
                "value": "https://crm.example.org/conversations",
                "packageValue": "",
                "group": "Omnichannel",
                "section": "CRM_Integration",
                "_updatedAt": "2026-03-01T10:00:00.000Z",
            }
        ]
    },
)
async def integrations(call: Call) -> dict[str, Any]:
    """Read where events of conversations are sent, and which.

    Settings, with all that a form needs to show them; the secret among them is shown too.
    """
    return {"settings": await call.read(read_integrations)}


@routes.post(
    "omnichannel/integrations",
    permissions=_MANAGER,
    request={
        "LivechatWebhookUrl": "https://crm.example.org/conversations",
        "LivechatSecretToken": "a long random text",
        "LivechatHttpTimeout": 5000,
        "LivechatWebhookOnStart": True,
        "LivechatWebhookOnClose": True,
        "LivechatWebhookOnChatTaken": True,
        "LivechatWebhookOnChatQueued": False,
        "LivechatWebhookOnForward": False,
        "LivechatWebhookOnOfflineMsg": True,
        "LivechatWebhookOnVisitorMessage": True,
        "LivechatWebhookOnAgentMessage": True,
    },
    refusals=("must be boolean [invalid-params]",),
)
async def save(call: Call, body: SaveIntegrations) -> None:
    """Say where events of conversations are sent, and which.

    What is left out stays as it is. Events are posted as JSON, with the secret in the header
    `X-RocketChat-Livechat-Token`; an answer other than 200 in `LivechatHttpTimeout` milliseconds
    is a failure, and the event is sent again later, before those of the same conversation that
    come after it. Internal addresses are not asked unless the setting `SSRF_Allowlist` names them.
    """
    await call.write(save_integrations, chosen_values(body))


@routes.post(
    "livechat/webhook.test",
    permissions=_WEBHOOKS,
    refusals=("Webhook_URL_not_set", "error-invalid-webhook-response"),
)
async def test(call: Call) -> None:
    """Send a sample to the webhook.

    Succeeds if the answer is 200 and comes within 20 seconds. `livechat/webhook.log` says what was
    wrong with any other.
    """
    await try_webhook(call.workspace)


@routes.get(
    "livechat/webhook.log",
    permissions=_WEBHOOKS,
    example={
        "attempts": [
            {
                "event": "LivechatSessionStart",
                "roomId": "k3VbnQ7xTzP2mWc9d",
                "attempt": 1,
                "outcome": "failed",
                "status": 503,
                "duration": 41,
                "error": "the status is 503",
                "ts": "2026-03-01T10:00:00.000Z",
            }
        ],
        "count": 1,
        "offset": 0,
        "total": 1,
        "waiting": 1,
    },
)
async def log(call: Call, query: LogQuery) -> dict[str, Any]:
    """List what became of the events that were sent to the webhook, newest first.

    One entry for each attempt: `outcome` is `delivered`, `failed` (it is sent again) or `given_up`.
    `event` and `roomId` narrow the list down. `waiting` is how many events are still to be
    delivered. The last 10,000 attempts of 30 days are kept, without what was sent.
    """
    wanted = page(call.settings, query)
    return await call.workspace.db.read(
        lambda tx: list_attempts(tx, wanted, event=query.event, room_id=query.roomId)
    )
