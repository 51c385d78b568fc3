"""Routing by somebody else's server: it is asked who gets the next conversation.

Source: behaviour of the API, conversations, section 2.3.
"""

import asyncio
from typing import TYPE_CHECKING

import msgspec
import structlog

from frontdesk.http_client import NoAnswer, fetch

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

log = structlog.get_logger(__name__)

#: Equal questions that are asked at the same time; the first answer that helps is taken, in the
#: order of the questions.
QUESTIONS = 10
#: Seconds for one answer, and how many bytes of it are read: a user name is all it says.
TIMEOUT = 10
LONGEST_ANSWER = 64 * 1024
#: What reading an answer raises that is not what we asked for.
_NO_ANSWER = (ValueError, msgspec.MsgspecError, RecursionError)


class _Answer(msgspec.Struct):
    """What the server says; members that we do not know are none of our business."""

    username: str


class WhoIsNext(msgspec.Struct, frozen=True):
    """The question to the server at `url`: who gets a conversation of the department, if it has
    one? Not the ignored agent, if there is one. See `frontdesk.db.Question`.
    """

    url: str
    token: str
    allowlist: str
    department_id: str | None
    ignored_id: str | None

    async def ask(self) -> tuple[str, ...]:
        """Return the user names that were answered, in the order of the questions.

        Nobody where the server may not or cannot be reached or says something else; where an
        answer leads to another address, that is not followed.
        """
        answers = await asyncio.gather(*(self._ask_once() for _ in range(QUESTIONS)))
        return tuple(dict.fromkeys(name for name in answers if name))

    async def _ask_once(self) -> str | None:
        try:
            answer = await fetch(
                "GET",
                self.url,
                headers=self._headers(),
                parameters=self._parameters(),
                timeout=TIMEOUT,
                largest=LONGEST_ANSWER,
                allowlist=self.allowlist,
            )
            if answer.status not in range(200, 300):
                raise NoAnswer(f"the status is {answer.status}")
            return msgspec.json.decode(answer.body, type=_Answer).username
        except (NoAnswer, *_NO_ANSWER) as error:
            log.warning("routing_not_answered", reason=str(error) or type(error).__name__)
            return None

    def _headers(self) -> dict[str, str]:
        return {
            "User-Agent": "RocketChat Server",
            "Accept": "application/json",
            "X-RocketChat-Secret-Token": self.token,
        }

    def _parameters(self) -> dict[str, str]:
        wanted = {"departmentId": self.department_id, "ignoreAgentId": self.ignored_id}
        return {name: value for name, value in wanted.items() if value}


def who_is_next(
    settings: "Settings", department_id: str | None, ignored_id: str | None
) -> WhoIsNext:
    """Return the question for the workspace's server."""
    return WhoIsNext(
        url=settings.text("Livechat_External_Queue_URL").strip(),
        token=settings.text("Livechat_External_Queue_Token").strip(),
        allowlist=settings.text("SSRF_Allowlist"),
        department_id=department_id,
        ignored_id=ignored_id,
    )
