"""How conversations go: from the first word to the state that they are to be in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from frontdesk.access.records import User
from frontdesk.demo_data.chance import Chance, delays
from frontdesk.demo_data.staff import Desk, Staff
from frontdesk.demo_data.talk import Talk
from frontdesk.demo_data.texts import Language, Topic
from frontdesk.demo_data.visitors import Guest
from frontdesk.messages.storing import SYSTEM_AUTHOR, Author
from frontdesk.texts import text

State: TypeAlias = Literal["closed", "served", "held", "queued"]
#: An agent at a desk, by their ids.
Place: TypeAlias = tuple[str, str | None]

# What people need, in ms to pick from.
_IN_QUEUE = delays(40, 1.0, 900)
_ANSWER = delays(45, 0.8, 900)
_WRITING = delays(30, 0.8, 600)
_ON_HOLD = delays(1200, 0.6, 3600)
_SILENCE = delays(900, 0.3, 1800)
#: No conversation takes longer (ms): all the longest of these, one after the other.
_LONGEST = 6 * 3600 * 1000
#: What began in the last hours goes so many times as fast, to have reached its state by now.
_HURRY = 6
#: None of those takes longer.
LONGEST_OF_LATE = _LONGEST // _HURRY

# Shares, of all conversations or of those that are served and closed.
_WITHOUT_DEPARTMENT = 0.08
_WITH_PRIORITY = 0.2
_UNSERVED = 0.04
_RETURNED = 0.04
_HELD_MEANWHILE = 0.05
_BY_VISITOR = 0.2
_BY_MANAGER = 0.04
_BY_SYSTEM = 0.05

#: Open chats at once, for agents who have no lower limit.
_ENOUGH = 6
_SOURCES: Sequence[dict[str, Any]] = (
    *[{"type": "widget", "destination": "www.example.org"}] * 7,
    *[{"type": "email", "id": "inbox", "alias": "help@example.org"}] * 2,
    {"type": "sms", "id": "sms", "alias": "twilio"},
    {"type": "api"},
)


class Rank(msgspec.Struct, frozen=True):
    """A priority, as far as conversations know it."""

    id: str
    weight: int


class Stage:
    """Where all conversations are played: the desks and who is how busy there.

    `busy` are the open chats of each agent that are not on hold; `limit` is the workspace's limit
    of those, 0 for none; `until` (ms) is now.
    """

    def __init__(
        self,
        chance: Chance,
        staff: Staff,
        busy: Mapping[Place, int],
        limit: int,
        ranks: Sequence[Rank],
        until: int,
    ) -> None:
        self._given: Counter[Place] = Counter()
        self._chance = chance
        self._desks = {desk.key: desk for desk in staff.desks}
        self._managers = staff.managers or staff.agents
        self._busy: Counter[Place] = Counter(busy)
        self._limit = limit
        self._ranks = ranks
        self._late = until - _LONGEST

    def play(self, state: State, guest: Guest, at: int) -> Talk:
        """Return a conversation that was opened at `at` (ms) and is in this state now.

        One that should be served is queued if everybody at the desk has enough to do.
        """
        chance, language = self._chance, guest.language
        topic = chance.pick(language.topics)
        key = "" if chance.happens(_WITHOUT_DEPARTMENT) else topic.department
        desk = self._desks.get(key) or self._desks[""]
        if not guest.source:
            guest.source = chance.pick(_SOURCES)
        talk = Talk(chance, guest.visitor, desk.department, guest.source, at)
        if self._ranks and chance.happens(_WITH_PRIORITY):
            rank = chance.pick(self._ranks)
            talk.room.priority_id, talk.room.priority_weight = rank.id, rank.weight
        scene = _Scene(chance, talk, desk, topic, language, _HURRY if at > self._late else 1)
        scene.begin()
        agent = None
        if state == "closed":
            agent = None if chance.happens(_UNSERVED) else self._anybody(desk)
        elif state != "queued":
            agent = self._free(desk)
        if agent is None:
            if state == "closed":
                scene.give_up()
        elif state == "closed":
            colleague = self._anybody(desk) if chance.happens(_RETURNED) else None
            scene.help(agent, colleague)
            scene.end(self._closer(scene.agent))
        else:
            scene.help_by_half(agent, held=state == "held")
            if state == "served":
                self._busy[agent.id, talk.room.department_id] += 1
        return talk

    def take_given(self) -> Mapping[Place, int]:
        """Return how many conversations agents were given since the last time."""
        given, self._given = self._given, Counter()
        return given

    def _closer(self, agent: User) -> User | Literal["system"] | None:
        drawn = self._chance.random()
        if drawn < _BY_VISITOR:
            return None
        if drawn < _BY_VISITOR + _BY_MANAGER:
            return self._chance.pick(self._managers)
        return "system" if drawn > 1 - _BY_SYSTEM else agent

    def _anybody(self, desk: Desk) -> User:
        return self._count(desk, self._chance.pick(desk.agents))

    def _free(self, desk: Desk) -> User | None:
        """Return the agent at a desk with the fewest open chats, None if all have enough."""

        def chats(agent: User) -> int:
            return sum(self._busy[place] for place in self._busy if place[0] == agent.id)

        agent = min(desk.agents, key=chats)
        department = desk.department
        here = self._busy[agent.id, None if department is None else department.id]
        allowed = min(each for each in (agent.chat_limit, self._limit, _ENOUGH) if each)
        if chats(agent) >= allowed or (department and here >= (department.chat_limit or _ENOUGH)):
            return None
        return self._count(desk, agent)

    def _count(self, desk: Desk, agent: User) -> User:
        self._given[agent.id, None if desk.department is None else desk.department.id] += 1
        return agent


class _Scene:
    """One conversation while it is played."""

    def __init__(
        self,
        chance: Chance,
        talk: Talk,
        desk: Desk,
        topic: Topic,
        language: Language,
        hurry: int,
    ) -> None:
        self.agent: User
        self._chance = chance
        self._talk = talk
        self._desk = desk
        self._topic = topic
        self._language = language
        self._hurry = hurry

    def begin(self) -> None:
        opens = self._chance.pick(self._topic.opens)
        if "{n}" in opens:
            number = f"FD-{self._chance.randrange(200_000, 1_000_000)}"
            opens = opens.replace("{n}", number)
            self._talk.room.livechat_data = {"order": number}
        self._visitor(f"{self._chance.pick(self._language.hello)} {opens}")
        self._pass(_IN_QUEUE)

    def give_up(self) -> None:
        """Let the visitor go, whom nobody has answered."""
        self._pass(_SILENCE)
        if self._chance.happens(0.5):
            self._talk.closed(SYSTEM_AUTHOR, text("Closed_automatically_chat_queued_too_long"), [])
        else:
            self._talk.closed(None, text("Closed_by_visitor"), [])

    def help(self, agent: User, colleague: User | None) -> None:
        """Let an agent help, or give back to a colleague what he cannot solve."""
        self._taken(agent)
        self._ask()
        if self._chance.happens(0.4):
            self._ask()
        if colleague is not None:
            self._talk.returned(_author(agent))
            self._pass(_IN_QUEUE)
            self._taken(colleague)
        if self._chance.happens(_HELD_MEANWHILE):
            self._say(self._language.wait)
            self._hold()
            self._pass(_ON_HOLD)
            self._talk.resumed(
                SYSTEM_AUTHOR,
                text("Omnichannel_on_hold_chat_automatically", guest=self._talk.room.visitor_name),
            )
            self._visitor(self._chance.pick(self._language.waited))
        self._say(self._topic.solves)

    def help_by_half(self, agent: User, *, held: bool) -> None:
        """Let an agent begin to help; to be held, it must be the visitor's turn."""
        self._taken(agent)
        if self._chance.happens(0.7):
            self._ask()
        if held or self._chance.happens(0.5):
            self._say(self._language.wait)
        if held:
            self._pass(_ANSWER)
            self._hold()

    def end(self, closer: User | Literal["system"] | None) -> None:
        """Say good-bye and close: by a user, by a timer, or by the visitor (None)."""
        tags = list(self._topic.tags)
        department = self._desk.department
        tags += department.closing_tags or () if department is not None else ()
        if closer == "system":
            self._pass(_SILENCE)
            guest = self._talk.room.visitor_name
            comment = text("Omnichannel_chat_closed_due_to_inactivity", guest=guest, timeout=3600)
            self._talk.closed(SYSTEM_AUTHOR, comment, tags)
            return
        if self._chance.happens(0.75):
            self._visitor(self._chance.pick(self._language.thanks))
            if self._chance.happens(0.7):
                self._say(self._language.bye)
        self._pass(_WRITING)
        if closer is None:
            self._talk.closed(None, text("Closed_by_visitor"), tags)
        else:
            self._talk.closed(_author(closer), self._chance.pick(self._topic.comments), tags)

    def _taken(self, agent: User) -> None:
        self.agent = agent
        self._talk.taken_by(_author(agent))
        self._say(self._language.greet)

    def _ask(self) -> None:
        self._say(self._topic.asks)
        self._visitor(self._chance.pick(self._topic.tells))

    def _hold(self) -> None:
        comment = text("Omnichannel_On_Hold_manually", user=self.agent.name)
        self._talk.held(_author(self.agent), comment)

    def _say(self, words: Sequence[str]) -> None:
        self._pass(_ANSWER)
        self._talk.said_by_agent(_author(self.agent), self._chance.pick(words))

    def _visitor(self, words: str) -> None:
        self._pass(_WRITING)
        self._talk.said_by_visitor(words)

    def _pass(self, duration: Sequence[int]) -> None:
        self._talk.at += self._chance.pick(duration) // self._hurry


def _author(user: User) -> Author:
    return Author(user.id, user.username, user.name)
