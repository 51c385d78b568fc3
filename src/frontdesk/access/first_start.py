"""What a workspace holds from its first start: roles, permissions, built-in users."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from frontdesk.access import queries
from frontdesk.access.passwords import digest, hash_digest
from frontdesk.access.queries import PermissionRow, RoleRow
from frontdesk.access.records import User, UserEmail
from frontdesk.access.roles import default_permissions, default_roles
from frontdesk.db import Tx
from frontdesk.ids import random_id
from frontdesk.settings.registry import load_registry

if TYPE_CHECKING:
    from frontdesk.config import Config

#: The author of automatic messages; clients know it by this id.
SYSTEM_USER = "rocket.cat"
#: Id, user name and password of the second administrator in test mode.
TEST_ADMIN = "rocketchat.internal.admin.test"


#: In the data folder: the first administrator's password, for the demo and for whoever missed it.
FIRST_ADMIN_FILE = "first-administrator.json"


class FirstAdmin(msgspec.Struct, frozen=True):
    """The administrator that was created, with its password to be shown once."""

    username: str
    password: str


def keep_first_admin(admin: FirstAdmin, data_dir: Path) -> Path:
    """Write the password to a file that only the owner can read; return its path."""
    path = data_dir / FIRST_ADMIN_FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(admin) + b"\n")
    return path


def read_first_admin(data_dir: Path) -> FirstAdmin | None:
    """Return what the first start wrote, or None if the file is gone."""
    try:
        return msgspec.json.decode((data_dir / FIRST_ADMIN_FILE).read_bytes(), type=FirstAdmin)
    except (OSError, msgspec.DecodeError):
        return None


def prepare_access(tx: Tx, config: "Config") -> FirstAdmin | None:
    """Lay down roles, permissions and built-in users where they are missing.

    Returns the first administrator if this start created it with a password of ours, so that
    the password can be printed; None otherwise.
    """
    for role in default_roles():
        tx.insert(
            queries.INSERT_ROLE,
            RoleRow(
                role.id, role.id, role.description, role.scope, role.protected,
                role.mandatory2fa, tx.now,
            ),
        )  # fmt: skip
    visible = [each.id for each in load_registry().values() if not each.hidden]
    for permission in default_permissions(visible):
        about = {"settingId": permission.setting_id} if permission.setting_id else None
        tx.insert(
            queries.INSERT_PERMISSION,
            PermissionRow(permission.id, list(permission.roles), about, tx.now),
        )
    tx.insert(
        queries.INSERT_USER,
        User(
            id=SYSTEM_USER,
            username=SYSTEM_USER,
            username_lower=SYSTEM_USER,
            name="Rocket.Cat",
            kind="bot",
            roles=["bot"],
            bot=True,
            status="online",
            created_at=tx.now,
            updated_at=tx.now,
            utc_offset=0,
        ),
    )
    if config.test_mode:
        _add_admin(tx, TEST_ADMIN, TEST_ADMIN, TEST_ADMIN, "RocketChat Internal Admin Test", None)
    return _first_admin(tx, config)


def _first_admin(tx: Tx, config: "Config") -> FirstAdmin | None:
    if config.test_mode and config.admin_password is None:
        return None
    admin = tx.one(queries.ADMIN_EXISTS)
    if admin is not None and not (config.test_mode and admin == TEST_ADMIN):
        return None
    password = config.admin_password or random_id(20)
    created = _add_admin(
        tx,
        random_id(),
        config.admin_username,
        password,
        config.admin_name or "Administrator",
        config.admin_email,
    )
    if not created or config.admin_password is not None:
        return None
    return FirstAdmin(config.admin_username, password)


def _add_admin(
    tx: Tx, user_id: str, username: str, password: str, name: str, email: str | None
) -> bool:
    inserted = tx.insert(
        queries.INSERT_USER,
        User(
            id=user_id,
            username=username,
            username_lower=username.lower(),
            name=name,
            roles=["admin", "user"],
            emails=[{"address": email, "verified": True}] if email else None,
            password_hash=hash_digest(digest(password)),
            created_at=tx.now,
            updated_at=tx.now,
        ),
    )
    if inserted and email:
        tx.insert(queries.INSERT_EMAIL, UserEmail(email.lower(), user_id))
    return bool(inserted)
