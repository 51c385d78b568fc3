"""The priorities that every workspace has from its first start."""

from frontdesk.catalog import queries
from frontdesk.catalog.records import Priority
from frontdesk.db import Tx
from frontdesk.ids import hex_id

#: From the lowest to the highest, with their weights: the keys of their texts (priorities, 2.1).
_FIVE = (("Lowest", 5), ("Low", 4), ("Medium", 3), ("High", 2), ("Highest", 1))


def prepare_priorities(tx: Tx) -> None:
    """Create the five priorities if there are none."""
    if tx.one(queries.ALL_PRIORITIES) is not None:
        return
    for label, weight in _FIVE:
        tx.insert(queries.INSERT_PRIORITY, Priority(hex_id(), label, weight))
