"""Departments, units, staff and business hours as the code handles them: the rows of the tables."""

from typing import Any

import msgspec


class Department(msgspec.Struct):
    """A row of `departments`. `document` holds what the client sent, by the API's names, so that
    it is answered as given; the other fields are what the rules read.
    """

    id: str
    name: str
    enabled: bool
    email: str
    show_on_registration: bool
    show_on_offline_form: bool
    description: str | None = None
    request_tag_before_closing: bool = False
    closing_tags: list[str] | None = None
    offline_channel: str | None = None
    fallback_id: str | None = None
    allowed_to_forward: list[str] | None = None
    receives_offline: bool = False
    chat_limit: int | None = None
    inactivity_timeout: int | None = None
    abandoned_message: str | None = None
    queue_message: str | None = None
    agent_count: int = 0
    archived: bool = False
    business_hour_id: str | None = None
    parent_id: str | None = None
    ancestors: list[str] | None = None
    document: dict[str, Any] = {}
    created_at: int = 0
    updated_at: int = 0


class WidgetDepartment(msgspec.Struct):
    """What the widget shows of a row of `departments`."""

    id: str
    name: str
    show_on_registration: bool
    show_on_offline_form: bool
    allowed_to_forward: list[str] | None


class DepartmentAgent(msgspec.Struct):
    """A row of `department_agents`. `chats_given` (count) and `position` (order) rank agents."""

    id: str
    agent_id: str
    department_id: str
    username: str
    chats_given: int = 0
    position: int = 0
    department_enabled: bool = True
    updated_at: int = 0


class StaffMember(msgspec.Struct):
    """What this feature reads of a row of `users`: an agent or a manager."""

    id: str
    username: str
    name: str | None
    roles: list[str]
    active: bool
    bot: bool
    status: str
    status_livechat: str | None
    emails: list[dict[str, Any]] | None
    livechat: dict[str, Any] | None
    custom_fields: dict[str, Any] | None


class Unit(msgspec.Struct):
    """A row of `units`, with how many monitors and departments it has."""

    id: str
    name: str
    visibility: str
    updated_at: int
    monitor_count: int = 0
    department_count: int = 0


class UnitMonitor(msgspec.Struct):
    """A row of `unit_monitors`: somebody who watches over a unit."""

    id: str
    unit_id: str
    monitor_id: str
    updated_at: int


class WorkHours(msgspec.Struct, frozen=True):
    """Open time on one day of the week: `day` in English, times as `HH:mm` (or `HH:mm:ss`, of
    which the seconds do not count) on the clock of the business hour's zone.
    """

    day: str
    open: bool
    start: str
    finish: str


class BusinessHour(msgspec.Struct):
    """A row of `business_hours`. `kind` is `default` (there is one) or `custom`."""

    id: str
    kind: str
    name: str
    active: bool
    time_zone: str
    work_hours: list[WorkHours]
    created_at: int
    updated_at: int


class AgentHours(msgspec.Struct):
    """What business hours read and write of a row of `users`, an agent."""

    id: str
    active: bool
    bot: bool
    status: str
    status_livechat: str | None
    open_business_hours: list[str] | None


class AgentActivity(msgspec.Struct):
    """A row of `agent_activity`: a stretch of time in which an agent was available. `day` is the
    day on the server's clock, as the number YYYYMMDD; nothing crosses midnight.
    """

    id: str
    agent_id: str
    day: int
    started_at: int
    stopped_at: int | None = None
