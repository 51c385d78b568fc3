"""The HTTP face of the figures by agents."""

from typing import Any

import msgspec

from frontdesk.analytics import agents
from frontdesk.analytics.agents import Rows
from frontdesk.analytics.instants import instant
from frontdesk.analytics.schemas import AgentFiguresQuery, AvailabilityQuery
from frontdesk.db import Tx
from frontdesk.http import Call, Routes
from frontdesk.http.paging import Page, listed, page

routes = Routes("Omnichannel Agent Stats")

_MAY = ["view-livechat-manager"]
_REFUSALS = (
    'The "start" query parameter must be a valid date.',
    'The "end" query parameter must be a valid date.',
)
_AGENT = {"_id": "rbAXPnMktTFbNpwtJ", "username": "jane"}


def _example(**row: Any) -> dict[str, Any]:
    return {"agents": [row], "count": 1, "offset": 0, "total": 1}


@routes.get(
    "livechat/analytics/agents/average-service-time",
    permissions=_MAY,
    example=_example(**_AGENT, averageServiceTimeInSeconds=2941),
    refusals=_REFUSALS,
)
async def average_service_time(call: Call, query: AgentFiguresQuery) -> dict[str, Any]:
    """Show how long agents served a chat, on average.

    From taking to closing, in seconds; of the chats that were opened between the two moments and
    are closed.
    """
    start, end = _moments(query)
    rows = await call.read(agents.average_service_time, start, end)
    return _listed(rows, _page(call, query))


@routes.get(
    "livechat/analytics/agents/total-service-time",
    permissions=_MAY,
    example=_example(**_AGENT, chats=5, serviceTimeDuration=2686),
    refusals=_REFUSALS,
)
async def total_service_time(call: Call, query: AgentFiguresQuery) -> dict[str, Any]:
    """Show how many chats agents served, and how long.

    From taking to closing, in seconds; of the chats that were opened between the two moments and
    are closed.
    """
    start, end = _moments(query)
    rows = await call.read(agents.total_service_time, start, end)
    return _listed(rows, _page(call, query))


@routes.get(
    "livechat/analytics/agents/available-for-service-history",
    permissions=_MAY,
    example=_example(username="jane", availableTimeInSeconds=28_800),
    refusals=_REFUSALS,
)
async def available_for_service(call: Call, query: AvailabilityQuery) -> dict[str, Any]:
    """Show how long agents were available.

    On the days of the two dates, which are included. With `fullReport=true` also when that was.
    """
    start, end = _moments(query)
    wanted = _page(call, query)

    def found(tx: Tx) -> dict[str, Any]:
        rows = agents.availability(tx, start, end)
        shown = rows[_part(wanted)]
        if query.fullReport == "true":
            times = agents.stretches(tx, [agent_id for agent_id, _ in shown], start, end)
            for agent_id, row in shown:
                row["serviceHistory"] = times.get(agent_id, [])
        return listed("agents", [row for _, row in shown], wanted, len(rows))

    return await call.read(found)


def _moments(query: AgentFiguresQuery) -> tuple[int, int]:
    return instant("start", query.start), instant("end", query.end)


def _page(call: Call, query: AgentFiguresQuery) -> Page:
    return page(call.settings, msgspec.structs.replace(query, sort=None))


def _part(wanted: Page) -> slice:
    return slice(wanted.offset, None if wanted.count is None else wanted.offset + wanted.count)


def _listed(rows: Rows, wanted: Page) -> dict[str, Any]:
    return listed("agents", rows[_part(wanted)], wanted, len(rows))
