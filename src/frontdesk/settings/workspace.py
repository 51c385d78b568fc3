"""The settings of a workspace as the code reads them: an immutable snapshot.

A write makes a new snapshot, so that one request sees one state from beginning to end.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from frontdesk.settings.registry import initial_value, load_registry

#: Texts that somebody who switches a flag off may have stored.
_OFF = frozenset({"", "0", "false", "no", "off"})


class Settings(Mapping[str, Any]):
    """All settings by id. `settings["X"]` is the stored value, whatever its type.

    The single-value route stores any JSON, so a flag may hold the text "no" and a number the
    text "20". The typed readers make the best of such values, as each of them says; they never
    raise for a value. An unknown id is a mistake in the code and raises KeyError.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    @classmethod
    def initial(cls, deployment_url: str) -> "Settings":
        """Return what a new workspace at `deployment_url` starts with."""
        registry = load_registry()
        return cls({id: initial_value(s, deployment_url) for id, s in registry.items()})

    def with_value(self, setting_id: str, value: Any) -> "Settings":
        """Return a new snapshot in which one setting has another value."""
        return Settings({**self._values, setting_id: value})

    def __getitem__(self, setting_id: str) -> Any:
        """Return the stored value; a list is shared, do not change it."""
        return self._values[setting_id]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return how many settings there are."""
        return len(self._values)

    def flag(self, setting_id: str) -> bool:
        """Return whether a setting is on.

        Odd values: null, 0 and the texts false, no, off, 0 (in any case) and "" are off;
        everything else is on, as it is in the API's reference behaviour.
        """
        value = self._values[setting_id]
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return value.strip().lower() not in _OFF
        return value is not None and bool(value != 0)

    def number(self, setting_id: str) -> int:
        """Return a whole number.

        Odd values: a fraction is cut off, true is 1 and false is 0, a text is read as the
        number it spells; anything else (null, lists, other texts) is the registry's default.
        """
        value = self._values[setting_id]
        if type(value) is int:
            return value
        if isinstance(value, bool | int):
            return int(value)
        if isinstance(value, str | float):
            number = _spelled(value)
            if number is not None:
                return number
        return _default_number(setting_id)

    def text(self, setting_id: str) -> str:
        """Return a text, as it is stored: not trimmed.

        Odd values: null and false are "", true is "true", numbers are their digits, a list is
        its items with commas between them, and an object is its JSON.
        """
        value = self._values[setting_id]
        return value if isinstance(value, str) else _as_text(value)

    def texts(self, setting_id: str) -> list[str]:
        """Return the texts of a list, or the parts of a text with commas, without blank ones.

        So it reads a `multiSelect` as well as a comma list kept in a `string` setting. Parts
        are trimmed. Odd values: items of a list that are no texts are left out; anything that
        is neither list nor text is an empty list. The list is the caller's own.
        """
        value = self._values[setting_id]
        if isinstance(value, list):
            return [item for item in value if isinstance(item, str) and item]
        if isinstance(value, str):
            return [part for item in value.split(",") if (part := item.strip())]
        return []


def _spelled(value: str | float) -> int | None:
    try:
        return int(value)
    except (ValueError, OverflowError):
        pass
    try:
        number = float(value)
    except ValueError:
        return None
    return int(number) if math.isfinite(number) else None


def _default_number(setting_id: str) -> int:
    setting = load_registry().get(setting_id)
    return int(setting.default) if setting and isinstance(setting.default, int) else 0


def _as_text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, list):
        return ",".join(item if isinstance(item, str) else _as_text(item) for item in value)
    return msgspec.json.encode(value).decode()
