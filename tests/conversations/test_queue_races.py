"""Whatever many people do with one queue at once: no limit is passed, nobody is lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Literal, NamedTuple

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.builders import (
    create_agent,
    create_department,
    eventually,
    inquiry_of,
    register_visitor,
    say_as_user,
    settings,
    store_url,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.invariants import Finding, broken_rules

AGENTS = 3
AT_ONCE = 8

What = Literal["open", "take", "return", "hold", "resume", "close", "leave", "come"]


class Act(NamedTuple):
    """Something that somebody does; agents and conversations by number, as far as there are any."""

    what: What
    agent: int
    room: int


ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from(
            ["open"] * 5
            + ["take", "take", "return", "return", "hold", "resume", "close", "close"]
            + ["leave", "come"]
        ),
        st.integers(0, AGENTS - 1),
        st.integers(0, 30),
    ),
    min_size=25,
    max_size=50,
)


class Desk:
    """Agents, one department for two of them, and the conversations that were opened."""

    def __init__(self, api: Api, admin: Api) -> None:
        self.api = api
        self.admin = admin
        self.agents = [create_agent(admin) for _ in range(AGENTS)]
        self.department = create_department(
            admin, agents=self.agents[:2], maxNumberSimultaneousChat=1
        )
        self.rooms: list[str] = []

    def do(self, act: Act) -> None:
        """Do it; that it is refused is no mistake."""
        agent = self.agents[act.agent]
        if act.what == "open":
            fields = {"department": self.department} if act.room % 2 else {}
            query = {"token": register_visitor(self.api, **fields).token}
            answer = self.api.get("livechat/room", query)
            assert answer.status_code == 200, answer.text
            self.rooms.append(answer.json()["room"]["_id"])
        elif act.what in ("leave", "come"):
            status = "available" if act.what == "come" else "not-available"
            agent.api.post("livechat/agent.status", {"status": status})
        elif self.rooms:
            self._change(act, self.rooms[act.room % len(self.rooms)])

    def _change(self, act: Act, room_id: str) -> None:
        agent = self.agents[act.agent]
        match act.what:
            case "take":
                inquiry = inquiry_of(self.admin, room_id) or {"_id": "gone"}
                body = {"inquiryId": inquiry["_id"], "options": {"clientAction": True}}
                answer = agent.api.post("livechat/inquiries.take", body)
            case "return":
                path = "livechat/inquiries.returnAsInquiry"
                answer = self.admin.post(path, {"roomId": room_id})
            case "hold":
                answer = self.admin.post("livechat/room.onHold", {"roomId": room_id})
            case "resume":
                answer = self.admin.post("livechat/room.resumeOnHold", {"roomId": room_id})
            case _:
                body = {"rid": room_id, "comment": "end"}
                answer = self.admin.post("livechat/room.closeByUser", body)
        assert answer.status_code in (200, 400), answer.text

    def waiting(self) -> list[str]:
        """Return what waits."""
        answer = self.admin.get("livechat/inquiries.list", {"count": 0})
        return [each["rid"] for each in answer.json()["inquiries"]]

    def fewer_wait(self, before: set[str]) -> bool:
        """Tell whether some of those who waited do so no more."""
        return set(self.waiting()) < before

    def close_all(self) -> None:
        """Close every conversation, whoever serves it."""
        for room_id in self.rooms:
            self._change(Act("close", 0, 0), room_id)


@contextmanager
def watching(url: str, found: list[Finding]) -> Iterator[None]:
    """Look again and again, while something is done, whether the store is in good order."""
    over = threading.Event()

    def look() -> None:
        while not over.is_set() and not found:
            found.extend(broken_rules(url))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def test_no_limit_is_passed_and_nobody_is_lost_whatever_happens_at_once(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(
        environment={
            "OVERWRITE_SETTING_Livechat_waiting_queue": "true",
            "OVERWRITE_SETTING_Livechat_maximum_chats_per_agent": "2",
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
            "OVERWRITE_SETTING_Livechat_allow_manual_on_hold_upon_agent_engagement_only": "false",
        }
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        many_share_a_queue(process, api, admin)


@hypothesis_settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(
    acts=ACTS,
    method=st.sampled_from(["Auto_Selection", "Load_Balancing", "Load_Rotation"]),
    mechanism=st.sampled_from(["Timestamp", "Priority", "SLAs"]),
)
def many_share_a_queue(
    process: FrontdeskProcess, api: Api, admin: Api, acts: list[Act], method: str, mechanism: str
) -> None:
    """Do the acts at once, then let all who wait be served."""
    with settings(admin, Livechat_Routing_Method=method, Omnichannel_sorting_mechanism=mechanism):
        desk = Desk(api, admin)
        found: list[Finding] = []
        with watching(store_url(process), found), ThreadPoolExecutor(AT_ONCE) as many:
            list(many.map(desk.do, acts))
        assert not found

        # What waits is served as agents become free, until nobody waits.
        for agent in desk.agents:
            agent.api.post("livechat/agent.status", {"status": "available"})
        opened = set(desk.rooms)
        while waiting := set(desk.waiting()):
            assert waiting <= opened
            for room_id in sorted(opened - waiting):
                desk._change(Act("close", 0, 0), room_id)
            opened = waiting
            eventually(partial(desk.fewer_wait, waiting))
        assert broken_rules(store_url(process)) == []
        desk.close_all()
        assert broken_rules(store_url(process)) == []
        for agent in desk.agents:
            agent.api.post("livechat/agent.status", {"status": "not-available"})


def test_of_many_who_resume_and_take_at_once_no_agent_gets_too_much(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(
        environment={
            "OVERWRITE_SETTING_Livechat_waiting_queue": "true",
            "OVERWRITE_SETTING_Livechat_maximum_chats_per_agent": "2",
            "OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection",
        }
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        desk = Desk(api, admin)
        agent = desk.agents[2]
        for _ in range(12):
            desk.do(Act("open", 0, 0))
        held, waiting = desk.rooms[:6], desk.rooms[6:]
        for room_id in held:
            desk._change(Act("take", 2, 0), room_id)
            say_as_user(agent.api, room_id, "One moment")
            desk._change(Act("hold", 2, 0), room_id)

        acts = [(Act("resume", 2, 0), each) for each in held]
        acts += [(Act("take", 2, 0), each) for each in waiting]
        with ThreadPoolExecutor(AT_ONCE) as many:
            list(many.map(lambda pair: desk._change(*pair), acts))

        mine = agent.api.get("subscriptions.get").json()["update"]
        active = [each for each in mine if each["t"] == "l" and not each.get("onHold")]
        assert len(active) == 2
        assert broken_rules(store_url(process)) == []
