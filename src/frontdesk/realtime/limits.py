"""Limits of method calls: by address, user and connection, over all methods and for each.

Source: behaviour of the API, real time, section 2.3; the numbers are settings.
"""

import math
from collections.abc import Iterator

from frontdesk.clock import now_ms
from frontdesk.http.limits import FixedWindows
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure

#: Calls of streams (`stream-notify-room`, ...) may come this many times as often.
_STREAMS = 4


class MethodLimiter:
    """Counts calls of methods."""

    def __init__(self) -> None:
        self._windows = FixedWindows()

    def count(self, caller: Caller, method: str) -> None:
        """Count a call; raises MethodFailure `too-many-requests` for one too many."""
        if caller.workspace.config.test_mode:
            return
        more = _STREAMS if method.startswith("stream-") else 1
        ends = 0
        for name, allowed, span, subject in _limits(caller, method):
            used, until = self._windows.count(name, subject, span)
            if used > allowed * more:
                ends = max(ends, until)
        if not ends:
            return
        raise too_many_requests(ends)


def too_many_requests(ends: int) -> MethodFailure:
    """Return the refusal of a call beyond a limit, which counts anew at `ends` (ms)."""
    left = max(1, ends - now_ms())
    seconds = math.ceil(left / 1000)
    return MethodFailure(
        "too-many-requests",
        "Error, too many requests. Please slow down. "
        f"You must wait {seconds} seconds before trying again.",
        {"timeToReset": left},
    )


def _limits(caller: Caller, method: str) -> Iterator[tuple[str, int, int, str]]:
    """Yield what is counted: name of the limit, calls, milliseconds, and whose calls they are."""
    user = caller.user_or_none
    subjects = {
        "IP": caller.address,
        "User": None if user is None else user.id,
        "Connection": caller.connection,
        "User_By_Method": None if user is None else f"{user.id} {method}",
        "Connection_By_Method": f"{caller.connection} {method}",
    }
    settings = caller.settings
    for name, subject in subjects.items():
        if subject is not None and settings.flag(f"DDP_Rate_Limit_{name}_Enabled"):
            allowed = settings.number(f"DDP_Rate_Limit_{name}_Requests_Allowed")
            span = settings.number(f"DDP_Rate_Limit_{name}_Interval_Time")
            if allowed > 0 and span > 0:
                yield name, allowed, span, subject
