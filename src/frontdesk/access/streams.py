"""What clients hear of users, roles and permissions.

Source: behaviour of the API, real time, sections 6.4 to 6.7 and 6.9.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from frontdesk.access import queries
from frontdesk.access.documents import role_document, user_document
from frontdesk.access.finding import find_user
from frontdesk.db import Event, Tx
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.streams import Extra, Streams
from frontdesk.realtime.subscriptions import Listeners, View

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

streams = Streams()

USERS = "notify-user"
LOGGED = "notify-logged"
ALL = "notify-all"
PRESENCE = "user-presence"
_PRIVATE_SETTINGS = "private-settings-changed"
_SEE_SETTINGS = ("view-privileged-setting", "edit-privileged-setting", "manage-selected-settings")


# Who may listen ------------------------------------------------------------------------------


@streams.readable(USERS)
async def may_hear_own(caller: Caller, key: str, extra: Extra) -> View | None:
    """Everybody hears what concerns only himself."""
    del extra
    user = caller.user_or_none
    return "user" if user is not None and key.partition("/")[0] == user.id else None


@streams.readable(LOGGED)
async def may_hear_when_logged_in(caller: Caller, key: str, extra: Extra) -> View | None:
    """Whoever is logged in; private settings are for those who may see them."""
    del extra
    user = caller.user_or_none
    if user is None:
        return None
    if key == _PRIVATE_SETTINGS and not any(user.may(each) for each in _SEE_SETTINGS):
        return None
    return "user"


@streams.readable(ALL)
async def may_hear_all(caller: Caller, key: str, extra: Extra) -> View | None:
    """Everybody, visitors too."""
    del key, extra
    return "visitor" if caller.user_or_none is None else "user"


@streams.readable("roles")
async def may_hear_of_roles(caller: Caller, key: str, extra: Extra) -> View | None:
    """Whoever is logged in."""
    del key, extra
    return None if caller.user_or_none is None else "user"


def _unless_switched_off(
    settings: "Settings", view: View, arguments: tuple[Any, ...]
) -> tuple[Any, ...] | None:
    del view
    return None if settings.flag("Presence_broadcast_disabled") else arguments


@streams.readable(PRESENCE, share=_unless_switched_off, by_key=True)
async def may_watch(caller: Caller, key: str, extra: Extra) -> View | None:
    """Whoever is logged in; the reference forgets to ask for that."""
    del key, extra
    return None if caller.user_or_none is None else "user"


# What is told --------------------------------------------------------------------------------


@streams.telling(
    "user-status",
    wanted=lambda listeners, event: (
        listeners.listen(LOGGED, "user-status") or listeners.listen(PRESENCE, event.key)
    ),
)
def tell_presence(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Tell a user's presence to all who are logged in, and to those who watch this user."""
    del tx, listeners
    if settings.flag("Presence_broadcast_disabled"):
        return
    username, code, text, name, roles = event.arguments
    yield Event(LOGGED, "user-status", ([event.key, username, code, text, name, roles],))
    yield Event(PRESENCE, event.key, ([username, code, text],))


def _somebody_follows(listeners: Listeners, event: Event) -> bool:
    return (
        listeners.listen(USERS, f"{event.key}/userData")
        or (event.arguments[0] == "removed" and listeners.listen(LOGGED, "Users:Deleted"))
        or (
            not event.arguments[1].keys().isdisjoint(("name", "username"))
            and listeners.listen(LOGGED, "Users:NameChanged")
        )
    )


@streams.telling("user", wanted=_somebody_follows)
def tell_user(tx: Tx, settings: "Settings", listeners: Listeners, event: Event) -> Iterator[Event]:
    """Tell a user what changed about him, and all others his new name, or that he is gone."""
    del settings, listeners
    act, changes = event.arguments
    own = f"{event.key}/userData"
    if act == "removed":
        yield Event(USERS, own, ({"type": "removed", "id": event.key},))
        gone = {"userId": event.key, "messageErasureType": "Unlink"}
        yield Event(LOGGED, "Users:Deleted", (gone,))
        return
    user = find_user(tx, event.key)
    if user is None:
        return
    if act == "inserted":
        told = {"type": "inserted", "id": event.key, "data": user_document(user)}
        yield Event(USERS, own, (told,))
        return
    if not changes:
        return  # a token or a secret
    diff = {name: each for name, each in changes.items() if each is not None}
    told = {"type": "updated", "id": event.key, "diff": diff}
    unset = {name: 1 for name, each in changes.items() if each is None}
    yield Event(USERS, own, ({**told, "unset": unset} if unset else told,))
    if not changes.keys().isdisjoint(("name", "username")):
        named = {"_id": user.id, "name": user.name, "username": user.username}
        yield Event(LOGGED, "Users:NameChanged", (named,))


@streams.telling(
    "permissions",
    wanted=lambda listeners, event: listeners.listen(LOGGED, "permissions-changed"),
)
def tell_permission(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Tell which roles hold a permission now."""
    del tx, settings, listeners
    yield Event(LOGGED, "permissions-changed", event.arguments)


@streams.telling(
    "roles-change",
    wanted=lambda listeners, event: listeners.listen(LOGGED, "roles-change"),
)
def tell_membership(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Tell that somebody was given a role or lost it, where roles are shown."""
    del tx, listeners
    if settings.flag("UI_DisplayRoles"):
        yield Event(LOGGED, "roles-change", event.arguments)


@streams.telling("roles", wanted=lambda listeners, event: listeners.listen("roles", "roles"))
def tell_role(tx: Tx, settings: "Settings", listeners: Listeners, event: Event) -> Iterator[Event]:
    """Tell how a role is now, or that it is gone."""
    del settings, listeners
    role = tx.one(queries.ROLE, role_id=event.key)
    if event.arguments[0] == "removed" or role is None:
        yield Event("roles", "roles", ({"type": "removed", "_id": event.key},))
    else:
        yield Event("roles", "roles", ({"type": "changed", **role_document(role)},))
