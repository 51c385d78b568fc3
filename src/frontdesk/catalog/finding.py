"""Looking up priorities and SLA policies, for this feature and others."""

from frontdesk.catalog import queries
from frontdesk.catalog.records import Priority, Sla
from frontdesk.db import Tx


def find_priority(tx: Tx, priority_id: str) -> Priority | None:
    """Return a priority by id."""
    return tx.one(queries.PRIORITY, priority_id=priority_id)


def priority_by_id_or_name(tx: Tx, given: str) -> Priority | None:
    """Return the priority with this id or name; one that has its default name has none."""
    return tx.one(queries.PRIORITY_BY_ID_OR_NAME, given=given)


def find_sla(tx: Tx, sla_id: str) -> Sla | None:
    """Return an SLA policy by id."""
    return tx.one(queries.SLA, sla_id=sla_id)


def sla_by_id_or_name(tx: Tx, given: str) -> Sla | None:
    """Return the SLA policy with this id or exact name."""
    return tx.one(queries.SLA_BY_ID_OR_NAME, given=given)
