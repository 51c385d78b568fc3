"""The configuration of the widget over HTTP."""

from typing import Any

from frontdesk.http import Call, Routes
from frontdesk.widget.configuration import configuration
from frontdesk.widget.schemas import ConfigQuery

routes = Routes("Livechat")


@routes.get(
    "livechat/config",
    public=True,
    example={
        "config": {
            "enabled": True,
            "online": True,
            "settings": {"registrationForm": True, "language": "en"},
            "theme": {"title": "Frontdesk", "color": "#C1272D", "position": "right"},
            "triggers": [],
            "departments": [],
            "customFields": [],
        }
    },
    refusals=("Error! No Active Business Unit found with id: u1 [error-unit-not-found]",),
)
async def config(call: Call, query: ConfigQuery) -> dict[str, Any]:
    """Read what the widget needs to know.

    Settings, theme and texts, triggers, the departments to choose from (those of `businessUnit`,
    if given), custom fields to ask for, and whether somebody is online (in `department`, if
    given). With a known `token` also the visitor, the open conversation and who serves it.
    """
    return {"config": await call.read(configuration, call.settings, query)}
