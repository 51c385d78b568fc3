"""A working day: 20,000 conversations that 64 clients hold at the same time, through the API alone.

They are opened, written in, forwarded, held, given back and closed, sometimes by two at once; most
agents have enough to do, so the queue is never empty for long. Afterwards the store is looked at
from outside: none of the rules in tests/invariants.py may be broken.
"""

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import msgspec
import uvloop

from bench import people, servers
from bench.client import Client, Refused
from bench.load import Outcome
from bench.machine import LOAD_CORE, on_core, processor_seconds
from bench.requests import LogIn
from bench.stores import Engine, empty_database, first_start
from frontdesk.access.records import LoginToken
from frontdesk.access.tables import login_tokens
from frontdesk.clock import now_ms
from frontdesk.demo_data import store
from frontdesk.ids import random_id
from frontdesk.workforce.records import Department, DepartmentAgent
from tests.invariants import Finding, broken_rules

CONVERSATIONS = 20_000
CLIENTS = 64
AGENTS = 50
DEPARTMENTS = 5
SEED = 7
#: Of the last conversations some are left open, so that the day does not end with an empty desk.
LEFT = 60
#: Seconds that a visitor waits for an agent before something must be wrong, and in the evening.
_PATIENCE = 120.0
_PATIENCE_AT_THE_END = 3.0
#: Seconds between two looks whether somebody serves a conversation.
_LOOK_AGAIN = 0.02
_SETTINGS = {
    "Livechat_waiting_queue": "true",
    "Livechat_allow_manual_on_hold": "true",
    "Omnichannel_queue_delay_timeout": "1",
}


class Desk(msgspec.Struct):
    """Where the day takes place: the server's port and process, and who works there. `agents`
    are log-ins by user id, `departments` ids.
    """

    port: int
    server: int
    manager: LogIn
    agents: dict[str, LogIn]
    departments: list[str]
    conversations: int = CONVERSATIONS


class Day(msgspec.Struct):
    """How the day went: the calls, how often what was done, and what was refused how often."""

    outcome: Outcome
    done: dict[str, int]
    refused: dict[str, int]


def a_day_on(engine: Engine, conversations: int = CONVERSATIONS) -> tuple[Day, list[Finding]]:
    """Hold a day on an empty database; return how it went and which rules are broken."""
    with empty_database(engine) as (place, url):
        desk = _lay_down(place, url)
        desk.conversations = conversations
        with servers.frontdesk(place, url, _SETTINGS) as server:
            desk.port, desk.server = server.port, server.pid
            with on_core(LOAD_CORE):
                done = subprocess.run(
                    [sys.executable, "-m", "bench.day"],
                    input=msgspec.msgpack.encode(desk),
                    stdout=subprocess.PIPE,
                    check=True,
                )
        return msgspec.msgpack.decode(done.stdout, type=Day), broken_rules(url)


def _lay_down(place: Path, url: str) -> Desk:
    """Write the people of the desk into the store: most agents take one chat at a time."""
    manager = people.agent("bench.manager", *people.MANAGER_ROLES)
    manager.status_livechat = "not-available"
    agents = [
        people.agent(f"agent{number}", chat_limit=1 if number % 5 < 3 else 2)
        for number in range(AGENTS)
    ]
    departments = [_department(number) for number in range(DEPARTMENTS)]
    links = []
    for number, agent in enumerate(agents):
        department = departments[number % DEPARTMENTS]
        department.agent_count += 1
        links.append(
            DepartmentAgent(random_id(), agent.id, department.id, agent.username, updated_at=1)
        )
    log_ins: dict[str, LogIn] = {}
    tokens: list[LoginToken] = []
    for user in (manager, *agents):
        log_ins[user.id], token = people.logged_in(user)
        tokens.append(token)
    db = first_start(place, url)
    db.write_now(lambda tx: store.write(tx, [manager, *agents, *departments, *links]))
    db.write_now(lambda tx: tx.insert_many(login_tokens, tokens))
    asyncio.run(db.close())
    by_manager = log_ins.pop(manager.id)
    return Desk(0, 0, by_manager, log_ins, [each.id for each in departments])


def _department(number: int) -> Department:
    return Department(
        id=random_id(),
        name=f"Department {number}",
        enabled=True,
        email=f"department{number}@example.org",
        show_on_registration=False,
        show_on_offline_form=False,
        chat_limit=1 if number == 0 else None,
        created_at=now_ms(),
        updated_at=now_ms(),
    )


class _Shift:
    """What all clients of a day share."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._next = 0

    def next(self) -> int | None:
        """Return the number of the next conversation, None when all were begun."""
        if self._next == self.desk.conversations:
            return None
        self._next += 1
        return self._next - 1


class _Visit:
    """One conversation, from its first word to its close."""

    def __init__(self, shift: _Shift, client: Client, rival: Client, number: int) -> None:
        self._shift = shift
        self._client = client
        self._rival = rival
        self._chance = Random(f"{SEED}/{number}")
        self._number = number
        self._token = f"day-{number}-{self._chance.randbytes(12).hex()}"
        self._room = ""
        self._agent: LogIn | None = None
        self._late = number >= shift.desk.conversations - LEFT

    async def hold(self) -> None:
        """Hold the conversation."""
        chance = self._chance
        await self._open()
        await self._say("Hello, who can help me?")
        if chance.random() < 0.03 and not self._late:
            await self._close_as_visitor(self._client)  # does not want to wait
            return
        if not await self._is_served():
            return
        await self._exchange(chance.randint(1, 3))
        drawn = chance.random()
        if drawn < 0.08:
            await self._forward()
        elif drawn < 0.14:
            await self._give_back()
        elif drawn < 0.22:
            await self._pause()
        if not await self._is_served():
            return
        if drawn < 0.22:
            await self._exchange(1)
        if self._late and chance.random() < 0.5:
            self._shift.done["left open"] += 1
            return
        await self._close()

    async def _open(self) -> None:
        visitor = {
            "token": self._token,
            "name": f"Visitor {self._number}",
            "email": f"visitor{self._number}@example.org",
            "department": self._chance.choice(self._shift.desk.departments),
        }
        await self._client.post("livechat/visitor", {"visitor": visitor})
        room = (await self._client.get("livechat/room", token=self._token))["room"]
        self._room = room["_id"]
        self._shift.done["opened"] += 1

    async def _is_served(self) -> bool:
        """Wait until somebody serves it; in the evening not for long."""
        patience = _PATIENCE_AT_THE_END if self._late else _PATIENCE
        gives_up = perf_counter() + patience
        while True:
            answer = await self._client.get("livechat/room", token=self._token, rid=self._room)
            served = answer["room"].get("servedBy")
            if served is not None:
                self._agent = self._shift.desk.agents[served["_id"]]
                return True
            if perf_counter() > gives_up:
                break
            self._shift.done["looked again"] += 1
            await asyncio.sleep(_LOOK_AGAIN)
        if not self._late:
            raise TimeoutError(f"nobody serves {self._room} after {_PATIENCE} s")
        self._shift.done["left waiting"] += 1
        return False

    async def _say(self, text: str) -> None:
        body = {"token": self._token, "rid": self._room, "msg": text}
        await self._client.post("livechat/message", body)
        self._shift.done["messages"] += 1

    async def _answer(self, text: str) -> None:
        body = {"message": {"rid": self._room, "msg": text}}
        await self._client.post("chat.sendMessage", body, self._agent)
        self._shift.done["messages"] += 1

    async def _exchange(self, times: int) -> None:
        for _ in range(times):
            await self._answer("Let me see. What is the number of the order?")
            await self._say("It is FD-2041, from last week.")

    async def _forward(self) -> None:
        desk = self._shift.desk
        body = {"roomId": self._room, "departmentId": self._chance.choice(desk.departments)}
        await self._try("forwarded", "livechat/room.forward", body, desk.manager)

    async def _give_back(self) -> None:
        body = {"roomId": self._room}
        await self._try("given back", "livechat/inquiries.returnAsInquiry", body)

    async def _pause(self) -> None:
        """Put it on hold; the visitor takes it up by writing, or the agent by hand."""
        await self._answer("I have to ask a colleague.")
        body = {"roomId": self._room}
        if not await self._try("held", "livechat/room.onHold", body):
            return
        if self._chance.random() < 0.5:
            await self._say("Take your time.")
        elif not await self._try("taken up by hand", "livechat/room.resumeOnHold", body):
            await self._say("Are you still there?")  # the agent has other chats now

    async def _close(self) -> None:
        drawn = self._chance.random()
        if drawn < 0.1:
            await self._close_at_once()
        elif drawn < 0.3:
            await self._close_as_visitor(self._client)
        else:
            closer = self._shift.desk.manager if drawn > 0.93 else self._agent
            await self._client.post("livechat/room.closeByUser", self._closing(), closer)
            self._shift.done["closed"] += 1

    async def _close_at_once(self) -> None:
        """Let the agent and the visitor close at the same moment: one of them does."""
        by_agent = self._client.post("livechat/room.closeByUser", self._closing(), self._agent)
        by_visitor = self._close_as_visitor(self._rival)
        outcomes = await asyncio.gather(by_agent, by_visitor, return_exceptions=True)
        failed = [each for each in outcomes if isinstance(each, BaseException)]
        if len(failed) != 1 or not isinstance(failed[0], Refused):
            raise AssertionError(f"two closers of {self._room}: {outcomes}")
        if not isinstance(outcomes[0], BaseException):
            self._shift.done["closed"] += 1
        self._shift.done["closed by two"] += 1

    async def _close_as_visitor(self, client: Client) -> None:
        await client.post("livechat/room.close", {"rid": self._room, "token": self._token})
        self._shift.done["closed"] += 1

    def _closing(self) -> dict[str, Any]:
        return {"rid": self._room, "comment": "Solved", "tags": [f"tag{self._number % 20}"]}

    async def _try(
        self, what: str, path: str, body: dict[str, Any], user: LogIn | None = None
    ) -> bool:
        """Do something that may be refused by the rules; return whether it was done."""
        try:
            await self._client.post(path, body, user or self._agent)
        except Refused as refusal:
            if refusal.status >= 500:
                raise
            self._shift.refused[str(refusal)] += 1
            return False
        self._shift.done[what] += 1
        return True


async def _work(shift: _Shift, client: Client, rival: Client) -> None:
    while (number := shift.next()) is not None:
        await _Visit(shift, client, rival, number).hold()


async def _carry_out(desk: Desk) -> Day:
    shift = _Shift(desk)
    clients = [Client(desk.port) for _ in range(2 * CLIENTS)]
    used_before, began = processor_seconds(desk.server), perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            group.create_task(_work(shift, clients[2 * number], clients[2 * number + 1]))
    seconds = perf_counter() - began
    used = processor_seconds(desk.server) - used_before
    for client in clients:
        client.close()
    latencies = sorted(each for client in clients for each in client.latencies)
    outcome = Outcome(
        answers=len(latencies),
        seconds=seconds,
        p50=latencies[len(latencies) // 2],
        p99=latencies[len(latencies) * 99 // 100],
        core_use=used / seconds,
        failures=0,
        first_failure="",
    )
    return Day(outcome, dict(shift.done), dict(shift.refused))


if __name__ == "__main__":
    _desk = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Desk)
    sys.stdout.buffer.write(msgspec.msgpack.encode(uvloop.run(_carry_out(_desk))))
