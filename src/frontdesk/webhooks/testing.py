"""Trying the webhook: one event that never happened.

Source: behaviour of the API, messages, section 5.7.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.clock import iso, now_ms
from frontdesk.errors import Refused
from frontdesk.webhooks.events import CLOSED, receiver
from frontdesk.webhooks.log import note_attempt
from frontdesk.webhooks.posting import NO_ADDRESS, post_event
from frontdesk.webhooks.records import Attempt

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

#: How the log names it.
TEST = "Test"
#: Milliseconds for the answer, whatever the setting says.
TIMEOUT = 20_000


async def try_webhook(workspace: "Workspace", *, any_success: bool = False) -> None:
    """Post a sample to the workspace's receiver, once.

    Raises Refused `Webhook_URL_not_set`, and `error-invalid-webhook-response` for any status but
    200, or with `any_success` any but 2xx. The log says what was wrong.
    """
    settings = workspace.settings
    if not receiver(settings):
        raise Refused(NO_ADDRESS)
    outcome = await post_event(
        settings,
        sample(now_ms()),
        timeout=TIMEOUT,
        always_with_secret=True,
        any_success=any_success,
    )
    attempt = Attempt(
        position=0,
        at=now_ms(),
        event=TEST,
        room_id=None,
        attempt=1,
        outcome="delivered" if outcome.delivered else "given_up",
        status=outcome.status,
        duration=outcome.duration,
        error=outcome.error,
    )
    await workspace.db.write(lambda tx: note_attempt(tx, attempt))
    if not outcome.delivered:
        raise Refused("error-invalid-webhook-response")


def sample(now: int) -> dict[str, Any]:
    """Return the event that is sent at time `now` (ms): the same as the API sends."""
    ts = iso(now)
    return {
        "type": CLOSED,
        "_id": "fasd6f5a4sd6f8a4sdf",
        "label": "title",
        "topic": "asiodojf",
        "createdAt": ts,
        "lastMessageAt": ts,
        "tags": ["tag1", "tag2", "tag3"],
        "customFields": {"productId": "123456"},
        "visitor": {
            "_id": "",
            "name": "visitor name",
            "username": "visitor-username",
            "department": "department",
            "email": "email@address.com",
            "phone": "192873192873",
            "ip": "123.456.7.89",
            "browser": "Chrome",
            "os": "Linux",
            "customFields": {"customerId": "123456"},
        },
        "agent": {
            "_id": "asdf89as6df8",
            "username": "agent.username",
            "name": "Agent Name",
            "email": "agent@email.com",
        },
        "messages": [
            {"username": "visitor-username", "msg": "message content", "ts": ts},
            {
                "username": "agent.username",
                "agentId": "asdf89as6df8",
                "msg": "message content from agent",
                "ts": ts,
            },
        ],
    }
