"""Whatever many people do to a few conversations at once, each ends in good order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal, NamedTuple

import httpx
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from frontdesk.conversations.finding import find_conversation, inquiry_of_room
from frontdesk.conversations.ownership import conversations_of_member
from frontdesk.db import Tx
from tests.builders import (
    Person,
    Visitor,
    create_agent,
    create_department,
    inquiry_of,
    open_conversation,
    register_visitor,
    retire,
    settings,
    store_url,
    stored,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.invariants import broken_rules

AGENTS = 3
ROOMS = 3
AT_ONCE = 8

What = Literal["to agent", "to department", "by visitor", "take", "return", "close"]


class Act(NamedTuple):
    """Something that somebody does to a conversation; agents and departments by number."""

    what: What
    room: int
    agent: int
    department: int


_WHAT: tuple[What, ...] = ("to agent", "to department", "by visitor", "take", "return", "close")
ACTS = st.lists(
    st.builds(
        Act,
        # Closing is the end of it: the others get more turns.
        st.sampled_from((*_WHAT[:-1] * 4, *_WHAT)),
        st.integers(0, ROOMS - 1),
        st.integers(0, AGENTS - 1),
        st.integers(0, 1),
    ),
    min_size=10,
    max_size=30,
)


class Desk:
    """Some conversations, agents, and two departments with two agents each."""

    def __init__(self, api: Api, admin: Api) -> None:
        self.api = api
        self.admin = admin
        self.agents = [create_agent(admin) for _ in range(AGENTS)]
        self.departments = [
            create_department(admin, agents=self.agents[n : n + 2]) for n in range(2)
        ]
        self.rooms = [self._open(self.departments[n % 2]) for n in range(ROOMS)]

    def _open(self, department: str) -> tuple[str, Visitor]:
        room, visitor = open_conversation(
            self.api, register_visitor(self.api, department=department)
        )
        return room["_id"], visitor

    def do(self, act: Act) -> httpx.Response:
        """Do it; that it comes too late is no mistake."""
        room_id, visitor = self.rooms[act.room]
        agent, department = self.agents[act.agent], self.departments[act.department]
        match act.what:
            case "to agent":
                body = {"roomId": room_id, "userId": agent.id}
                return self.admin.post("livechat/room.forward", body)
            case "to department":
                body = {"roomId": room_id, "departmentId": department}
                return self.admin.post("livechat/room.forward", body)
            case "by visitor":
                body = {"token": visitor.token, "rid": room_id, "department": department}
                return self.api.post("livechat/visitor/department.transfer", body)
            case "take":
                inquiry = inquiry_of(self.admin, room_id) or {"_id": "gone"}
                return agent.api.post("livechat/inquiries.take", {"inquiryId": inquiry["_id"]})
            case "return":
                return self.admin.post("livechat/inquiries.returnAsInquiry", {"roomId": room_id})
            case "close":
                return self.close(room_id)

    def close(self, room_id: str) -> httpx.Response:
        """Close a conversation."""
        return self.admin.post("livechat/room.closeByUser", {"rid": room_id, "comment": "end"})


class Stored(NamedTuple):
    """A conversation as it stands in the store."""

    open: bool
    agent_id: str | None
    members: set[str]
    inquiry: str | None


def look(tx: Tx, room_id: str, agents: list[Person]) -> Stored:
    """Read a conversation, all at one moment."""
    room, inquiry = find_conversation(tx, room_id), inquiry_of_room(tx, room_id)
    assert room is not None, "it is lost"
    members = {each.id for each in agents if room_id in conversations_of_member(tx, each.id)}
    status = None if inquiry is None else inquiry.status
    return Stored(room.open, room.agent_id, members, status)


def test_a_conversation_is_with_one_agent_at_the_most_and_none_is_lost(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server()
    with Api(process.url) as api, api.login_as_administrator() as admin:
        many_do_at_once(process, api, admin)

    assert broken_rules(store_url(process)) == []


@hypothesis_settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(acts=ACTS, manual=st.booleans())
def many_do_at_once(
    process: FrontdeskProcess, api: Api, admin: Api, acts: list[Act], manual: bool
) -> None:
    """Do all acts, several at a time, then look at each conversation."""
    method = "Manual_Selection" if manual else "Auto_Selection"
    with settings(admin, Livechat_Routing_Method=method):
        desk = Desk(api, admin)

        with ThreadPoolExecutor(AT_ONCE) as people:
            answers = list(people.map(desk.do, acts))

        assert {each.status_code for each in answers} <= {200, 400}, [
            each.text for each in answers if each.status_code not in (200, 400)
        ]
        for room_id, _ in desk.rooms:
            found = stored(process, partial(look, room_id=room_id, agents=desk.agents))
            if found.open:
                assert found.members == ({found.agent_id} if found.agent_id else set())
                assert found.inquiry is not None
                assert (found.inquiry == "taken") == (found.agent_id is not None)
            else:
                assert (found.members, found.inquiry) == (set(), None)
            desk.close(room_id)
        retire(admin, *desk.agents)
