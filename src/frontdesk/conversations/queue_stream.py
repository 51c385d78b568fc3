"""What agents hear of the queue: who waits, who was taken, what changed.

An inquiry is told under its own id, and to those who could take it: the agent it waits for, its
department, or everybody. Two things differ on purpose: a conversation that begins to wait is told
at once, and the visitor's token, which is a secret, is left out.

Source: behaviour of the API, real time, sections 6.4, 6.8 and 6.10.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from frontdesk.access.sessions import find_principal, hash_token
from frontdesk.conversations import queries
from frontdesk.conversations.finding import inquiry_of_room
from frontdesk.conversations.records import Inquiry
from frontdesk.conversations.schemas import inquiry_document
from frontdesk.db import Event, Tx
from frontdesk.http.call import Principal
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.streams import Extra, ForSome, Streams
from frontdesk.realtime.subscriptions import Listeners, View
from frontdesk.workforce.finding import agents_of_department, departments_of_agent, online_agent

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

QUEUE = "livechat-inquiry-queue-observer"
_USERS = "notify-user"
_NOTIFICATION = "notification"

streams = Streams()


@streams.readable(QUEUE)
async def may_watch_queue(caller: Caller, key: str, extra: Extra) -> View | None:
    """Agents watch the queue; who waits for one agent is for him, and for those who see all."""
    del extra
    user = caller.user_or_none
    if user is None or not user.may("view-l-room"):
        return None
    scope, _, owner = key.partition("/")
    return "user" if scope != "agent" or owner == user.id or _sees_all(user) else None


def _sees_all(user: Principal) -> bool:
    return not user.roles.isdisjoint(("admin", "livechat-manager", "livechat-monitor"))


def _queue_is_watched(listeners: Listeners, event: Event) -> bool:
    del event
    return listeners.anybody(QUEUE)


@streams.telling("inquiry", wanted=_queue_is_watched)
def tell_inquiry(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event | ForSome]:
    """Tell how an inquiry is now, and those in whose queue it was that it is there no longer."""
    del settings
    act, department_id, *agent_ids = event.arguments
    before = _queue_keys(department_id, agent_ids[0] if agent_ids else None)
    if act == "removed":
        gone = {"_id": event.key}
        yield Event(QUEUE, event.key, ({**gone, "clientAction": "removed"},))
        for key in before:
            yield Event(QUEUE, key, ({"type": "removed", **gone},))
        return
    inquiry = tx.one(queries.INQUIRY, inquiry_id=event.key)
    if inquiry is None:
        return
    if department_id == inquiry.department_id:
        yield from _shown(tx, listeners, inquiry, act)
        return
    for key in before:  # that queue it has left; where it is now is another event
        yield Event(QUEUE, key, ({"type": "removed", "_id": inquiry.id},))


@streams.telling(
    "room",
    wanted=lambda listeners, event: event.arguments[0] == "message" and listeners.anybody(QUEUE),
    latest=True,
)
def tell_message(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event | ForSome]:
    """Tell what the visitor of a conversation that waits has written last."""
    del settings
    inquiry = inquiry_of_room(tx, event.key)
    if inquiry is not None and inquiry.status == "queued":
        yield from _shown(tx, listeners, inquiry, "updated")


@streams.telling(
    "inquiry",
    wanted=lambda listeners, event: (
        event.arguments[0] == "inserted" and listeners.anybody(_USERS, _NOTIFICATION)
    ),
)
def notify_agents(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Notify the agents who could take a new conversation that waits."""
    inquiry = tx.one(queries.INQUIRY, inquiry_id=event.key)
    if inquiry is None or inquiry.status != "queued":
        return
    notification = _notification(inquiry)
    for user_id in listeners.prefixes(_USERS, _NOTIFICATION):
        if _could_take(tx, settings, inquiry, user_id):
            yield Event(_USERS, f"{user_id}/{_NOTIFICATION}", (notification,))


def _could_take(tx: Tx, settings: "Settings", inquiry: Inquiry, user_id: str) -> bool:
    if inquiry.default_agent_id is not None and inquiry.default_agent_id != user_id:
        return False
    if online_agent(tx, settings, user_id) is None:
        return False
    return inquiry.department_id is None or any(
        each.department_id == inquiry.department_id for each in departments_of_agent(tx, user_id)
    )


def _shown(tx: Tx, listeners: Listeners, inquiry: Inquiry, act: str) -> Iterator[Event | ForSome]:
    document = inquiry_document(inquiry)
    document["v"] = {name: each for name, each in document["v"].items() if name != "token"}
    yield Event(QUEUE, inquiry.id, ({**document, "clientAction": act},))
    # Some clients ignore `added`: what comes into the queue is announced as a change.
    for key in _queue_keys(inquiry.department_id, inquiry.default_agent_id):
        told = Event(QUEUE, key, ({"type": "changed", **document},))
        yield told if key == "public" else _for_members(tx, listeners, told)


def _for_members(tx: Tx, listeners: Listeners, told: Event) -> Event | ForSome:
    """Let a department's queue be heard by its agents and by those who see all, as they are now:
    clients may be slow to notice that they have left a department.
    """
    scope, _, department_id = told.key.partition("/")
    watchers = listeners.of(QUEUE, told.key)
    if scope != "department" or not watchers:
        return told
    members = set(agents_of_department(tx, department_id))
    heard = set()
    for each in watchers:
        user_id, token = each.session.identity or ("", "")
        user = None if user_id in members else find_principal(tx, user_id, hash_token(token))
        if user_id in members or (user is not None and _sees_all(user)):
            heard.add(each.session.id)
    return ForSome(told, frozenset(heard))


def _queue_keys(department_id: str | None, agent_id: str | None) -> list[str]:
    keys = [] if agent_id is None else [f"agent/{agent_id}"]
    if department_id is not None:
        keys.append(f"department/{department_id}")
    return keys or ["public"]


def _notification(inquiry: Inquiry) -> dict[str, Any]:
    visitor = {"_id": inquiry.visitor_id, "username": inquiry.visitor_username}
    return {
        "title": "New chat in queue",
        "text": f"{inquiry.visitor_username} started a new conversation",
        "payload": {
            "_id": inquiry.id,
            "rid": inquiry.room_id,
            "type": "l",
            "sender": {**visitor, "name": inquiry.name},
            "name": inquiry.name,
            "message": {"msg": inquiry.message},
        },
    }
