"""Which departments and conversations a user sees, where there are units.

Source: behaviour of the API, workforce, sections 3.7 and 9.1.
"""

import msgspec

from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.workforce import queries
from frontdesk.workforce.records import Department

#: Who holds one of the first and none of the second sees only what is his.
_RESTRICTED = frozenset(("livechat-monitor", "livechat-agent"))
_FREE = frozenset(("admin", "livechat-manager"))


class Restriction(msgspec.Struct, frozen=True):
    """What a user sees: the units that he monitors, and the departments in them besides those
    that he is an agent of. Of conversations: those of these departments, those that carry one of
    these units among their department's ancestors, and those of no department.
    """

    unit_ids: frozenset[str]
    department_ids: frozenset[str]


def restriction_of(tx: Tx, user: Principal) -> Restriction | None:
    """Return what a user is limited to; None for who sees everything.

    Limited are monitors and agents who are neither managers nor administrators, and only where
    there is any unit.
    """
    if _RESTRICTED.isdisjoint(user.roles) or not _FREE.isdisjoint(user.roles):
        return None
    if tx.one(queries.ANY_UNIT) is None:
        return None
    unit_ids = monitored_units(tx, user.id)
    return Restriction(
        unit_ids,
        _own_departments(tx, user.id) | {each.id for each in _departments_of_units(tx, unit_ids)},
    )


def units_and_departments(tx: Tx, user: Principal) -> list[str] | None:
    """Return the ids of the units that a user monitors and of the departments that he is an agent
    of; None for who sees everything.
    """
    restriction = restriction_of(tx, user)
    if restriction is None:
        return None
    return sorted(restriction.unit_ids | _own_departments(tx, user.id))


def monitored_units(tx: Tx, user_id: str) -> frozenset[str]:
    """Return the ids of the units that a user monitors."""
    return frozenset(tx.all(queries.UNITS_OF_MONITOR, user_id=user_id))


def departments_in_charge(tx: Tx, user_id: str) -> frozenset[str]:
    """Return the ids of the departments whose tags a user may choose from.

    Those he is an agent of, and those of the units he monitors that are enabled and have agents.
    """
    active = (
        each.id
        for each in _departments_of_units(tx, monitored_units(tx, user_id))
        if each.enabled and each.agent_count
    )
    return _own_departments(tx, user_id) | frozenset(active)


def departments_of_staff(tx: Tx, user_id: str) -> frozenset[str]:
    """Return the ids of the departments that a user is an agent of, or that belong to units the
    user monitors, disabled ones included.
    """
    units = monitored_units(tx, user_id)
    return _own_departments(tx, user_id) | {each.id for each in _departments_of_units(tx, units)}


def _own_departments(tx: Tx, user_id: str) -> frozenset[str]:
    links = tx.all(queries.DEPARTMENTS_OF_AGENT, agent_id=user_id)
    return frozenset(each.department_id for each in links)


def _departments_of_units(tx: Tx, unit_ids: frozenset[str]) -> list[Department]:
    return [
        department
        for unit_id in sorted(unit_ids)
        for department in tx.all(queries.DEPARTMENTS_OF_UNIT, unit_id=unit_id)
    ]
