"""Triggers as the code handles them: the rows of the table."""

from typing import Any

import msgspec


class Trigger(msgspec.Struct):
    """A row of `triggers`. The widget looks at the first condition and the first action only.

    `conditions` are `{name, value}`, `actions` `{name, params}`, as the API names them.
    """

    id: str
    name: str
    description: str
    enabled: bool
    run_once: bool
    conditions: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    created_at: int
    updated_at: int
