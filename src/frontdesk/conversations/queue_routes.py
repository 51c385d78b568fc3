"""The HTTP face of what is known about the queue as a whole."""

from typing import Any

from frontdesk.conversations.load import list_loads
from frontdesk.conversations.schemas import LoadQuery
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page

routes = Routes("Livechat")


@routes.get(
    "livechat/queue",
    permissions=["view-l-room"],
    example={
        "queue": [
            {
                "user": {"_id": "rbAXPnMktTFbNpwtJ", "username": "ann", "status": "online"},
                "department": {"_id": "k7vXpSxrYhLfbTqGW", "name": "Sales"},
                "chats": 3,
            }
        ],
        "count": 1,
        "offset": 0,
        "total": 1,
    },
)
async def loads(call: Call, query: LoadQuery) -> dict[str, Any]:
    """List how much agents have to do.

    How many open conversations each agent serves in each department. Agents who are offline or
    take none are listed with `includeOfflineAgents=true` only.
    """
    return await call.read(list_loads, query, page(call.settings, query))
