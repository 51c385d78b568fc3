"""Asking a provider's server to take a message."""

from collections.abc import Mapping

from frontdesk.channels.sms.provider import NotSent
from frontdesk.http_client import Answer, NoAnswer, NotAllowed, fetch

#: Seconds for one request, and bytes of an answer that are read.
TIMEOUT = 30
LONGEST_ANSWER = 256 * 1024
#: Characters of an answer that an agent is shown.
SHOWN = 300


async def ask_provider(
    method: str,
    url: str,
    allowlist: str,
    *,
    headers: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Return the answer of a provider's server if its status is a success.

    Raises NotSent: for good if the address may not be asked or the provider refuses the message,
    and not for good if it cannot be reached, is busy (429) or has failed (5xx).
    """
    try:
        answer = await fetch(
            method,
            url,
            headers=headers,
            parameters=parameters,
            body=body,
            timeout=TIMEOUT,
            largest=LONGEST_ANSWER,
            allowlist=allowlist,
        )
    except NotAllowed as error:
        raise NotSent(str(error), for_good=True) from error
    except NoAnswer as error:
        raise NotSent(str(error), for_good=False) from error
    if answer.status not in range(200, 300):
        passing = answer.status == 429 or answer.status >= 500
        said = answer.text[:SHOWN].strip() or f"HTTP {answer.status}"
        raise Unwilling(answer, said, for_good=not passing)
    return answer


class Unwilling(NotSent):
    """The provider answered, and did not take the message."""

    def __init__(self, answer: Answer, text: str, *, for_good: bool) -> None:
        super().__init__(text, for_good=for_good)
        self.answer = answer
