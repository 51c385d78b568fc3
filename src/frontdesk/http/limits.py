"""Rate limits: fixed windows per route, counted per client address (API frame, section 5)."""

import math
from collections import Counter
from typing import TYPE_CHECKING

from frontdesk.clock import now_ms
from frontdesk.http.answers import Answer, Headers, encode

if TYPE_CHECKING:
    from frontdesk.http.operation import Operation
    from frontdesk.settings.workspace import Settings

#: Addresses counted in one window of one route at the most. Beyond it a flood from many
#: addresses shares one counter, so that memory stays bounded.
MOST_ADDRESSES = 50_000


class RateLimiter:
    """Counts calls. The first call after a window has ended starts a new one for all addresses."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[int, Counter[str]]] = {}

    def count(
        self, operation: "Operation", address: str, settings: "Settings"
    ) -> tuple[Headers, Answer | None]:
        """Count a call; return the headers for its answer, and the refusal of one too many."""
        calls = _number(
            operation.rate.calls, settings, "API_Enable_Rate_Limiter_Limit_Calls_Default"
        )
        span = _number(
            operation.rate.milliseconds, settings, "API_Enable_Rate_Limiter_Limit_Time_Default"
        )
        if calls <= 0 or span <= 0:
            return [], None
        now = now_ms()
        key = (operation.method, operation.path)
        ends, counts = self._windows.get(key, (0, None))
        if counts is None or now >= ends:
            ends, counts = now + span, Counter()
            self._windows[key] = (ends, counts)
        if len(counts) >= MOST_ADDRESSES and address not in counts:
            address = ""
        counts[address] += 1
        used = counts[address]
        headers = [
            (b"x-ratelimit-limit", str(calls).encode()),
            (b"x-ratelimit-remaining", str(max(0, calls - used)).encode()),
            (b"x-ratelimit-reset", str(ends).encode()),
        ]
        if used <= calls:
            return headers, None
        seconds = math.ceil((ends - now) / 1000)
        text = (
            "Error, too many requests. Please slow down. "
            f"You must wait {seconds} seconds before trying this endpoint again. "
            "[error-too-many-requests]"
        )
        return headers, Answer(429, encode({"success": False, "error": text}))


def _number(given: int | str | None, settings: "Settings", default: str) -> int:
    if isinstance(given, int):
        return given
    return settings.number(given or default)
