"""Routing by somebody else's server: it is asked who gets the next conversation.

Source: behaviour of the API, conversations, section 2.3.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

if TYPE_CHECKING:
    import httpx

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
    department_id: str | None
    ignored_id: str | None

    async def ask(self) -> tuple[str, ...]:
        """Return the user names that were answered, in the order of the questions.

        Nobody where the server cannot be reached or says something else. Only http and https are
        spoken, and where an answer leads to another address, that is not followed.
        """
        import httpx  # here, because few workspaces need it

        try:
            client = httpx.AsyncClient(
                timeout=TIMEOUT, follow_redirects=False, headers=self._headers()
            )
            url = httpx.URL(self.url).copy_merge_params(self._parameters())
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            log.warning("routing_not_asked", reason=str(error))
            return ()
        if url.scheme not in ("http", "https"):
            log.warning("routing_not_asked", reason=f"{url.scheme!r} is neither http nor https")
            return ()
        async with client:
            answers = await asyncio.gather(*(_ask_once(client, url) for _ in range(QUESTIONS)))
        return tuple(dict.fromkeys(name for name in answers if name))

    def _headers(self) -> dict[str, str]:
        return {
            "User-Agent": "RocketChat Server",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
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
        department_id=department_id,
        ignored_id=ignored_id,
    )


async def _ask_once(client: "httpx.AsyncClient", url: "httpx.URL") -> str | None:
    import httpx

    try:
        async with asyncio.timeout(TIMEOUT), client.stream("GET", url) as answer:
            answer.raise_for_status()
            return msgspec.json.decode(await _body(answer), type=_Answer).username
    except (httpx.HTTPError, TimeoutError, *_NO_ANSWER) as error:
        log.warning("routing_not_answered", reason=str(error) or type(error).__name__)
        return None


async def _body(answer: Any) -> bytes:
    body = b""
    async for part in answer.aiter_raw():
        body += part
        if len(body) > LONGEST_ANSWER:
            raise ValueError("the answer is too long")
    return body
