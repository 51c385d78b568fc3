"""What one user may learn of another (API frame, 7.5)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from frontdesk.access import queries
from frontdesk.access.documents import FULL_INFO, INFO, picked
from frontdesk.access.finding import user_by_email
from frontdesk.access.records import User
from frontdesk.access.user_checks import public_custom_fields
from frontdesk.db import Tx
from frontdesk.errors import Refused

if TYPE_CHECKING:
    from frontdesk.access.schemas import UserInfoQuery
    from frontdesk.http.call import Principal
    from frontdesk.settings.workspace import Settings

#: Who knows the rooms of a user, as the members `_id, rid, name, t, roles, unread` of each;
#: app.py registers.
rooms_of_user: list[Callable[[Tx, str], list[dict[str, Any]]]] = []


def look_up(
    tx: Tx, settings: "Settings", caller: "Principal", query: "UserInfoQuery"
) -> dict[str, Any]:
    """Return what the caller may see of a user.

    Raises Refused for an empty question, and for a user that there is not or that must not be
    looked for in this way.
    """
    given = {
        name: value
        for name in ("userId", "username", "importId", "email", "freeSwitchExtension")
        if (value := getattr(query, name)) is not None
    }
    if not all(value.strip() for value in given.values()):
        raise Refused("Invalid search query.")
    user = _found(tx, query)
    if user is None:
        raise Refused("User not found.")
    own = user.id == caller.id
    may_see_all = own or caller.may("view-full-other-user-info")
    if (query.email or query.importId) and not may_see_all:
        raise Refused("User not found.")
    document = picked(user, FULL_INFO if may_see_all else INFO)
    if not may_see_all and "customFields" in document:
        document["customFields"] = public_custom_fields(settings, document["customFields"])
    if own:
        document["services"] = {"password": user.password_hash is not None}
        if user.email_two_factor:
            document["services"]["email2fa"] = {"enabled": True}
    document["canViewAllInfo"] = may_see_all
    wants_rooms = query.includeUserRooms == "true" or '"userRooms"' in (query.fields or "")
    if wants_rooms and (own or caller.may("view-other-user-channels")):
        rooms = [room for source in rooms_of_user for room in source(tx, user.id)]
        document["rooms"] = sorted(rooms, key=lambda room: (room["t"], room.get("name") or ""))
    return document


def _found(tx: Tx, query: "UserInfoQuery") -> User | None:
    if query.email:
        return user_by_email(tx, query.email)
    if query.freeSwitchExtension:
        return tx.one(queries.USER_BY_VOICE_EXTENSION, extension=query.freeSwitchExtension)
    given = query.userId or query.username
    if not given:
        return None  # imported ids: nothing is ever imported
    # Either parameter takes an id or a name, as clients mix them up.
    return tx.one(queries.USERS_BY_ID_OR_NAME, given=given)
