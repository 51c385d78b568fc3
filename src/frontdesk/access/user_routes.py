"""The HTTP face of users: reading them."""

from typing import Any

from frontdesk.access import listing, presence
from frontdesk.access.documents import (
    AUTOCOMPLETE,
    PRESENCE,
    avatar_url,
    listed_user,
    picked,
)
from frontdesk.access.finding import means_caller, meant_user, selected_user
from frontdesk.access.preferences import own_preferences
from frontdesk.access.schemas import (
    AutocompleteQuery,
    PresenceQuery,
    UserInfoQuery,
    UserListQuery,
    UsernameQuery,
    UsersByStatusQuery,
    UserSelector,
)
from frontdesk.access.user_checks import username_is_available
from frontdesk.access.user_info import look_up
from frontdesk.clock import iso
from frontdesk.http import Call, Routes
from frontdesk.http.answers import Answer
from frontdesk.http.paging import listed, page

routes = Routes("Users")

_FULL = "view-full-other-user-info"
_NOT_FOUND = (
    'The required "userId" or "username" param was not provided [error-user-param-not-provided]',
    'The required "userId" or "username" param provided does not match any users '
    "[error-invalid-user]",
)
_ITEM = {
    "_id": "BsNr28znDkG8aeo7W",
    "username": "ann",
    "name": "Ann Agent",
    "type": "user",
    "status": "online",
    "active": True,
    "nameInsensitive": "ann agent",
}


@routes.get(
    "users.info",
    example={"user": {**_ITEM, "canViewAllInfo": False}},
    refusals=("Invalid search query.", "User not found."),
)
async def info(call: Call, query: UserInfoQuery) -> dict[str, Any]:
    """Show a user.

    Everybody sees who it is; the user himself and holders of `view-full-other-user-info` see
    addresses and roles too.
    """
    return {"user": await call.read(look_up, call.settings, call.user, query)}


@routes.get(
    "users.list",
    permissions=["view-d-room"],
    example={"users": [_ITEM], "count": 1, "offset": 0, "total": 1},
    refusals=("unauthorized",),
)
async def list_users(call: Call, query: UserListQuery) -> dict[str, Any]:
    """List users by name.

    `email` finds the one with an address; that needs `view-full-other-user-info`, which also
    adds addresses, roles and the last log-in.
    """
    if call.settings.flag("API_Apply_permission_view-outside-room_on_users-list"):
        call.require("view-outside-room")
    wanted = page(call.settings, query)
    found = await call.read(listing.list_users, call.user, query, wanted)
    full = call.user.may(_FULL)
    return listed("users", [listed_user(each, full) for each in found.users], wanted, found.total)


@routes.get(
    "users.listByStatus",
    permissions=["view-d-room"],
    example={"users": [_ITEM], "count": 1, "offset": 0, "total": 1},
)
async def list_by_status(call: Call, query: UsersByStatusQuery) -> dict[str, Any]:
    """List users by their state.

    All filters are combined.
    """
    wanted = page(call.settings, query)
    found = await call.read(listing.users_by_status, call.user, query, wanted)
    full = call.user.may(_FULL)
    return listed("users", [listed_user(each, full) for each in found.users], wanted, found.total)


@routes.get(
    "users.presence",
    example={
        "users": [{"_id": "BsNr28znDkG8aeo7W", "username": "ann", "status": "online"}],
        "full": True,
    },
    refusals=("Invalid date",),
)
async def presences(call: Call, query: PresenceQuery) -> dict[str, Any]:
    """Show who is present.

    Some users by id, those who changed since a date, or everybody who is not offline.
    """
    if call.settings.flag("Presence_broadcast_disabled"):
        return {"users": [], "full": True}
    users, full = await call.read(presence.present_users, query)
    return {"users": [picked(each, PRESENCE) for each in users], "full": full}


@routes.get("users.getPresence", example={"presence": "online"}, refusals=_NOT_FOUND)
async def get_presence(call: Call, query: UserSelector) -> dict[str, Any]:
    """Show the presence of a user, or one's own.

    For the caller with the state of the connection, for others what they show.
    """
    return await call.read(presence.presence, call.user, query)


@routes.get(
    "users.getStatus",
    example={"_id": "BsNr28znDkG8aeo7W", "status": "online"},
    refusals=_NOT_FOUND,
)
async def get_status(call: Call, query: UserSelector) -> dict[str, Any]:
    """Show the status of a user, or one's own.

    For the caller with the state of the connection, for others what they show.
    """
    user = await call.read(meant_user, call.user, query)
    answer: dict[str, Any] = {"_id": user.id, "status": user.status}
    if means_caller(query, call.user):
        answer["connectionStatus"] = user.status_connection
    if user.status_source is not None:
        answer["statusSource"] = user.status_source
    if user.status_expires_at is not None:
        answer["statusExpiresAt"] = iso(user.status_expires_at)
    return answer


@routes.get(
    "users.getPreferences",
    example={"preferences": {"idleTimeLimit": 300, "language": "en"}},
    refusals=(
        "FAILED TO RETRIEVE USER PREFERENCES BECAUSE THEY HAVEN'T BEEN SET UP BY THE USER YET",
    ),
)
async def get_preferences(call: Call) -> dict[str, Any]:
    """Show one's own preferences: what was set, without the defaults.

    An account that never stored any is answered with 400, as clients expect.
    """
    return {"preferences": await call.read(own_preferences, call.user.id)}


@routes.get(
    "users.autocomplete",
    example={"items": [{"_id": "BsNr28znDkG8aeo7W", "username": "ann", "name": "Ann Agent"}]},
)
async def autocomplete(call: Call, query: AutocompleteQuery) -> dict[str, Any]:
    """Complete a user name.

    `selector` is the JSON text of `{"term": "an", "exceptions": ["anton"]}`. Ten active users at
    the most.
    """
    users = await call.read(listing.complete_name, call.settings, query.selector)
    return {"items": [picked(each, AUTOCOMPLETE) for each in users]}


@routes.get(
    "users.checkUsernameAvailability",
    example={"result": True},
    refusals=("system is blocked and can't be used! [error-blocked-username]",),
)
async def check_username(call: Call, query: UsernameQuery) -> dict[str, Any]:
    """Tell whether one may take a user name.

    Tells whether a new account could have the name; upper and lower case count as the same.
    """
    free = await call.read(username_is_available, call.settings, query.username, call.user.id)
    return {"result": free}


@routes.get("users.getAvatar", public=True, refusals=_NOT_FOUND)
async def get_avatar(call: Call, query: UserSelector) -> Answer:
    """Go to a user's picture: a redirection (307) to its address.

    Answered with a redirection to the picture.
    """
    user = await call.read(selected_user, query)
    location = avatar_url(user.username, call.settings)
    return Answer(307, b"", [(b"location", location.encode())])
