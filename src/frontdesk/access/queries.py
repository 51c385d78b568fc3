"""All SQL of users, tokens, roles and permissions."""

from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Text,
    bindparam,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.sql.selectable import Select

from frontdesk.access.records import LoginToken, User
from frontdesk.access.tables import (
    login_attempts,
    login_tokens,
    permissions,
    roles,
    user_connections,
    user_emails,
    users,
)
from frontdesk.db import Command, Insert, Patch, Query, columns_of
from frontdesk.db.text_order import by_code_points


class RoleRow(msgspec.Struct):
    """A row of `roles`. A removed role stays as a row, for those who ask what changed."""

    id: str
    name: str
    description: str
    scope: str
    protected: bool
    mandatory_two_factor: bool
    updated_at: int
    removed_at: int | None = None


class PermissionRow(msgspec.Struct):
    """A row of `permissions`. `setting` is set for permissions about one setting."""

    id: str
    roles: list[str]
    setting: dict[str, Any] | None
    updated_at: int


def holds_role(role_id: str) -> ColumnElement[bool]:
    """Return the condition that a user holds a role, over the JSON text of the roles."""
    return type_coerce(users.c.roles, Text).contains(f'"{role_id}"', autoescape=True)


# Users ---------------------------------------------------------------------------------------

_USERS = columns_of(users, User)
USER = Query(_USERS.where(users.c.id == bindparam("user_id")), User)
#: Keeps others from changing the user until the commit (PostgreSQL).
USER_TO_CHANGE = Query(_USERS.where(users.c.id == bindparam("user_id")).with_for_update(), User)
USER_BY_NAME = Query(_USERS.where(users.c.username == bindparam("username")), User)
USERS_BY_LOWER_NAME = Query(_USERS.where(users.c.username_lower == bindparam("lower")), User)
USERS_BY_ID_OR_NAME = Query(
    _USERS.where(or_(users.c.id == bindparam("given"), users.c.username == bindparam("given"))),
    User,
)
USER_BY_VOICE_EXTENSION = Query(
    _USERS.where(users.c.voice_extension == bindparam("extension")).limit(1), User
)
USER_BY_EMAIL = Query(
    _USERS.join_from(users, user_emails, user_emails.c.user_id == users.c.id).where(
        user_emails.c.address_lower == bindparam("lower")
    ),
    User,
)
USER_BY_TOKEN = Query(
    _USERS.join_from(users, login_tokens, login_tokens.c.user_id == users.c.id).where(
        login_tokens.c.hashed_token == bindparam("hashed_token"),
        users.c.id == bindparam("user_id"),
    ),
    User,
)
NAME_OWNER = Query(select(users.c.id).where(users.c.username_lower == bindparam("lower")), str)
_ROLES_TEXT = type_coerce(users.c.roles, Text)
#: Active users with more roles than `user`.
USERS_WITH_ROLES = Query(
    _USERS.where(users.c.active.is_(True), _ROLES_TEXT != '["user"]', _ROLES_TEXT != "[]").order_by(
        users.c.username
    ),
    User,
)
INSERT_USER = Insert(users, skip_conflicts=True)
PATCH_USER = Patch(users)
_others = users.alias("others")
#: Sets a name unless it is somebody else's, in any case.
RENAME_USER = Command(
    update(users)
    .where(
        users.c.id == bindparam("user_id"),
        ~select(_others.c.id)
        .where(_others.c.username_lower == bindparam("lower"), _others.c.id != bindparam("user_id"))
        .exists(),
    )
    .values(username=bindparam("new_name"), username_lower=bindparam("lower"))
)
DELETE_USER = Command(delete(users).where(users.c.id == bindparam("user_id")))
COUNT_USERS = Query(select(func.count()).select_from(users), int)
COUNT_ACTIVE_USERS = Query(
    select(func.count()).where(users.c.active.is_(True), users.c.kind == "user"), int
)
COUNT_CONNECTED_USERS = Query(
    select(func.count()).where(users.c.status_connection != "offline"), int
)
PERSON_EXISTS = Query(select(users.c.id).where(users.c.kind == "user").limit(1), str)
_IS_ADMIN = (holds_role("admin"), users.c.active.is_(True), users.c.kind == "user")
ADMIN_EXISTS = Query(select(users.c.id).where(*_IS_ADMIN).limit(1), str)
#: Locked, so that two administrators cannot leave at once, each as the last but one.
ACTIVE_ADMINS = Query(
    select(users.c.id).where(*_IS_ADMIN).order_by(users.c.id).with_for_update(), str
)

# Addresses -----------------------------------------------------------------------------------

EMAIL_OWNER = Query(
    select(user_emails.c.user_id).where(user_emails.c.address_lower == bindparam("lower")), str
)
INSERT_EMAIL = Insert(user_emails, skip_conflicts=True)
DELETE_EMAILS = Command(delete(user_emails).where(user_emails.c.user_id == bindparam("user_id")))

# Tokens --------------------------------------------------------------------------------------

_TOKENS = columns_of(login_tokens, LoginToken)
_OF_USER = login_tokens.c.user_id == bindparam("user_id")
_NOT_PERSONAL = login_tokens.c.personal_name.is_(None)
TOKEN = Query(_TOKENS.where(login_tokens.c.hashed_token == bindparam("hashed_token")), LoginToken)
TOKENS_OF_USER = Query(_TOKENS.where(_OF_USER).order_by(login_tokens.c.created_at), LoginToken)
PERSONAL_TOKEN = Query(
    _TOKENS.where(_OF_USER, login_tokens.c.personal_name == bindparam("name")), LoginToken
)
PERSONAL_TOKENS = Query(
    _TOKENS.where(_OF_USER, ~_NOT_PERSONAL).order_by(
        login_tokens.c.created_at, login_tokens.c.hashed_token
    ),
    LoginToken,
)
INSERT_TOKEN = Insert(login_tokens, skip_conflicts=True)
#: Notes that a client of a token gave a second proof, and until when that counts.
REMEMBER_PROOF = Command(
    update(login_tokens)
    .where(login_tokens.c.hashed_token == bindparam("token"))
    .values(two_factor_until=bindparam("until"), two_factor_client=bindparam("client"))
)
DELETE_TOKEN = Command(
    delete(login_tokens).where(
        login_tokens.c.hashed_token == bindparam("hashed_token"),
        _OF_USER,
    )
)
DELETE_TOKENS = Command(delete(login_tokens).where(_OF_USER))
DELETE_OTHER_TOKENS = Command(
    delete(login_tokens).where(
        _OF_USER, _NOT_PERSONAL, login_tokens.c.hashed_token != bindparam("kept")
    )
)
DELETE_PERSONAL_TOKEN = Command(
    delete(login_tokens).where(_OF_USER, login_tokens.c.personal_name == bindparam("name"))
)
_newest = login_tokens.alias("newest")
#: Log-in tokens beyond the newest `most`; personal ones are not counted.
DELETE_SURPLUS_TOKENS = Command(
    delete(login_tokens).where(
        _OF_USER,
        _NOT_PERSONAL,
        login_tokens.c.hashed_token.not_in(
            select(_newest.c.hashed_token)
            .where(_newest.c.user_id == bindparam("user_id"), _newest.c.personal_name.is_(None))
            .order_by(_newest.c.created_at.desc(), _newest.c.hashed_token)
            .limit(bindparam("most"))
        ),
    )
)
DELETE_EXPIRED_TOKENS = Query(
    delete(login_tokens)
    .where(_NOT_PERSONAL, login_tokens.c.created_at < bindparam("before"))
    .returning(login_tokens.c.user_id),
    str,
)

# Connections ---------------------------------------------------------------------------------

INSERT_CONNECTION = Insert(user_connections)
#: Returns whose connection it is.
NOTE_CONNECTION = Query(
    update(user_connections)
    .where(user_connections.c.id == bindparam("connection_id"))
    .values(status=bindparam("new_status"))
    .returning(user_connections.c.user_id),
    str,
)
DELETE_CONNECTION = Command(
    delete(user_connections).where(user_connections.c.id == bindparam("connection_id"))
)
#: Returns whose connections they were.
DELETE_LOST_CONNECTIONS = Query(
    delete(user_connections)
    .where(user_connections.c.seen_at < bindparam("before"))
    .returning(user_connections.c.user_id),
    str,
)
TOUCH_CONNECTIONS = Command(
    update(user_connections)
    .where(user_connections.c.process == bindparam("of_process"))
    .values(seen_at=bindparam("now"))
)
CONNECTION_STATUSES = Query(
    select(user_connections.c.status).where(user_connections.c.user_id == bindparam("user_id")),
    str,
)

# Attempts to log in --------------------------------------------------------------------------

INSERT_ATTEMPT = Insert(login_attempts)
DELETE_OLD_ATTEMPTS = Command(
    delete(login_attempts).where(login_attempts.c.at < bindparam("before"))
)


def _failures(column: str) -> Query[int]:
    """Return the count of failures since a time and since the last success."""
    earlier = login_attempts.alias("earlier")
    last_success = (
        select(func.coalesce(func.max(earlier.c.at), 0))
        .where(earlier.c[column] == bindparam("given"), earlier.c.succeeded.is_(True))
        .scalar_subquery()
    )
    return Query(
        select(func.count()).where(
            login_attempts.c[column] == bindparam("given"),
            login_attempts.c.succeeded.is_(False),
            login_attempts.c.at > bindparam("since"),
            login_attempts.c.at > last_success,
        ),
        int,
    )


FAILURES_OF_ADDRESS = _failures("address")
FAILURES_OF_USERNAME = _failures("username")

# Roles and permissions -----------------------------------------------------------------------

_PRESENT = roles.c.removed_at.is_(None)
ALL_ROLES = Query(select(roles).where(_PRESENT).order_by(roles.c.id), RoleRow)
ROLES_CHANGED = Query(
    select(roles).where(roles.c.updated_at > bindparam("since")).order_by(roles.c.id), RoleRow
)
ROLE = Query(select(roles).where(roles.c.id == bindparam("role_id"), _PRESENT), RoleRow)
ROLE_BY_NAME = Query(select(roles).where(roles.c.name == bindparam("name"), _PRESENT), RoleRow)
INSERT_ROLE = Insert(roles, skip_conflicts=True)
PATCH_ROLE = Patch(roles)
ALL_PERMISSIONS = Query(select(permissions).order_by(permissions.c.id), PermissionRow)
PERMISSIONS_CHANGED = Query(
    select(permissions)
    .where(permissions.c.updated_at > bindparam("since"))
    .order_by(permissions.c.id),
    PermissionRow,
)
PERMISSION_TO_CHANGE = Query(
    select(permissions).where(permissions.c.id == bindparam("permission_id")).with_for_update(),
    PermissionRow,
)
INSERT_PERMISSION = Insert(permissions, skip_conflicts=True)
SET_PERMISSION_ROLES = Command(
    update(permissions)
    .where(permissions.c.id == bindparam("permission_id"))
    .values(roles=bindparam("new_roles"), updated_at=bindparam("now"))
)

# Lists of users ------------------------------------------------------------------------------

#: What a list may be sorted by, under the names of the API.
SORTABLE: dict[str, ColumnElement[Any]] = {
    "_id": by_code_points(users.c.id),
    "username": by_code_points(users.c.username),
    "name": by_code_points(func.lower(users.c.name)),
    "nameInsensitive": by_code_points(func.lower(users.c.name)),
    "status": users.c.status,
    "active": users.c.active,
    "type": users.c.kind,
    "createdAt": users.c.created_at,
    "lastLogin": users.c.last_login_at,
}
#: Where a text is looked for, under the names of the API.
SEARCHABLE: dict[str, ColumnElement[Any]] = {
    "username": users.c.username,
    "name": users.c.name,
    "nickname": users.c.nickname,
    "bio": users.c.bio,
    "emails": type_coerce(users.c.emails, Text),
}

PRESENT_USERS = Query(
    _USERS.where(users.c.active.is_(True), users.c.status != "offline").order_by(users.c.id), User
)
USERS_CHANGED = Query(
    _USERS.where(users.c.active.is_(True), users.c.updated_at > bindparam("since")).order_by(
        users.c.id
    ),
    User,
)


def all_users() -> Select[Any]:
    """Return the select that lists refine; its rows are `User`."""
    return _USERS


def present_among(ids: list[str]) -> Select[Any]:
    """Return those users among `ids` who are not offline."""
    return _USERS.where(users.c.id.in_(ids), users.c.status != "offline").order_by(users.c.id)


def with_email(statement: Select[Any], address: str) -> Select[Any]:
    """Keep the user with an address, in any case."""
    owner = select(user_emails.c.user_id).where(user_emails.c.address_lower == address.lower())
    return statement.where(users.c.id.in_(owner))


def with_state(
    statement: Select[Any], active: bool | None, has_logged_in: bool | None, kind: str | None
) -> Select[Any]:
    """Keep users by their state; None stands for any."""
    if active is not None:
        statement = statement.where(users.c.active.is_(active))
    if has_logged_in is not None:
        never = users.c.last_login_at.is_(None)
        statement = statement.where(~never if has_logged_in else never)
    if kind is not None:
        statement = statement.where(users.c.kind == kind)
    return statement


def with_any_role(statement: Select[Any], role_ids: list[str]) -> Select[Any]:
    """Keep holders of at least one of the roles."""
    return statement.where(or_(*(holds_role(each) for each in role_ids)))


def with_text(statement: Select[Any], text: str, fields: list[str]) -> Select[Any]:
    """Keep users one of whose `fields` (see SEARCHABLE) holds the text, in any case."""
    return statement.where(
        or_(
            *(
                func.lower(SEARCHABLE[name]).contains(text.lower(), autoescape=True)
                for name in fields
            )
        )
    )


def without_names(statement: Select[Any], usernames: list[str]) -> Select[Any]:
    """Leave out the users of these names."""
    return statement.where(users.c.username.not_in(usernames)) if usernames else statement


def counted(statement: Select[Any]) -> Select[Any]:
    """Return the select that counts what another one would return."""
    return select(func.count()).select_from(statement.subquery())
