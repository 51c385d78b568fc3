"""The workspace's priorities: listing them, renaming them, and giving them back their names.

Source: behaviour of the API, priorities, sections 3.1 to 3.4.
"""

from typing import Any

from frontdesk.catalog import queries
from frontdesk.catalog.finding import find_priority
from frontdesk.catalog.records import Priority
from frontdesk.catalog.schemas import ChangePriority, PriorityListQuery, priority_document
from frontdesk.db import Tx
from frontdesk.errors import NotFound, Refused, Silent
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page


def list_priorities(tx: Tx, query: PriorityListQuery, page: Page) -> dict[str, Any]:
    """Return the priorities by name, those without a name of their own first.

    `text` is looked for in names that the workspace has given: the default ones are no names.
    """
    text = (query.text or "").casefold()
    documents = [
        priority_document(each)
        for each in tx.all(queries.ALL_PRIORITIES)
        if not text or text in (each.name or "").casefold()
    ]
    return listed_page("priorities", documents, page, [("name", 1)])


def read_priority(tx: Tx, priority_id: str) -> dict[str, Any]:
    """Return a priority; raises NotFound."""
    priority = find_priority(tx, priority_id)
    if priority is None:
        raise NotFound(f"Priority with id {priority_id} not found")
    return priority_document(priority)


def change_priority(tx: Tx, priority_id: str, change: ChangePriority) -> None:
    """Rename a priority, or give it back its default name: a blank name means that, too.

    Raises Refused `error-duplicate-priority-name` for a name that another priority was given, in
    any case, and `error-unable-to-update-priority`.
    """
    priorities = {each.id: each for each in tx.all(queries.PRIORITIES_TO_CHANGE)}
    name = (change.name or "").strip() or None
    if name is not None and any(
        each.name_lower == name.lower() and each.id != priority_id for each in priorities.values()
    ):
        raise Refused("error-duplicate-priority-name")
    priority = priorities.get(priority_id)
    if priority is None:
        raise Refused("error-unable-to-update-priority")
    if change.name is not None or change.reset:
        _rename(tx, priority, name)


def some_are_renamed(tx: Tx) -> bool:
    """Tell whether any priority has a name of its own."""
    return any(each.name is not None for each in tx.all(queries.ALL_PRIORITIES))


def reset_priorities(tx: Tx) -> None:
    """Give all renamed priorities back their default names; raises Silent if none is renamed."""
    renamed = [each for each in tx.all(queries.PRIORITIES_TO_CHANGE) if each.name is not None]
    if not renamed:
        raise Silent
    for priority in renamed:
        _rename(tx, priority, None)


def _rename(tx: Tx, priority: Priority, name: str | None) -> None:
    tx.patch(
        queries.PATCH_PRIORITY,
        priority.id,
        name=name,
        name_lower=None if name is None else name.lower(),
        updated_at=tx.now,
    )
    tx.emit("priority", priority.id, name)
