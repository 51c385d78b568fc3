"""The people of the demo workspace and their departments."""

import re
import unicodedata
from collections.abc import Sequence

import msgspec

from frontdesk.access.records import User, UserEmail
from frontdesk.demo_data.chance import Chance
from frontdesk.demo_data.texts import Texts
from frontdesk.workforce.records import Department, DepartmentAgent

#: What the names of all demo users begin with, so that they are not taken for real ones.
PREFIX = "demo."
#: Where all demo users and departments have their addresses.
DOMAIN = "demo.example.org"
#: Agents: so many at least, and one more for so many conversations.
FEWEST_AGENTS = 8
CONVERSATIONS_PER_AGENT = 2_500
#: Chats at once, for agents who have a limit of their own.
_CHAT_LIMIT = 8


class Desk(msgspec.Struct):
    """A department with its agents; without a `department`, all agents."""

    key: str
    department: Department | None
    agents: list[User]


class Staff(msgspec.Struct):
    """Everybody: managers and agents, departments, and who belongs where."""

    managers: list[User]
    agents: list[User]
    desks: list[Desk]
    links: dict[tuple[str, str], DepartmentAgent]

    def emails(self) -> list[UserEmail]:
        """Return the addresses of all users, for the unique rule over them."""
        return [UserEmail(_email(each.username), each.id) for each in self.managers + self.agents]


def make_staff(
    texts: Texts, count: int, chance: Chance, at: int, password_hash: str | None
) -> Staff:
    """Return a staff of so many agents, at work since `at` (ms); there are not endlessly many.

    Agents are available and offline: whoever opens a conversation now is not given to somebody
    who is not there. Without a password nobody can log in.
    """
    agents = [_user(name, "livechat-agent", chance, at, password_hash) for name in texts.agents]
    managers = [
        _user(name, "livechat-manager", chance, at, password_hash) for name in texts.managers
    ]
    staff = Staff(managers, agents[:count], [], {})
    for number, text in enumerate(texts.departments):
        department = Department(
            id=chance.id(),
            name=text.name,
            enabled=True,
            email=f"{text.key}@{DOMAIN}",
            show_on_registration=True,
            show_on_offline_form=True,
            description=text.description,
            closing_tags=text.closing_tags,
            chat_limit=text.chat_limit,
            created_at=at,
            updated_at=at,
        )
        department.document = _document(department)
        # Everybody has a department, and every third agent a second one.
        members = [
            agent
            for place, agent in enumerate(staff.agents)
            if place % len(texts.departments) == number
            or (place % 3 == 0 and (place // 3 + 1) % len(texts.departments) == number)
        ]
        department.agent_count = len(members)
        staff.desks.append(Desk(text.key, department, members))
        for place, agent in enumerate(members):
            link = DepartmentAgent(
                id=chance.id(),
                agent_id=agent.id,
                department_id=department.id,
                username=agent.username,
                position=place,
                updated_at=at,
            )
            staff.links[department.id, agent.id] = link
    staff.desks.append(Desk("", None, staff.agents))
    return staff


def known_staff(
    users: Sequence[User], departments: Sequence[Department], links: Sequence[DepartmentAgent]
) -> Staff | None:
    """Return the staff that an earlier call has left in the store, or None if there is none."""
    agents = {each.id: each for each in users if each.agent}
    managers = [each for each in users if not each.agent]
    if not agents:
        return None
    staff = Staff(managers, list(agents.values()), [], {})
    for department in departments:
        own = [each for each in links if each.department_id == department.id]
        members = [agents[each.agent_id] for each in own if each.agent_id in agents]
        if members and department.enabled:
            staff.desks.append(Desk(department.email.split("@")[0], department, members))
            staff.links |= {(department.id, each.agent_id): each for each in own}
    staff.desks.append(Desk("", None, staff.agents))
    return staff


def _user(name: str, role: str, chance: Chance, at: int, password_hash: str | None) -> User:
    username = _username(name)
    agent = role == "livechat-agent"
    limit = _CHAT_LIMIT if agent and chance.happens(0.3) else None
    return User(
        id=chance.id(),
        username=username,
        username_lower=username,
        name=name,
        roles=["user", role],
        agent=agent,
        status_livechat="available" if agent else None,
        livechat={"maxNumberSimultaneousChat": limit} if limit else None,
        chat_limit=limit,
        password_hash=password_hash,
        emails=[{"address": _email(username), "verified": True}],
        created_at=at,
        updated_at=at,
    )


def _username(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return PREFIX + re.sub(r"\W+", ".", plain.lower())


def _email(username: str) -> str:
    return f"{username.removeprefix(PREFIX)}@{DOMAIN}"


def _document(department: Department) -> dict[str, object]:
    """Return what a client would have sent to make the department."""
    document = {
        "name": department.name,
        "enabled": department.enabled,
        "email": department.email,
        "showOnRegistration": department.show_on_registration,
        "showOnOfflineForm": department.show_on_offline_form,
        "description": department.description,
        "maxNumberSimultaneousChat": department.chat_limit,
        "requestTagBeforeClosingChat": False,
        "chatClosingTags": department.closing_tags,
    }
    return {name: value for name, value in document.items() if value is not None}
