"""Priorities, SLA policies and tags as the code handles them: the rows of the tables."""

import msgspec


class Priority(msgspec.Struct):
    """A row of `priorities`: one of five. `weight` is 1 for the highest; `label` is the key of its
    text; `name` is what the workspace calls it instead, None at the default.
    """

    id: str
    label: str
    weight: int
    name: str | None = None
    name_lower: str | None = None
    updated_at: int | None = None


class Sla(msgspec.Struct):
    """A row of `slas`: within how many minutes a conversation should be answered."""

    id: str
    name: str
    description: str | None
    due_minutes: int
    updated_at: int


class Tag(msgspec.Struct):
    """A row of `tags`. Without departments it is for everybody."""

    id: str
    name: str
    description: str | None
    department_ids: list[str]
    updated_at: int
