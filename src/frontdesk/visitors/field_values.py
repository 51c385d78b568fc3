"""Values of custom fields on visitors.

Source: behaviour of the API, visitors, sections 3.3 and 3.6.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontdesk.db import Tx
from frontdesk.visitors import queries

if TYPE_CHECKING:
    from frontdesk.custom_fields.records import FieldValue


def write_visitor_fields(
    tx: Tx, visitor_id: str, fields: Sequence["FieldValue"], *, replace_empty: bool
) -> None:
    """Write values on a visitor; of several for one key the last that may be written stays.

    A value that must not overwrite another is only written where there is none; an empty one
    counts as none if `replace_empty`.
    """
    visitor = tx.one(queries.VISITOR_TO_CHANGE, visitor_id=visitor_id)
    if visitor is None:
        return
    before = visitor.livechat_data or {}
    values = dict(before)
    for each in fields:
        absent = not before.get(each.key) if replace_empty else each.key not in before
        if each.overwrite or absent:
            values[each.key] = each.value
    if values != before:
        tx.patch(queries.PATCH_VISITOR, visitor.id, livechat_data=values, updated_at=tx.now)
