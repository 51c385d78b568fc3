"""The input of the endpoints of access, with the names of the API."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from frontdesk.http.paging import ListQuery

_Text1 = Annotated[str, msgspec.Meta(min_length=1)]
Status = Literal["online", "away", "offline", "busy"]


class LogIn(msgspec.Struct):
    """Body of POST login. Its forms are told apart in `login.py`; nothing is checked before, so
    that everything unusable is answered in the same way.
    """

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "user": {"description": "User name, or e-mail address if it has an @."},
            "username": {"description": "User name."},
            "email": {"description": "E-mail address."},
            "password": {
                "description": "The password, or its hex SHA-256 as "
                '`{"digest": "...", "algorithm": "sha-256"}`.'
            },
            "code": {"description": "Second factor, if the user has set one up."},
            "resume": {"description": "A token that is still valid, instead of all others."},
        },
    }


# Users: reading ------------------------------------------------------------------------------


class UserSelector(msgspec.Struct):
    """One user, by id or by name."""

    userId: str | None = None
    username: str | None = None
    user: str | None = None


def _lookup(name: str) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            name: text,
            "includeUserRooms": text,
            "fields": {"type": "string", "nullable": True},
        },
        "required": [name],
        "additionalProperties": False,
    }


class UserInfoQuery(msgspec.Struct):
    """Query of GET users.info: exactly one way to name the user."""

    json_schema: ClassVar[dict[str, Any]] = {
        "anyOf": [
            _lookup(name)
            for name in ("userId", "username", "importId", "email", "freeSwitchExtension")
        ]
    }

    userId: str | None = None
    username: str | None = None
    importId: str | None = None
    email: str | None = None
    freeSwitchExtension: str | None = None
    includeUserRooms: str | None = None
    fields: str | None = None


class UserListQuery(ListQuery, kw_only=True):
    """Query of GET users.list."""

    email: _Text1 | None = None


class UsersByStatusQuery(ListQuery, kw_only=True):
    """Query of GET users.listByStatus."""

    status: Literal["active", "deactivated"] | None = None
    hasLoggedIn: bool | None = None
    type: str | None = None
    roles: list[str] | None = None
    searchTerm: str | None = None
    inactiveReason: list[Literal["deactivated", "pending_approval", "idle_too_long"]] | None = None


class PresenceQuery(msgspec.Struct):
    """Query of GET users.presence."""

    ids: str | list[str] | None = None
    since: str | None = msgspec.field(default=None, name="from")


class AutocompleteQuery(msgspec.Struct):
    """Query of GET users.autocomplete; `selector` is JSON text."""

    selector: str


class UsernameQuery(msgspec.Struct):
    """Query of GET users.checkUsernameAvailability."""

    username: str


# Users: writing ------------------------------------------------------------------------------


class CreateUser(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Body of POST users.create."""

    email: str
    name: str
    password: str
    username: str
    active: bool | None = None
    bio: str | None = None
    nickname: str | None = None
    statusText: str | None = None
    roles: list[str] | None = None
    joinDefaultChannels: bool | None = None
    requirePasswordChange: bool | None = None
    setRandomPassword: bool | None = None
    sendWelcomeEmail: bool | None = None
    verified: bool | None = None
    customFields: dict[str, Any] | None = None
    fields: str | None = None
    freeSwitchExtension: str | None = None


class UserChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What POST users.update changes; what is missing stays, except bio and nickname."""

    email: str | None = None
    name: str | None = None
    password: str | None = None
    username: str | None = None
    bio: str | None = None
    nickname: str | None = None
    status: Status | None = None
    statusText: str | None = None
    roles: list[str] | None = None
    active: bool | None = None
    joinDefaultChannels: bool | None = None
    requirePasswordChange: bool | None = None
    setRandomPassword: bool | None = None
    sendWelcomeEmail: bool | None = None
    verified: bool | None = None
    customFields: dict[str, Any] | None = None
    freeSwitchExtension: str | None = None


class UpdateUser(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST users.update."""

    userId: _Text1
    data: UserChanges
    confirmRelinquish: bool = False


class OwnChanges(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What POST users.updateOwnBasicInfo changes; what is missing stays."""

    email: str | None = None
    name: str | None = None
    username: str | None = None
    nickname: str | None = None
    bio: str | None = None
    statusType: str | None = None
    statusText: str | None = None
    currentPassword: str | None = None
    newPassword: str | None = None


class UpdateOwnBasicInfo(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST users.updateOwnBasicInfo."""

    data: OwnChanges
    customFields: dict[str, Any] | None = None


class DeleteUser(UserSelector):
    """Body of POST users.delete."""

    confirmRelinquish: bool = False


class SetActiveStatus(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Body of POST users.setActiveStatus."""

    userId: str
    activeStatus: bool
    confirmRelinquish: bool | None = None


class SetStatus(UserSelector):
    """Body of POST users.setStatus; `expiresAt` is an ISO date."""

    status: Status | None = None
    message: str | None = None
    expiresAt: str | None = None


class Preferences(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The preferences that a user may have; only those given are changed."""

    language: str | UnsetType = UNSET
    newRoomNotification: str | UnsetType = UNSET
    newMessageNotification: str | UnsetType = UNSET
    muteFocusedConversations: bool | UnsetType = UNSET
    clockMode: int | UnsetType = UNSET
    useEmojis: bool | UnsetType = UNSET
    convertAsciiEmoji: bool | UnsetType = UNSET
    saveMobileBandwidth: bool | UnsetType = UNSET
    collapseMediaByDefault: bool | UnsetType = UNSET
    autoImageLoad: bool | UnsetType = UNSET
    emailNotificationMode: str | UnsetType = UNSET
    unreadAlert: bool | UnsetType = UNSET
    masterVolume: float | UnsetType = UNSET
    notificationsSoundVolume: float | UnsetType = UNSET
    voipRingerVolume: float | UnsetType = UNSET
    desktopNotifications: str | UnsetType = UNSET
    pushNotifications: str | UnsetType = UNSET
    enableAutoAway: bool | UnsetType = UNSET
    highlights: list[str] | UnsetType = UNSET
    messageViewMode: int | UnsetType = UNSET
    hideUsernames: bool | UnsetType = UNSET
    hideRoles: bool | UnsetType = UNSET
    displayAvatars: bool | UnsetType = UNSET
    hideAvatars: bool | UnsetType = UNSET
    hideFlexTab: bool | UnsetType = UNSET
    sendOnEnter: str | UnsetType = UNSET
    idleTimeLimit: float | UnsetType = UNSET
    sidebarShowFavorites: bool | UnsetType = UNSET
    sidebarShowUnread: bool | UnsetType = UNSET
    sidebarSortby: str | UnsetType = UNSET
    sidebarViewMode: str | UnsetType = UNSET
    sidebarDisplayAvatar: bool | UnsetType = UNSET
    sidebarGroupByType: bool | UnsetType = UNSET
    sidebarShowDiscussion: bool | UnsetType = UNSET
    sidebarSectionsOrder: list[str] | UnsetType = UNSET
    muteFocusedConversationsInThreads: bool | UnsetType = UNSET
    dontAskAgainList: list[dict[str, str]] | UnsetType = UNSET
    notifyCalendarEvents: bool | UnsetType = UNSET
    themeAppearence: str | UnsetType = UNSET
    alsoSendThreadToChannel: str | UnsetType = UNSET
    desktopNotificationRequireInteraction: bool | UnsetType = UNSET
    desktopNotificationVoiceCalls: bool | UnsetType = UNSET
    showThreadsInMainChannel: bool | UnsetType = UNSET
    fontSize: str | UnsetType = UNSET
    mentionsWithSymbol: bool | UnsetType = UNSET
    receiveLoginDetectionEmail: bool | UnsetType = UNSET
    omnichannelTranscriptPDF: bool | UnsetType = UNSET
    omnichannelTranscriptEmail: bool | UnsetType = UNSET
    omnichannelHideConversationAfterClosing: bool | UnsetType = UNSET
    enableMobileRinging: bool | UnsetType = UNSET
    featuresPreview: list[Any] | UnsetType = UNSET
    utcOffset: float | UnsetType = UNSET


class SetPreferences(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST users.setPreferences."""

    data: Preferences
    userId: str | None = None


# Tokens and second factor --------------------------------------------------------------------


class GenerateToken(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST users.generatePersonalAccessToken."""

    tokenName: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    bypassTwoFactor: bool = False


class TokenName(msgspec.Struct, forbid_unknown_fields=True):
    """Body of the endpoints about one personal access token."""

    tokenName: _Text1


class CreateToken(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST users.createToken."""

    userId: _Text1
    secret: _Text1


class LogOutUser(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST users.logout."""

    userId: str | None = None


class EmailOrUsername(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST users.2fa.sendEmailCode."""

    emailOrUsername: str


# Roles and permissions -----------------------------------------------------------------------


class RoleMembership(msgspec.Struct):
    """Body of POST roles.addUserToRole; the endpoint has words of its own for what is missing."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "object"}

    username: Any = None
    roleId: Any = None
    roleName: Any = None
    roomId: Any = None


class LeavingRole(msgspec.Struct):
    """Body of POST roles.removeUserFromRole."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "object"}

    username: Any = None
    roleId: Any = None
    scope: Any = None


class RoleProperties(msgspec.Struct):
    """Body of POST roles.create, roles.update and roles.delete."""

    json_schema: ClassVar[dict[str, Any]] = {"type": "object"}

    roleId: Any = None
    name: Any = None
    scope: Any = "Users"
    description: Any = ""
    mandatory2fa: Any = False


class UsersInRoleQuery(ListQuery, kw_only=True):
    """Query of GET roles.getUsersInRole."""

    role: str = ""
    roomId: str | None = None


class UpdatedSince(msgspec.Struct):
    """Query of lists that tell what has changed since an ISO date."""

    updatedSince: str | None = None


class PermissionRoles(msgspec.Struct, forbid_unknown_fields=True):
    """The roles that a permission shall have."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "_id": {"type": "string"},
            "roles": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        },
        "required": ["_id", "roles"],
        "additionalProperties": False,
    }

    id: str = msgspec.field(name="_id")
    roles: list[str]


class UpdatePermissions(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST permissions.update."""

    json_schema: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {"permissions": {"type": "array", "items": PermissionRoles.json_schema}},
        "required": ["permissions"],
        "additionalProperties": False,
    }

    permissions: list[PermissionRoles]


class PermissionRole(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST permissions.addRole and permissions.removeRole."""

    permissionId: _Text1
    role: _Text1


class LicenseQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET licenses.info."""

    loadValues: bool = False
