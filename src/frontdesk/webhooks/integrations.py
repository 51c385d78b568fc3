"""Where events go and which of them: some of the settings, for those who manage conversations.

Source: behaviour of the API, messages, sections 5.5 and 5.6.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from frontdesk.db import Tx
from frontdesk.settings.registry import load_registry
from frontdesk.settings.schemas import complete_document
from frontdesk.settings.store import read_values, write_setting
from frontdesk.webhooks.schemas import SETTINGS, SaveIntegrations


def read_integrations(tx: Tx) -> list[dict[str, Any]]:
    """Return the settings with all that a form needs to show them."""
    ids = list(SETTINGS.values())
    registry, stored = load_registry(), read_values(tx, ids)
    return [complete_document(registry[each], stored[each]) for each in ids]


def chosen_values(given: SaveIntegrations) -> dict[str, Any]:
    """Return the values that a body gives, by setting."""
    values: dict[str, Any] = {}
    for member, setting_id in SETTINGS.items():
        value = getattr(given, member)
        if value is msgspec.UNSET:
            continue
        if isinstance(value, str):
            value = value.strip()
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        values[setting_id] = value
    return values


def save_integrations(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store values of settings, in one order for everybody: two who save at once must not wait for
    each other.
    """
    for setting_id in sorted(values):
        write_setting(tx, setting_id, values[setting_id])
