"""What the tests of webhooks have in common: a receiver, and agents who serve."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.builders import Person, create_agent, retire, settings
from tests.harness.client import Api
from tests.webhooks.receiver import Receiver

#: Setting ids by the name of the event.
SWITCHES = {
    "LivechatSessionStart": "Livechat_webhook_on_start",
    "LivechatSessionQueued": "Livechat_webhook_on_chat_queued",
    "LivechatSessionTaken": "Livechat_webhook_on_chat_taken",
    "LivechatSessionForwarded": "Livechat_webhook_on_forward",
    "LivechatSession": "Livechat_webhook_on_close",
    "LeadCapture": "Livechat_webhook_on_capture",
    "LivechatOfflineMessage": "Livechat_webhook_on_offline_msg",
    "visitor": "Livechat_webhook_on_visitor_message",
    "agent": "Livechat_webhook_on_agent_message",
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a receiver that is there."""
    started = Receiver()
    started.start()
    yield started
    started.stop()


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent who is online, and retired afterwards."""
    made = create_agent(admin)
    yield made
    retire(admin, made)


@pytest.fixture
def colleague(admin: Api) -> Iterator[Person]:
    """Return another agent who is online, and retired afterwards."""
    made = create_agent(admin)
    yield made
    retire(admin, made)


def telling(
    admin: Api, receiver: Receiver, *events: str, **more: Any
) -> AbstractContextManager[None]:
    """Tell the receiver of some events for the length of a `with` block; `more` are settings.

    Conversations wait to be taken by hand, unless `more` says otherwise.
    """
    values = {
        "Livechat_webhookUrl": receiver.url,
        "Livechat_Routing_Method": "Manual_Selection",
        "Livechat_accept_chats_with_no_agents": True,
        **{SWITCHES[event]: True for event in events},
        **more,
    }
    return settings(admin, **values)


def attempts_of(admin: Api, room_id: str) -> list[dict[str, Any]]:
    """Return what the log says of a conversation, oldest first."""
    answer = admin.get("livechat/webhook.log", {"roomId": room_id, "count": 100})
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["attempts"]))
