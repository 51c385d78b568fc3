"""One run of a job, as its handler sees it, and what a handler may raise."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import msgspec


class JobRun(msgspec.Struct, frozen=True):
    """A job that was claimed: `attempt` counts from 1, `leased_by` is this run and no other."""

    id: str
    kind: str
    key: str | None
    payload: dict[str, Any]
    attempt: int
    leased_by: str


#: Does what a job promised. Returning normally means done; an exception means "again later",
#: except `GiveUp`. A job may run again although it was done, when the process died in between:
#: a handler whose effect is in the database commits both together with `finish`, any other one
#: must be harmless to repeat.
Handler: TypeAlias = Callable[[JobRun], Awaitable[None]]


class GiveUp(Exception):
    """Raised by a handler: trying again is of no use. The text tells a human why."""


class LeaseLost(Exception):
    """Raised by `finish`: the job was cancelled, replaced or taken over while it ran.

    A handler lets it pass, so that its transaction is undone.
    """
