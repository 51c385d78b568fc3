"""Users, roles and permissions as the API sends them. No document carries a secret."""

from typing import TYPE_CHECKING, Any

from frontdesk.access.queries import PermissionRow, RoleRow
from frontdesk.access.records import User
from frontdesk.clock import iso, iso_or_none

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Members that only the user himself and holders of `view-full-other-user-info` see
#: (API frame, 3.3).
RESTRICTED = frozenset(
    (
        *("avatarOrigin", "emails", "phone", "statusConnection", "createdAt", "lastLogin"),
        *("requirePasswordChange", "requirePasswordChangeReason", "roles", "statusDefault"),
        *("_updatedAt", "settings"),
    )
)
#: Members of GET me (API frame, 7.4).
ME = frozenset(
    (
        *("_id", "name", "username", "nickname", "emails", "status", "statusDefault"),
        *("statusText", "statusSource", "statusExpiresAt", "statusConnection", "bio"),
        *("utcOffset", "language", "roles", "active", "customFields", "requirePasswordChange"),
        *("statusLivechat", "openBusinessHours", "_updatedAt"),
    )
)
#: Members of GET users.info: for everybody, and for those who may see all (API frame, 7.5).
INFO = frozenset(
    (
        *("_id", "name", "username", "nickname", "status", "utcOffset", "type", "active", "bio"),
        *("statusText", "statusSource", "statusExpiresAt", "statusLivechat"),
        *("freeSwitchExtension", "customFields"),
    )
)
FULL_INFO = INFO | {
    *("emails", "statusConnection", "createdAt", "lastLogin", "requirePasswordChange", "roles"),
}
LIST = frozenset(("_id", "name", "username", "status", "active", "type"))
FULL_LIST = LIST | {"emails", "roles", "lastLogin"}
PRESENCE = frozenset(
    (
        *("_id", "username", "name", "status", "utcOffset", "statusText", "statusSource"),
        *("statusExpiresAt",),
    )
)
AUTOCOMPLETE = frozenset(("_id", "name", "username", "nickname", "status"))
IN_ROLE = frozenset(("_id", "name", "username", "type", "status", "active", "emails", "roles"))

_PREFERENCE = "Accounts_Default_User_Preferences_"


def user_document(user: User) -> dict[str, Any]:
    """Return all of a user that is no secret; absent members are left out."""
    document: dict[str, Any] = {
        "_id": user.id,
        "createdAt": iso(user.created_at),
        "username": user.username,
        "name": user.name,
        "nickname": user.nickname,
        "bio": user.bio,
        "emails": user.emails,
        "type": user.kind,
        "roles": user.roles,
        "active": user.active,
        "status": user.status,
        "statusDefault": user.status_default,
        "statusConnection": user.status_connection,
        "statusText": user.status_text,
        "statusSource": user.status_source,
        "statusExpiresAt": iso_or_none(user.status_expires_at),
        "statusLivechat": user.status_livechat,
        "livechatStatusSystemModified": (
            None if user.status_livechat is None else user.livechat_switched_by_system
        ),
        "openBusinessHours": user.open_business_hours,
        "livechat": user.livechat,
        "extension": user.extension,
        "freeSwitchExtension": user.voice_extension,
        "utcOffset": user.utc_offset,
        "language": user.language,
        "lastLogin": iso_or_none(user.last_login_at),
        "requirePasswordChange": user.password_change_required,
        "settings": _own_settings(user),
        "customFields": user.custom_fields,
        "_updatedAt": iso(user.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def picked(user: User, members: frozenset[str]) -> dict[str, Any]:
    """Return some members of the user's document."""
    return {name: value for name, value in user_document(user).items() if name in members}


def written_user(user: User, full: bool) -> dict[str, Any]:
    """Return a user as the writing endpoints answer it: all, or without what is restricted."""
    document = user_document(user)
    if full:
        return document
    return {name: value for name, value in document.items() if name not in RESTRICTED}


def listed_user(user: User, full: bool) -> dict[str, Any]:
    """Return a user as an item of a list."""
    document = picked(user, FULL_LIST if full else LIST)
    document["nameInsensitive"] = (user.name or "").lower()
    return document


def me_document(user: User, settings: "Settings") -> dict[str, Any]:
    """Return a user as he sees himself (API frame, 7.4)."""
    document = picked(user, ME)
    email = next((each["address"] for each in user.emails or () if each["verified"]), None)
    if email is not None:
        document["email"] = email
    document["settings"] = {
        "profile": {},
        "preferences": preferences_of(user, settings),
        "calendar": {},
    }
    document["avatarUrl"] = avatar_url(user.username, settings)
    services: dict[str, Any] = {"password": {"exists": user.password_hash is not None}}
    if user.email_two_factor:
        services["email2fa"] = {"enabled": True}
    document["services"] = services
    document["isOAuthUser"] = False
    return document


def preferences_of(user: User, settings: "Settings") -> dict[str, Any]:
    """Return all preferences: the user's own over the defaults of the workspace."""
    defaults = {
        setting_id.removeprefix(_PREFERENCE): value
        for setting_id, value in settings.items()
        if setting_id.startswith(_PREFERENCE)
    }
    return {**defaults, **(user.preferences or {})}


def avatar_url(username: str, settings: "Settings") -> str:
    """Return where a user's picture is."""
    return f"{settings.text('Site_Url').rstrip('/')}/avatar/{username}"


def role_document(role: RoleRow) -> dict[str, Any]:
    """Return a role."""
    return {
        "_id": role.id,
        "name": role.name,
        "description": role.description,
        "scope": role.scope,
        "protected": role.protected,
        "mandatory2fa": role.mandatory_two_factor,
        "_updatedAt": iso(role.updated_at),
    }


def permission_document(permission: PermissionRow) -> dict[str, Any]:
    """Return a permission; one about a setting says which."""
    document: dict[str, Any] = {
        "_id": permission.id,
        "roles": permission.roles,
        "_updatedAt": iso(permission.updated_at),
    }
    if permission.setting is not None:
        document.update(permission.setting)
        document["level"] = "settings"
    return document


def _own_settings(user: User) -> dict[str, Any] | None:
    if user.preferences is None:
        return None
    return {"preferences": user.preferences} if user.preferences else {}
