"""What may be the value of a custom field.

Source: behaviour of the API, visitors, sections 3.2 and 3.5.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from frontdesk.custom_fields.patterns import fits_pattern
from frontdesk.custom_fields.records import Definition, FieldValue
from frontdesk.errors import Refused
from frontdesk.http.javascript import WHITE_SPACE, number_text

#: Characters of a value at the most. It is shown to agents and searched through.
LONGEST_VALUE = 5_000
#: And of one that is held against a pattern.
LONGEST_MATCHED = 1_000


def fits(definition: Definition, value: str) -> bool:
    """Tell whether a value matches the field's pattern, anywhere in it, and is not too long."""
    if not definition.regexp:
        return len(value) <= LONGEST_VALUE
    return len(value) <= LONGEST_MATCHED and fits_pattern(definition.regexp, value)


def check_lengths(fields: Sequence[FieldValue]) -> None:
    """Raise Refused `Invalid value for <key> field` for a value that is too long, on the ways in
    on which no pattern is looked at.
    """
    for each in fields:
        if len(each.value) > LONGEST_VALUE:
            raise not_fitting(each.key)


def checked_values(
    definitions: Sequence[Definition],
    given: Mapping[str, Any],
    *,
    ignore_unknown: bool = False,
    ignore_errors: bool = False,
) -> dict[str, str]:
    """Return the values for the defined fields as trimmed texts, without empty ones.

    `definitions` are the visible fields of visitors (`visitor_fields`). Raises Refused
    `Invalid value for <label> field` for a required one that is missing or empty and for a value
    that does not match its pattern, unless `ignore_errors`, which skips them; then `Custom field
    <key> is not allowed` for any other key, unless `ignore_unknown`.
    """
    values: dict[str, str] = {}
    for each in definitions:
        value = value_text(given.get(each.id))
        if not value:
            if each.required and not ignore_errors:
                raise not_fitting(each.label or each.id)
        elif fits(each, value):
            values[each.id] = value
        elif not ignore_errors:
            raise not_fitting(each.label or each.id)
    if not ignore_unknown:
        known = {each.id for each in definitions}
        for key in given:
            if key not in known:
                raise Refused(f"Custom field {key} is not allowed")
    return values


def edited_values(
    definitions: Sequence[Definition], stored: Mapping[str, Any] | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return stored values with those that an agent has written in: empty ones go.

    Keys without a definition are dropped, `required` is not enforced. Raises Refused `Invalid
    value for <label> field`.
    """
    values = dict(stored or {})
    for each in definitions:
        if each.id not in given:
            continue
        value = value_text(given[each.id])
        if not value:
            values.pop(each.id, None)
        elif fits(each, value):
            values[each.id] = value
        else:
            raise not_fitting(each.label or each.id)
    return values


def value_text(value: Any) -> str:
    """Return a value of any JSON type as trimmed text; nothing, zero and false are empty."""
    if not value:
        return ""
    if isinstance(value, str):
        return value.strip(WHITE_SPACE)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return msgspec.json.encode(value).decode()


def not_fitting(name: str) -> Refused:
    """Return the refusal of a value."""
    return Refused(f"Invalid value for {name} field")
