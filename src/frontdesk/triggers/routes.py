"""The HTTP face of triggers."""

from typing import Any

from frontdesk.http import Call, Rate, Routes
from frontdesk.http.paging import PageQuery, page
from frontdesk.triggers import saving
from frontdesk.triggers.external_service import (
    ask_service,
    service_of_trigger,
    service_to_try,
)
from frontdesk.triggers.schemas import CallService, SaveTrigger, TryService

routes = Routes("Livechat Triggers")
ROUTES = (routes,)

_MANAGER = ["view-livechat-manager"]
_SAVED: dict[str, Any] = {
    "name": "Greeting",
    "description": "Says hello to whoever reads the prices.",
    "enabled": True,
    "runOnce": True,
    "conditions": [{"name": "page-url", "value": "/prices"}],
    "actions": [
        {"name": "send-message", "params": {"sender": "queue", "msg": "Can we help you choose?"}}
    ],
}
_TRIGGER = {"_id": "Lk52shJFYyb55trw8", **_SAVED, "_updatedAt": "2026-03-01T10:00:00.000Z"}
_EXTRAS = [{"key": "plan", "value": "premium"}]
_ANSWER = {"statusCode": 200, "contents": [{"msg": "Welcome back!", "order": 0}]}
_NO_SECRET = "Livechat secret token is not configured"
_FAILURES = ("error-timeout", "error-invalid-external-service-response")


@routes.get(
    "livechat/triggers",
    permissions=_MANAGER,
    example={"triggers": [_TRIGGER], "count": 1, "offset": 0, "total": 1},
)
async def list_triggers(call: Call, query: PageQuery) -> dict[str, Any]:
    """List the triggers of the widget.

    By name, unless sorted otherwise.
    """
    return await call.read(saving.list_triggers, page(call.settings, query))


@routes.post("livechat/triggers", permissions=_MANAGER, request=_SAVED)
async def save(call: Call, body: SaveTrigger) -> None:
    """Make or change a trigger.

    With `_id` that trigger is changed; an unknown id changes nothing. The widget looks at the
    first condition and the first action: it says something itself, or asks a service of yours.
    """
    await call.write(saving.save_trigger, body)


@routes.get("livechat/triggers/{_id}", permissions=_MANAGER, example={"trigger": _TRIGGER})
async def trigger(call: Call) -> dict[str, Any]:
    """Read a trigger.

    `trigger` is null for an unknown id.
    """
    return {"trigger": await call.read(saving.read_trigger, call.path["_id"])}


@routes.delete("livechat/triggers/{_id}", permissions=_MANAGER)
async def remove(call: Call) -> None:
    """Remove a trigger.

    Says nothing about unknown ids.
    """
    await call.write(saving.remove_trigger, call.path["_id"])


@routes.post(
    "livechat/triggers/external-service/test",
    permissions=_MANAGER,
    rate=Rate(15, 60_000),
    request={
        "webhookUrl": "https://example.org/greeting",
        "timeout": 5000,
        "fallbackMessage": "Welcome!",
        "extraData": _EXTRAS,
    },
    example={"triggerId": "test-trigger", "response": _ANSWER},
    refusals=(_NO_SECRET, *_FAILURES),
)
async def try_service(call: Call, body: TryService) -> dict[str, Any]:
    """Try out a service that triggers are to ask.

    The service is asked as it would be for a visitor, with the token `1234567890`. `timeout` is in
    milliseconds. It has to answer with status 200 and `{"contents": [{"msg", "order"}]}`.
    """
    return await ask_service(call.settings, service_to_try(body))


@routes.post(
    "livechat/triggers/{_id}/external-service/call",
    public=True,
    rate=Rate(10, 60_000),
    request={"token": "tok-ann", "extraData": _EXTRAS},
    example={"triggerId": "Lk52shJFYyb55trw8", "response": _ANSWER},
    refusals=(
        "Invalid trigger",
        "Trigger is not configured to use an external service",
        "Invalid service URL",
        _NO_SECRET,
        *_FAILURES,
    ),
)
async def call_service(call: Call, body: CallService) -> dict[str, Any]:
    """Ask the service of a trigger what to say to a visitor.

    The widget does when the trigger fires. `extraData` is what the page knows of the visitor. A
    refusal carries the `fallbackMessage` of the trigger.
    """
    service = await call.read(service_of_trigger, call.path["_id"], body)
    return await ask_service(call.settings, service)
