"""Deliveries and attempts as the code handles them: the rows of the tables."""

from typing import Any

import msgspec


class Delivery(msgspec.Struct, frozen=True):
    """A row of `webhook_deliveries`: what happened, as it is told.

    Of one `lane` (the conversation, if there is one) the deliveries go out one after the other, by
    `position`. `attempts` are those that have failed.
    """

    position: int
    lane: str
    room_id: str | None
    event: str
    payload: dict[str, Any]
    attempts: int
    created_at: int


class Attempt(msgspec.Struct, frozen=True):
    """A row of `webhook_log`: one attempt to deliver an event; `position` is made by the database.

    `outcome` is `delivered`, `failed` (it is tried again) or `given_up`; `status` is that of the
    answer, if there was one; `duration` is in milliseconds.
    """

    position: int
    at: int
    event: str
    room_id: str | None
    attempt: int
    outcome: str
    status: int | None
    duration: int
    error: str | None
