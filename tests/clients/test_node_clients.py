"""Whole conversations held by the clients that are published for Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders import (
    PASSWORD,
    Person,
    open_conversation,
    room_of,
    say_as_visitor,
    take,
)
from tests.clients.conftest import HERE
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

PATIENCE = 60  # seconds that anything may take on a loaded machine


def node(script: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start a script of this folder."""
    program = shutil.which("node")
    assert program is not None
    return subprocess.Popen(
        [program, str(HERE / script), *arguments],
        env={"PATH": str(Path(program).parent), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.usefixtures("node_modules", "by_hand")
def test_ddp_client_holds_both_ends_of_a_conversation(
    server: FrontdeskProcess, admin: Api, agent: Person
) -> None:
    client = node("ddp_client.cjs", server.url, agent.username, PASSWORD)
    output, errors = client.communicate(timeout=PATIENCE)

    assert client.returncode == 0, errors
    seen = json.loads(output)
    room = room_of(admin, seen.pop("room"))
    assert "open" not in room
    assert room["closer"] == "visitor"
    assert seen == {
        "agent": agent.id,
        "inquiry": "queued",
        "servedBy": agent.username,
        "typing": ["Ada Example", ["user-typing"]],
        "question": {"hasDate": True, "token": True},
        "answer": {"id": room["_id"][:8] + "-answer", "by": agent.username},
        "history": ["On its way", "Where is my desk?", "", "connected", ""],
        "closed": "livechat-close",
    }


@pytest.mark.usefixtures("node_modules", "by_hand")
def test_a_bot_of_the_sdk_answers_in_the_conversations_that_it_serves(
    server: FrontdeskProcess, admin: Api, agent: Person
) -> None:
    bot = node(
        "sdk_bot.cjs",
        ROCKETCHAT_URL=server.url,
        ROCKETCHAT_USER=agent.username,
        ROCKETCHAT_PASSWORD=PASSWORD,
    )
    try:
        assert bot.stdout is not None
        ready = bot.stdout.readline()
        assert ready == f"ready {agent.id}\n", bot.communicate()[1]
        room, visitor = open_conversation(admin)
        take(agent, admin, room["_id"])
        for text in ("Hello", "Is anybody there?"):
            say_as_visitor(admin, room["_id"], visitor, text)
            answer = json.loads(bot.stdout.readline())
            assert answer == {"heard": text, "in": "l", "sent": f"You said: {text}"}
        last = room_of(admin, room["_id"])["lastMessage"]
        assert (last["msg"], last["u"]["_id"]) == ("You said: Is anybody there?", agent.id)
    finally:
        _, errors = bot.communicate(timeout=PATIENCE)
    assert bot.returncode == 0, errors
