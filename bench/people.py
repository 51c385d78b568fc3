"""Agents who are online, and log-ins that need no password."""

from bench.requests import LogIn
from frontdesk.access.records import LoginToken, User
from frontdesk.access.sessions import hash_token
from frontdesk.clock import now_ms
from frontdesk.ids import random_id, random_token

MANAGER_ROLES = ("user", "livechat-agent", "livechat-manager")
AGENT_ROLES = ("user", "livechat-agent")


def agent(username: str, *roles: str, chat_limit: int | None = None) -> User:
    """Return an agent who can take chats; by default with the roles of an agent only."""
    now = now_ms()
    return User(
        id=random_id(),
        username=username,
        username_lower=username,
        name=username.title(),
        roles=list(roles or AGENT_ROLES),
        agent=True,
        status="online",
        status_connection="online",
        status_livechat="available",
        livechat={"maxNumberSimultaneousChat": chat_limit} if chat_limit else None,
        chat_limit=chat_limit,
        created_at=now,
        updated_at=now,
    )


def logged_in(user: User) -> tuple[LogIn, LoginToken]:
    """Return a log-in of the user, and the row that makes it one."""
    token = random_token()
    return LogIn(user.id, token), LoginToken(hash_token(token), user.id, now_ms())
