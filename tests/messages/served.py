"""A conversation between a visitor and an agent."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.builders import Person, Visitor
from tests.harness.client import Api


@dataclass
class Served:
    """An open conversation, its visitor, and the agent who serves it."""

    room_id: str
    visitor: Visitor
    agent: Person


def send(api: Api, served: Served, text: str, **fields: Any) -> httpx.Response:
    """Send a message as the visitor and return the answer, whatever it is."""
    body = {"token": served.visitor.token, "rid": served.room_id, "msg": text, **fields}
    return api.post("livechat/message", body)


def close(served: Served) -> None:
    """Close the conversation as its agent."""
    answer = served.agent.api.post(
        "livechat/room.closeByUser", {"rid": served.room_id, "comment": "Done"}
    )
    assert answer.status_code == 200, answer.text


def error(answer: httpx.Response) -> str:
    """Return the error text of a refusal with status 400."""
    assert answer.status_code == 400, answer.text
    return str(answer.json().get("error"))
