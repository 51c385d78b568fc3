"""SLA policies: within how many minutes conversations should be answered.

Source: behaviour of the API, priorities, sections 4.1 to 4.5.
"""

from typing import Any

from frontdesk.catalog import queries
from frontdesk.catalog.finding import find_sla
from frontdesk.catalog.records import Sla
from frontdesk.catalog.schemas import SaveSla, SlaListQuery, sla_document
from frontdesk.conversations.ranking import forget_sla, set_wait_of_sla
from frontdesk.db import Tx
from frontdesk.errors import NotFound, Refused
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.ids import hex_id
from frontdesk.workforce.limits import whole_number


def list_slas(tx: Tx, query: SlaListQuery, page: Page) -> dict[str, Any]:
    """Return the policies with a text in name or description, by name unless sorted otherwise."""
    text = (query.text or "").casefold()
    documents = [
        sla_document(each)
        for each in tx.all(queries.ALL_SLAS)
        if text in each.name.casefold() or text in (each.description or "").casefold()
    ]
    return listed_page("sla", documents, page, [("name", 1)])


def read_sla(tx: Tx, sla_id: str) -> dict[str, Any]:
    """Return a policy; raises NotFound."""
    sla = find_sla(tx, sla_id)
    if sla is None:
        raise _unknown(sla_id)
    return sla_document(sla)


def create_sla(tx: Tx, given: SaveSla) -> dict[str, Any]:
    """Make a policy; return it.

    Raises Refused `error-duplicated-sla` if another one has the same name or due time.
    """
    sla = Sla(hex_id(), given.name, given.description, _minutes(given), tx.now)
    _insert(tx, sla)
    return sla_document(sla, is_new=True)


def change_sla(tx: Tx, sla_id: str, given: SaveSla) -> dict[str, Any]:
    """Change a policy; return it. A new due time counts for the open conversations that have it.

    The description stays unless one is given. Raises NotFound, Refused `error-duplicated-sla`.
    """
    sla = tx.one(queries.SLA_TO_CHANGE, sla_id=sla_id)
    if sla is None:
        raise _unknown(sla_id)
    description = sla.description if given.description is None else given.description
    changed = Sla(sla_id, given.name, description, _minutes(given), tx.now)
    # Written anew, so that the unique rules decide about the name and time of either.
    tx.run(queries.DELETE_SLA, sla_id=sla_id)
    _insert(tx, changed)
    if changed.due_minutes != sla.due_minutes:
        set_wait_of_sla(tx, sla_id, changed.due_minutes)
    return sla_document(changed)


def delete_sla(tx: Tx, sla_id: str) -> None:
    """Remove a policy; open conversations lose it, closed ones keep its id.

    Raises Refused for an unknown id.
    """
    if not tx.run(queries.DELETE_SLA, sla_id=sla_id):
        raise Refused(f"SLA with id {sla_id} not found")
    forget_sla(tx, sla_id)


def _insert(tx: Tx, sla: Sla) -> None:
    # The unique rules decide, also between two requests at once.
    if not tx.insert(queries.INSERT_SLA, sla):
        raise Refused("error-duplicated-sla")


def _minutes(given: SaveSla) -> int:
    return whole_number(given.dueTimeInMinutes) or 0


def _unknown(sla_id: str) -> NotFound:
    return NotFound(f"SLA with id {sla_id} not found")
