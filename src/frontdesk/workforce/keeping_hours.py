"""Keeping business hours: while none is open for an agent, he takes no conversations.

What is open for whom is computed anew from the clock whenever something may have changed: a
business hour opens or closes, is saved or removed, a department or its agents change, somebody
becomes an agent. The job "business hours" looks at every opening and closing; it is planned anew
each time.

Source: behaviour of the API, workforce, section 3.9.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from frontdesk.access.announcing import announce_user
from frontdesk.access.availability import AVAILABLE, NOT_AVAILABLE
from frontdesk.db import Tx
from frontdesk.jobs import cancel, enqueue
from frontdesk.workforce import queries
from frontdesk.workforce.business_calendar import is_open, next_change
from frontdesk.workforce.queries import HoursOfMembership
from frontdesk.workforce.records import AgentHours, BusinessHour, Department

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: The job that looks at the business hours; also its key, for there is one.
KEEP_HOURS = "workforce.keep_hours"


def hours_are_kept(settings: "Settings") -> bool:
    """Tell whether business hours decide when agents take conversations."""
    return settings.flag("Livechat_enable_business_hours")


def keep_hours(tx: Tx, settings: "Settings") -> None:
    """Bring all agents in line with the business hours of this moment, and plan the next look.

    Where business hours are not kept, agents stay as they are and nothing is planned.
    """
    if not hours_are_kept(settings):
        for agent in tx.select(queries.agents_to_switch(None), AgentHours):
            _note_hours(tx, agent, [], None)
        cancel(tx, KEEP_HOURS)
        return
    refresh_hours(tx, settings)
    plan_next_look(tx, settings)


def look_now(tx: Tx, *, starting: bool = False) -> None:
    """Promise a look at the business hours at once, instead of the one that is planned.

    `starting` says that business hours begin to be kept: then departments that are disabled or
    archived lose theirs.
    """
    enqueue(tx, KEEP_HOURS, {"starting": starting}, key=KEEP_HOURS, replace=True)


def plan_next_look(tx: Tx, settings: "Settings") -> None:
    """Plan the next look for when a business hour opens or closes; nothing if they are not kept."""
    moment = next_change(_hours_that_count(tx, settings), tx.now)
    if moment is None or not hours_are_kept(settings):
        cancel(tx, KEEP_HOURS)
    else:
        enqueue(tx, KEEP_HOURS, {}, due_at=moment, key=KEEP_HOURS, replace=True)


def refresh_hours(tx: Tx, settings: "Settings", agent_ids: Collection[str] | None = None) -> None:
    """Note which business hours are open for all agents, or some, and switch them accordingly.

    Who had none and has one now becomes available if he is online, also if he had switched
    himself off; away and busy agents are not touched. Who has none does not stay available; bots
    do. Nothing happens where business hours are not kept.
    """
    if not hours_are_kept(settings) or (agent_ids is not None and not agent_ids):
        return
    agents = tx.select(queries.agents_to_switch(agent_ids), AgentHours)
    open_hours = [each for each in _hours_that_count(tx, settings) if is_open(each, tx.now)]
    memberships = _memberships(tx, agent_ids) if _are_multiple(settings) else None
    for agent in agents:
        own = [each.id for each in open_hours if _applies(each, agent.id, memberships)]
        _note_hours(tx, agent, own, _switched(agent, own))


def leave_hours(tx: Tx, settings: "Settings", department: Department) -> None:
    """Take a department that is disabled, archived or removed out of its business hour.

    One that no other department has becomes inactive. Does nothing unless several business hours
    are kept; the agents are the caller's to refresh.
    """
    if department.business_hour_id is None or not hours_are_kept(settings):
        return
    if not _are_multiple(settings):
        return
    _unlink(tx, department)
    plan_next_look(tx, settings)


def leave_unused_hours(tx: Tx, settings: "Settings") -> None:
    """Take all departments that are disabled or archived out of their business hours."""
    if not _are_multiple(settings):
        return
    for department in tx.all(queries.ALL_DEPARTMENTS):
        if department.business_hour_id is not None and not _counts(department):
            tx.patch(queries.PATCH_DEPARTMENT, department.id, business_hour_id=None)


def _unlink(tx: Tx, department: Department) -> None:
    hour_id = department.business_hour_id
    tx.patch(queries.PATCH_DEPARTMENT, department.id, business_hour_id=None, updated_at=tx.now)
    if not tx.all(queries.DEPARTMENTS_OF_BUSINESS_HOUR, hour_id=hour_id):
        tx.patch(queries.PATCH_BUSINESS_HOUR, str(hour_id), active=False, updated_at=tx.now)


def _counts(department: Department) -> bool:
    return department.enabled and not department.archived


def _are_multiple(settings: "Settings") -> bool:
    return settings.text("Livechat_business_hour_type") == "Multiple"


def _hours_that_count(tx: Tx, settings: "Settings") -> list[BusinessHour]:
    """Return all business hours, or the default one where that is for everybody."""
    found = tx.all(queries.ALL_BUSINESS_HOURS)
    return found if _are_multiple(settings) else [each for each in found if each.kind == "default"]


def _memberships(
    tx: Tx, agent_ids: Collection[str] | None
) -> Mapping[str, list[HoursOfMembership]]:
    found: dict[str, list[HoursOfMembership]] = defaultdict(list)
    for each in tx.select(queries.hours_of_memberships(agent_ids), HoursOfMembership):
        found[each.agent_id].append(each)
    return found


def _applies(
    hour: BusinessHour, agent_id: str, memberships: Mapping[str, list[HoursOfMembership]] | None
) -> bool:
    """Tell whether a business hour is an agent's (3.9.5); None: there is one for everybody."""
    if memberships is None:
        return True
    own = [each for each in memberships.get(agent_id, ()) if not each.archived]
    if hour.kind != "default":
        return any(each.enabled and each.business_hour_id == hour.id for each in own)
    return not own or any(each.enabled and each.business_hour_id is None for each in own)


def _switched(agent: AgentHours, open_hours: list[str]) -> str | None:
    """Return what an agent is switched to, None if he stays as he is."""
    if open_hours:
        opens = not agent.open_business_hours and agent.active and agent.status == "online"
        return AVAILABLE if opens and agent.status_livechat != AVAILABLE else None
    closes = agent.active and not agent.bot and agent.status_livechat == AVAILABLE
    return NOT_AVAILABLE if closes else None


def _note_hours(tx: Tx, agent: AgentHours, open_hours: list[str], switched: str | None) -> None:
    columns: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    if (agent.open_business_hours or []) != open_hours:
        columns["open_business_hours"] = open_hours or None
        changes["openBusinessHours"] = open_hours or None
    if switched is not None:
        columns["status_livechat"] = changes["statusLivechat"] = switched
    if columns:
        tx.patch(queries.PATCH_STAFF_MEMBER, agent.id, **columns, updated_at=tx.now)
        announce_user(tx, agent.id, **changes)
