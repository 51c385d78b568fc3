"""Rate limits: fixed windows per route, counted per client address (API frame, section 5)."""

import math
from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING

from frontdesk.clock import now_ms
from frontdesk.http.answers import Answer, Headers, encode

if TYPE_CHECKING:
    from frontdesk.http.operation import Operation
    from frontdesk.settings.workspace import Settings

#: Callers counted in one window at the most. Beyond it a flood from many addresses shares one
#: counter, so that memory stays bounded.
MOST_CALLERS = 50_000


class FixedWindows:
    """Counts calls within stretches of time. The first call after a window has ended starts a new
    one for all callers.
    """

    def __init__(self) -> None:
        self._windows: dict[Hashable, tuple[int, Counter[str]]] = {}

    def count(self, window: Hashable, caller: str, span: int) -> tuple[int, int]:
        """Count a call in the window of this name, which lasts `span` ms; return how many the
        caller made in it, and when (ms) it ends.
        """
        now = now_ms()
        ends, counts = self._windows.get(window, (0, None))
        if counts is None or now >= ends:
            ends, counts = now + span, Counter()
            self._windows[window] = (ends, counts)
        if len(counts) >= MOST_CALLERS and caller not in counts:
            caller = ""
        counts[caller] += 1
        return counts[caller], ends


class RateLimiter:
    """Counts the calls of each endpoint, for each address."""

    def __init__(self) -> None:
        self._windows = FixedWindows()

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
        used, ends = self._windows.count((operation.method, operation.path), address, span)
        headers = [
            (b"x-ratelimit-limit", str(calls).encode()),
            (b"x-ratelimit-remaining", str(max(0, calls - used)).encode()),
            (b"x-ratelimit-reset", str(ends).encode()),
        ]
        if used <= calls:
            return headers, None
        seconds = math.ceil(max(1, ends - now_ms()) / 1000)
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
