"""Which conversations monitors and agents find in lists, and may remove, where there are units.

Source: behaviour of the API, conversations, sections 2.12 and 3.2; workforce, section 3.7. In one
point we differ on purpose: what somebody serves himself he sees wherever it belongs.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_

from frontdesk.conversations.records import Room
from frontdesk.conversations.tables import rooms
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.workforce.restrictions import restriction_of


def within_units(
    tx: Tx, user: Principal, asked_for: Sequence[str] | None = None
) -> list[ColumnElement[bool]]:
    """Return the conditions of the conversations that a user sees, at the most one.

    With units that are asked for: those of these units, as far as they are the user's. What has
    no department is seen by everybody who is limited at all.
    """
    restriction = restriction_of(tx, user)
    if restriction is None:
        return [_belongs_to(asked_for)] if asked_for else []
    units = restriction.unit_ids
    seen: list[ColumnElement[bool]] = [rooms.c.department_id.is_(None)]
    if asked_for:
        units = units.intersection(asked_for)
    else:
        seen += [
            rooms.c.agent_id == user.id,
            rooms.c.department_id.in_(sorted(restriction.department_ids)),
        ]
    if units:
        seen.append(_belongs_to(sorted(units)))
    return [or_(*seen)]


def _belongs_to(unit_ids: Sequence[str]) -> ColumnElement[bool]:
    # A department lies in one unit at the most, so the list as it is stored can be compared whole.
    return or_(*(rooms.c.department_ancestors == [unit_id] for unit_id in unit_ids))


def is_within_units(tx: Tx, user: Principal, room: Room) -> bool:
    """Tell whether a user sees a conversation."""
    restriction = restriction_of(tx, user)
    return (
        restriction is None
        or room.department_id is None
        or room.agent_id == user.id
        or room.department_id in restriction.department_ids
        or not restriction.unit_ids.isdisjoint(room.department_ancestors or ())
    )
