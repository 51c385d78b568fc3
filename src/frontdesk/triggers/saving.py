"""Triggers of the widget: listing, saving, removing.

Source: behaviour of the API, messages, sections 5.1 and 6.
"""

from typing import Any

from frontdesk.db import Tx
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.ids import random_id
from frontdesk.triggers import queries
from frontdesk.triggers.records import Trigger
from frontdesk.triggers.schemas import SaveTrigger, trigger_document


def list_triggers(tx: Tx, page: Page) -> dict[str, Any]:
    """Return the triggers, by name unless sorted otherwise."""
    documents = [trigger_document(each) for each in tx.all(queries.ALL_TRIGGERS)]
    return listed_page("triggers", documents, page, [("name", 1)])


def read_trigger(tx: Tx, trigger_id: str) -> dict[str, Any] | None:
    """Return a trigger; None if there is none."""
    trigger = find_trigger(tx, trigger_id)
    return None if trigger is None else trigger_document(trigger)


def find_trigger(tx: Tx, trigger_id: str) -> Trigger | None:
    """Return the row of a trigger."""
    return tx.one(queries.TRIGGER, trigger_id=trigger_id)


def enabled_triggers(tx: Tx) -> list[Trigger]:
    """Return the triggers that the widget is to look at, oldest first."""
    return tx.all(queries.ENABLED_TRIGGERS)


def save_trigger(tx: Tx, given: SaveTrigger) -> None:
    """Make a trigger, or change the one with the given id; an unknown id changes nothing."""
    fields: dict[str, Any] = {
        "name": given.name,
        "description": given.description,
        "enabled": given.enabled,
        "run_once": given.runOnce,
        "conditions": given.conditions,
        "actions": given.actions,
        "updated_at": tx.now,
    }
    if given.trigger_id:
        tx.patch(queries.PATCH_TRIGGER, given.trigger_id, **fields)
    else:
        tx.insert(queries.INSERT_TRIGGER, Trigger(id=random_id(), created_at=tx.now, **fields))


def remove_trigger(tx: Tx, trigger_id: str) -> None:
    """Remove a trigger, if there is one."""
    tx.run(queries.DELETE_TRIGGER, trigger_id=trigger_id)
