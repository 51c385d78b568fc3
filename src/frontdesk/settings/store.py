"""Reading and writing the stored values of settings."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import bindparam, select, update

from frontdesk.db import Command, Insert, Query, Tx
from frontdesk.settings.registry import (
    coerce_environment,
    initial_value,
    load_registry,
)
from frontdesk.settings.tables import settings
from frontdesk.settings.workspace import Settings

#: What other features do, in the same transaction, when a setting changes; app.py registers.
on_written: list[Callable[[Tx, str], None]] = []


class StoredValue(msgspec.Struct):
    """A row of `settings`."""

    id: str
    value: Any
    created_at: int
    updated_at: int


ALL_VALUES = Query(select(settings), StoredValue)
ONE_VALUE = Query(select(settings).where(settings.c.id == bindparam("setting_id")), StoredValue)
INSERT_VALUE = Insert(settings, skip_conflicts=True)
UPDATE_VALUE = Command(
    update(settings)
    .where(settings.c.id == bindparam("setting_id"))
    .values(value=bindparam("new_value"), updated_at=bindparam("now"))
)


def prepare_settings(tx: Tx, root_url: str, environment: Mapping[str, str]) -> Settings:
    """Store what is missing, apply the environment, and return the snapshot.

    A variable named like a setting gives its first value; `OVERWRITE_SETTING_<id>` gives its
    value at every start. Raises ValueError for a text that does not fit the setting.
    """
    stored = {row.id: row for row in tx.all(ALL_VALUES)}
    values: dict[str, Any] = {}
    for setting_id, setting in load_registry().items():
        row = stored.get(setting_id)
        if row is None:
            text = environment.get(setting_id)
            value = (
                initial_value(setting, root_url)
                if text is None
                else coerce_environment(setting, text)
            )
            if not tx.insert(INSERT_VALUE, StoredValue(setting_id, value, tx.now, tx.now)):
                # Another process starts at the same time: its value counts (think of `uniqueID`).
                first = tx.one(ONE_VALUE, setting_id=setting_id)
                value = value if first is None else first.value
        else:
            value = row.value
        forced = environment.get(f"OVERWRITE_SETTING_{setting_id}")
        if forced is not None:
            wanted = coerce_environment(setting, forced)
            if wanted != value:
                value = wanted
                tx.run(UPDATE_VALUE, setting_id=setting_id, new_value=value, now=tx.now)
        values[setting_id] = value
    return Settings(values)


def read_settings(tx: Tx) -> Settings:
    """Return a snapshot of what is stored, for processes that follow the changes of others."""
    return Settings({row.id: row.value for row in tx.all(ALL_VALUES)})


def write_setting(tx: Tx, setting_id: str, value: Any) -> bool:
    """Store a value and announce it; return False if it was that value already.

    The announcement carries the value: `Workspace` and the streams follow it.
    """
    row = tx.one(ONE_VALUE, setting_id=setting_id)
    if row is not None and row.value == value and type(row.value) is type(value):
        return False
    tx.run(UPDATE_VALUE, setting_id=setting_id, new_value=value, now=tx.now)
    tx.emit("settings", setting_id, value)
    for follow in on_written:
        follow(tx, setting_id)
    return True


def next_number(tx: Tx, setting_id: str) -> int:
    """Raise a counter that is kept as a setting by one and return the new number.

    The row is written before it is read, so that two transactions never get the same number.
    """
    tx.run(TOUCH_VALUE, setting_id=setting_id, now=tx.now)
    row = tx.one(ONE_VALUE, setting_id=setting_id)
    number = (int(row.value) if row is not None else 1) + 1
    tx.run(UPDATE_VALUE, setting_id=setting_id, new_value=number, now=tx.now)
    return number


def raise_number(tx: Tx, setting_id: str, by: int) -> None:
    """Add to a counter that is kept as a setting and that clients follow."""
    tx.run(TOUCH_VALUE, setting_id=setting_id, now=tx.now)
    row = tx.one(ONE_VALUE, setting_id=setting_id)
    write_setting(tx, setting_id, (int(row.value) if row is not None else 0) + by)


TOUCH_VALUE = Command(
    update(settings)
    .where(settings.c.id == bindparam("setting_id"))
    .values(updated_at=bindparam("now"))
)


def read_values(tx: Tx, setting_ids: Collection[str]) -> dict[str, StoredValue]:
    """Return what is stored of some settings, by their ids."""
    return {row.id: row for row in tx.all(ALL_VALUES) if row.id in setting_ids}
