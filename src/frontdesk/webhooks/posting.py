"""One attempt: an event is posted to the other server.

Source: behaviour of the API, messages, section 7.1.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from frontdesk.http_client import NoAnswer, fetch
from frontdesk.webhooks import events

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Bytes of an answer that are read.
LONGEST_ANSWER = 64 * 1024
#: Milliseconds: what counts where the setting is no time, and the longest that it may be.
USUAL_TIMEOUT = 5_000
LONGEST_TIMEOUT = 60_000
NO_ADDRESS = "Webhook_URL_not_set"


class Outcome(msgspec.Struct, frozen=True):
    """What became of an attempt.

    `status` is that of the answer, None if there was none; `error` says why the event was not
    taken, and is None if it was. `duration` is in milliseconds.
    """

    status: int | None
    error: str | None
    duration: int
    text: str = ""

    @property
    def delivered(self) -> bool:
        """Whether the other server has taken the event."""
        return self.error is None

    @property
    def hopeless(self) -> bool:
        """Whether the same event would be refused again, or there is nobody to tell it."""
        if self.status is None:
            return self.error == NO_ADDRESS
        return self.status != 429 and self.status < 500


def timeout_ms(settings: "Settings") -> int:
    """Return how long an answer may take, in milliseconds."""
    wanted = settings.number(events.TIMEOUT)
    return min(wanted, LONGEST_TIMEOUT) if wanted > 0 else USUAL_TIMEOUT


async def post_event(
    settings: "Settings",
    payload: Mapping[str, Any],
    *,
    timeout: int | None = None,
    always_with_secret: bool = False,
    any_success: bool = False,
) -> Outcome:
    """Post an event to the workspace's receiver and return what became of it.

    `timeout` (ms) instead of the setting. The header with the secret is left out if there is no
    secret, unless it is to be sent always. An answer counts as taken if its status is 200, or
    with `any_success` any 2xx.
    """
    url = events.receiver(settings)
    if not url:
        return Outcome(None, NO_ADDRESS, 0)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    secret = settings.text(events.SECRET).strip()
    if secret or always_with_secret:
        headers["X-RocketChat-Livechat-Token"] = secret
    begun = time.monotonic()
    status, error, text = None, None, ""
    try:
        answer = await fetch(
            "POST",
            url,
            headers=headers,
            body=msgspec.json.encode(payload),
            timeout=(timeout or timeout_ms(settings)) / 1000,
            largest=LONGEST_ANSWER,
            cut=True,
            allowlist=settings.text("SSRF_Allowlist"),
        )
    except NoAnswer as failure:
        error = str(failure)
    else:
        status, text = answer.status, answer.text
        if status != 200 and not (any_success and status in range(200, 300)):
            error = f"the status is {status}"
    return Outcome(status, error, round((time.monotonic() - begun) * 1000), text)
