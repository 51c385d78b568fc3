"""Who belongs to which department.

Source: behaviour of the API, workforce, section 3.8.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

import msgspec

from frontdesk.access.finding import find_user
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.workforce import queries
from frontdesk.workforce.keeping_hours import refresh_hours
from frontdesk.workforce.records import Department, DepartmentAgent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


#: What other features do, in the same transaction, when agents come to a department or leave it:
#: they are told the department's id, who belongs to it now (anew or still) and who left.
#: app.py registers.
on_members_changed: list[Callable[[Tx, str, Collection[str], Collection[str]], None]] = []


class Linking(msgspec.Struct, frozen=True):
    """An agent who is to belong to a department: chats given so far, and the place in the order."""

    agent_id: str
    chats_given: int = 0
    position: int = 0


def change_members(
    tx: Tx,
    settings: "Settings",
    department: Department,
    linkings: Iterable[Linking],
    removed: Iterable[str] = (),
    *,
    enabled: bool | None = None,
) -> None:
    """Take agents out of a department and put others in; the same agent in both lists stays.

    `department` was read with `department_to_change` or is new; `enabled` is what the links
    shall say where that is about to change. Ids of nobody are skipped. Numbers of agents who
    belong already are replaced.
    """
    gone = {each for each in removed if _unlink(tx, department.id, each)}
    flag = department.enabled if enabled is None else enabled
    linked = {each.agent_id for each in linkings if _link(tx, department.id, each, flag)}
    if gone or linked:
        _count(tx, department.id)
        _tell(tx, department.id, linked, gone - linked)
        refresh_hours(tx, settings, gone | linked)


def set_departments_of(
    tx: Tx, settings: "Settings", agent_id: str, department_ids: Iterable[str]
) -> None:
    """Make an agent belong to exactly these departments; memberships that stay are not touched.

    Ids of no department are skipped.
    """
    wanted = set(department_ids)
    present = {
        each.department_id for each in tx.all(queries.DEPARTMENTS_OF_AGENT, agent_id=agent_id)
    }
    # In one order for everybody: who locks several departments must not meet who does it backwards.
    for department_id in sorted(present ^ wanted):
        department = tx.one(queries.DEPARTMENT_TO_CHANGE, department_id=department_id)
        if department_id in present:
            gone, linked = _unlink(tx, department_id, agent_id), False
        elif department is not None:
            gone, linked = False, _link(tx, department_id, Linking(agent_id), department.enabled)
        else:
            continue
        if gone or linked:
            _count(tx, department_id)
            _tell(tx, department_id, [agent_id] * linked, [agent_id] * gone)
    if present != wanted:
        refresh_hours(tx, settings, [agent_id])


def remove_all_members(tx: Tx, department_id: str) -> list[str]:
    """Take all agents out of a department that is going; return their ids."""
    links = tx.all(queries.DEPARTMENT_AGENTS, department_id=department_id)
    for link in links:
        _unlink(tx, department_id, link.agent_id)
    agent_ids = [each.agent_id for each in links]
    if agent_ids:
        _tell(tx, department_id, (), agent_ids)
    return agent_ids


def set_links_enabled(tx: Tx, department_id: str, enabled: bool) -> list[str]:
    """Let the links of a department say whether it is enabled; return the ids of its agents."""
    links = tx.all(queries.DEPARTMENT_AGENTS, department_id=department_id)
    for link in links:
        if link.department_enabled != enabled:
            tx.patch(
                queries.PATCH_DEPARTMENT_AGENT,
                link.id,
                department_enabled=enabled,
                updated_at=tx.now,
            )
            _announce(tx, "updated", link)
    return [each.agent_id for each in links]


def _link(tx: Tx, department_id: str, linking: Linking, enabled: bool) -> bool:
    user = find_user(tx, linking.agent_id)
    if user is None:
        return False
    known = tx.one(queries.DEPARTMENT_AGENT, department_id=department_id, agent_id=user.id)
    link = DepartmentAgent(
        id=random_id() if known is None else known.id,
        agent_id=user.id,
        department_id=department_id,
        username=user.username,
        chats_given=linking.chats_given,
        position=linking.position,
        department_enabled=enabled,
        updated_at=tx.now,
    )
    tx.insert(queries.UPSERT_DEPARTMENT_AGENT, link)
    _announce(tx, "inserted" if known is None else "updated", link)
    return True


def _unlink(tx: Tx, department_id: str, agent_id: str) -> bool:
    link = tx.one(queries.DEPARTMENT_AGENT, department_id=department_id, agent_id=agent_id)
    if link is None:
        return False
    tx.run(queries.REMOVE_DEPARTMENT_AGENT, department_id=department_id, agent_id=agent_id)
    _announce(tx, "removed", link)
    return True


def _count(tx: Tx, department_id: str) -> None:
    tx.run(queries.COUNT_DEPARTMENT_AGENTS, row_id=department_id, now=tx.now)


def _tell(tx: Tx, department_id: str, linked: Collection[str], gone: Collection[str]) -> None:
    for follow in on_members_changed:
        follow(tx, department_id, linked, gone)


def _announce(tx: Tx, act: str, link: DepartmentAgent) -> None:
    """Tell the agent's clients, which follow the queues of their departments."""
    names = {"_id": link.id, "agentId": link.agent_id, "departmentId": link.department_id}
    tx.emit("department-agents", link.agent_id, act, names)
