"""Agents, managers and departments on the wire, and the input of their endpoints."""

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

import msgspec

from frontdesk.clock import iso
from frontdesk.http.match import BOOLEAN, STRING, array_of, integer, object_of, one_of, where
from frontdesk.http.paging import ListQuery, PageQuery
from frontdesk.workforce.records import (
    Department,
    DepartmentAgent,
    StaffMember,
    WidgetDepartment,
)

#: What the server alone writes about a department; clients may send it back as they got it.
SERVER_MEMBERS = frozenset(
    (
        *("_id", "type", "numAgents", "archived", "businessHourId", "parentId", "ancestors"),
        "_updatedAt",
    )
)


def department_document(department: Department) -> dict[str, Any]:
    """Return a department: what clients have saved, and what the server knows."""
    known = {
        "businessHourId": department.business_hour_id,
        "parentId": department.parent_id,
        "ancestors": department.ancestors,
        "archived": department.archived or None,
    }
    return {
        "_id": department.id,
        **department.document,
        **{name: value for name, value in known.items() if value is not None},
        "enabled": department.enabled,
        "type": "d",
        "numAgents": department.agent_count,
        "_updatedAt": iso(department.updated_at),
    }


def widget_department_document(department: WidgetDepartment) -> dict[str, Any]:
    """Return what the widget shows of a department."""
    document = {
        "_id": department.id,
        "name": department.name,
        "showOnRegistration": department.show_on_registration,
        "showOnOfflineForm": department.show_on_offline_form,
        "departmentsAllowedToForward": department.allowed_to_forward,
    }
    return {name: value for name, value in document.items() if value is not None}


def link_document(link: DepartmentAgent) -> dict[str, Any]:
    """Return an agent's membership in a department."""
    return {
        "_id": link.id,
        "agentId": link.agent_id,
        "departmentId": link.department_id,
        "username": link.username,
        "count": link.chats_given,
        "order": link.position,
        "departmentEnabled": link.department_enabled,
        "_updatedAt": iso(link.updated_at),
    }


def staff_document(member: StaffMember) -> dict[str, Any]:
    """Return an agent or manager; absent members are left out."""
    return {name: value for name, value in _staff(member).items() if value is not None}


def listed_staff_document(member: StaffMember, department_ids: Iterable[str]) -> dict[str, Any]:
    """Return an agent or manager as an item of a list, where every member is present."""
    return {**_staff(member), "departments": list(department_ids)}


def _staff(member: StaffMember) -> dict[str, Any]:
    return {
        "_id": member.id,
        "username": member.username,
        "status": member.status,
        "statusLivechat": member.status_livechat,
        "name": member.name,
        "emails": member.emails,
        "livechat": member.livechat,
    }


# Input: agents and managers ------------------------------------------------------------------


class StaffListQuery(ListQuery, kw_only=True):
    """Query of GET livechat/users/{type}; all but `text` count for agents only."""

    text: str | None = None
    onlyAvailable: bool | None = None
    excludeId: str | None = None
    showIdleAgents: bool | None = None


class Username(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/users/{type}."""

    username: str


class SaveAgent(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/agents.saveInfo."""

    agentId: str
    agentData: dict[str, Any]
    agentDepartments: list[str]


class AgentStatus(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/agent.status; without `status` the agent is switched over."""

    status: Literal["available", "not-available"] | None = None
    agentId: str | None = None


class AgentDepartmentsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/agents/{agentId}/departments; only the text `true` narrows it."""

    enabledDepartmentsOnly: str | None = None


class NextAgentQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET livechat/agent.next/{token}."""

    department: str | None = None


# Input: departments --------------------------------------------------------------------------


class DepartmentListQuery(PageQuery, kw_only=True):
    """Query of GET livechat/department."""

    text: str | None = None
    enabled: str | None = None
    onlyMyDepartments: Literal["true", "false"] | None = None
    excludeDepartmentId: str | None = None
    showArchived: str | None = None
    query: str | None = None


class DepartmentQuery(msgspec.Struct):
    """Query of GET livechat/department/{_id}; nothing is checked, only `true` counts."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "onlyMyDepartments": {
                "description": "`true`: only if the caller is responsible for it."
            },
            "includeAgents": {"description": "`false`: without the agents."},
        },
    }

    onlyMyDepartments: Any = None
    includeAgents: Any = "true"


class AutocompleteQuery(msgspec.Struct):
    """Query of GET livechat/department.autocomplete; unknown parameters are tolerated."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "selector": {
                "type": "string",
                "description": "JSON: `term`, `exceptions` (ids), `conditions` (plain values).",
            },
            "onlyMyDepartments": {
                "type": "string",
                "description": "`true`: only those that the caller is responsible for.",
            },
            "showArchived": {"type": "string", "description": "`true`: archived ones, too."},
        },
    }

    selector: str | None = None
    onlyMyDepartments: str | None = None
    showArchived: str | None = None


class DepartmentIdsQuery(msgspec.Struct):
    """Query of GET livechat/department.listByIds, which is checked by hand."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"ids": {"description": "The ids, as `ids[]=...` for each."}},
    }

    ids: Any = None


_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_NUMBER = {"type": "number"}
_TEXT_OR_NULL = {"type": "string", "nullable": True}
_TEXTS_OR_NULL = {"type": "array", "items": _TEXT, "nullable": True}
#: The name is indexed, and an index takes no more than 2,700 bytes.
_NAME_LENGTH = {"maxLength": 500}
_UNIT = {
    "type": "object",
    "properties": {"_id": {"type": "string", "nullable": True}},
    "additionalProperties": False,
}


class SaveDepartment(msgspec.Struct):
    """Body of POST livechat/department. Members of one's own are kept as they are."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "department": {
                "type": "object",
                "properties": {
                    "name": {**_TEXT, **_NAME_LENGTH},
                    "email": _TEXT,
                    "enabled": _FLAG,
                    "showOnRegistration": _FLAG,
                    "showOnOfflineForm": _FLAG,
                    "description": _TEXT_OR_NULL,
                    "requestTagBeforeClosingChat": {"type": "boolean", "nullable": True},
                    "chatClosingTags": _TEXTS_OR_NULL,
                    "fallbackForwardDepartment": _TEXT_OR_NULL,
                    "departmentsAllowedToForward": _TEXTS_OR_NULL,
                    "allowReceiveForwardOffline": {"type": "boolean", "nullable": True},
                    "offlineMessageChannelName": _TEXT_OR_NULL,
                    "abandonedRoomsCloseCustomMessage": _TEXT_OR_NULL,
                    "waitingQueueMessage": _TEXT_OR_NULL,
                },
                "required": ["name", "email", "enabled", "showOnRegistration", "showOnOfflineForm"],
            },
            "agents": {
                "type": "array",
                "nullable": True,
                "items": {
                    "type": "object",
                    "properties": {"agentId": _TEXT, "count": _NUMBER, "order": _NUMBER},
                    "required": ["agentId"],
                    "additionalProperties": False,
                },
            },
            "departmentUnit": _UNIT,
        },
        "required": ["department"],
        "additionalProperties": False,
    }

    department: dict[str, Any]
    agents: list[dict[str, Any]] | None = None
    departmentUnit: dict[str, Any] | None = None

    def unit_id(self) -> str | None:
        """Return the unit that the department shall be in; None for none."""
        return (self.departmentUnit or {}).get("_id") or None


class UpdateDepartment(msgspec.Struct):
    """Body of PUT livechat/department/{_id}; what is not sent stays as it is, save for the five
    members that always must be there.
    """

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "department": {
                "type": "object",
                "properties": {"name": _NAME_LENGTH},
                "required": ["name"],
            },
            "agents": {
                "type": "array",
                "nullable": True,
                "items": {
                    "type": "object",
                    "properties": {"agentId": _TEXT, "count": _NUMBER, "order": _NUMBER},
                    "required": ["agentId"],
                },
            },
            "departmentUnit": {**_UNIT, "nullable": True},
        },
        "required": ["department"],
        "additionalProperties": False,
    }

    department: dict[str, Any]
    agents: list[dict[str, Any]] | None = None
    departmentUnit: dict[str, Any] | None = None

    def unit_id(self) -> str | None:
        """Return the unit that the department shall be in; None for none."""
        return (self.departmentUnit or {}).get("_id") or None


def _name(value: Any) -> None:
    """Fit texts that the index of names takes."""
    STRING(value)
    where(lambda text: len(text) <= _NAME_LENGTH["maxLength"])(value)


#: The shape of a department as it is saved (workforce, 5.4, check 5).
DEPARTMENT = object_of(
    {
        "enabled": BOOLEAN,
        "name": _name,
        "showOnRegistration": BOOLEAN,
        "email": STRING,
        "showOnOfflineForm": BOOLEAN,
    },
    optional={
        "description": STRING,
        "requestTagBeforeClosingChat": BOOLEAN,
        "chatClosingTags": array_of(STRING),
        "fallbackForwardDepartment": STRING,
        "departmentsAllowedToForward": array_of(STRING),
        "allowReceiveForwardOffline": BOOLEAN,
        "offlineMessageChannelName": STRING,
        "abandonedRoomsCloseCustomMessage": STRING,
        "waitingQueueMessage": STRING,
    },
    others=one_of(STRING, integer, BOOLEAN),
)


class AddedAgent(msgspec.Struct, forbid_unknown_fields=True):
    """An agent who is to belong to a department; the user name is looked up, not taken over."""

    agentId: str
    username: str
    name: str | None = None
    count: float | None = None
    order: float | None = None


class RemovedAgent(msgspec.Struct, forbid_unknown_fields=True):
    """An agent who is to leave a department."""

    agentId: str
    username: str | None = None
    name: str | None = None
    count: float | None = None
    order: float | None = None
    departmentEnabled: bool | None = None
    departmentId: str | None = None
    id: str | None = msgspec.field(default=None, name="_id")
    updatedAt: str | None = msgspec.field(default=None, name="_updatedAt")


class ChangeDepartmentAgents(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/department/{_id}/agents."""

    upsert: list[AddedAgent]
    remove: list[RemovedAgent]
