"""Custom fields as the code handles them: the rows of the table, and values that are sent."""

import msgspec


class Definition(msgspec.Struct):
    """A row of `custom_fields`. `id` is the name under which values are kept, `scope` says of whom
    (`visitor`, `room`); a `hidden` one is neither for contacts nor for the widget. What was never
    said is None. `default_value` is only shown; the values of a `select` are not held against its
    `options` (behaviour of the API, visitors, 1.3).
    """

    id: str
    label: str
    scope: str
    visibility: str
    type: str | None
    options: str | None
    default_value: str | None
    required: bool | None
    regexp: str | None
    searchable: bool | None
    public: bool | None
    created_at: int
    updated_at: int

    @property
    def hidden(self) -> bool:
        """Whether it is neither for contacts nor for the widget."""
        return self.visibility == "hidden"


class FieldValue(msgspec.Struct):
    """A value that somebody sends for a field; `overwrite` says whether it may replace another."""

    key: str
    value: str
    overwrite: bool
