"""A name for each request, to find it in the log."""

import itertools
import re
from collections.abc import Mapping

from frontdesk.ids import random_id

#: Names of our own: one of the process, and a number. No draw of random bytes per request.
_PROCESS = random_id(8)
_number = itertools.count(1)
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(headers: Mapping[str, str]) -> str:
    """Return the caller's `X-Request-Id` if it is a plain word, else a new one."""
    given = headers.get("x-request-id", "")
    return given if given and _SANE.fullmatch(given) else f"{_PROCESS}-{next(_number)}"
