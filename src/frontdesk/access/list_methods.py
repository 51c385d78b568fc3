"""The real-time methods that clients ask for lists right after the log-in.

Source: behaviour of the API, real time, section 5.5; priorities and analytics, section 17.4.
"""

from datetime import datetime
from typing import Any

from frontdesk.access import queries
from frontdesk.access.documents import permission_document
from frontdesk.access.role_routes import users_with_roles
from frontdesk.access.server_routes import MODULES
from frontdesk.db import Tx
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods

methods = Methods()

_NO_USER = ("error-invalid-user", "Invalid user")


@methods.method("permissions/get")
async def permissions(caller: Caller, since: datetime | None = None) -> Any:
    """Answer all permissions, or those that were changed since a date as `update`."""
    found = await caller.read(_permissions, since)
    return found if since is None else {"update": found, "remove": []}


@methods.method("getUserRoles", refusal=_NO_USER)
async def user_roles(caller: Caller) -> list[dict[str, Any]]:
    """Answer who holds more roles than everybody."""
    return await caller.read(users_with_roles)


@methods.method("listCustomUserStatus", refusal=_NO_USER)
async def custom_statuses(caller: Caller) -> list[Any]:
    """Answer the statuses that the workspace has added: there are none."""
    del caller
    return []


@methods.method("license:getModules", public=True)
async def modules(caller: Caller) -> list[str]:
    """Answer what the server can do."""
    del caller
    return list(MODULES)


@methods.method("license:hasLicense", public=True)
async def has_module(caller: Caller, module: str) -> bool:
    """Tell whether the server can do something."""
    del caller
    return module in MODULES


@methods.method("license:isEnterprise", public=True)
async def is_enterprise(caller: Caller) -> bool:
    """Tell that no feature is locked: there is one edition, and everything is on."""
    del caller
    return True


@methods.method("license:getTags", public=True)
async def license_tags(caller: Caller) -> list[Any]:
    """Answer the names of what was bought: nothing was."""
    del caller
    return []


def _permissions(tx: Tx, since: datetime | None) -> list[dict[str, Any]]:
    if since is None:
        found = tx.all(queries.ALL_PERMISSIONS)
    else:
        found = tx.all(queries.PERMISSIONS_CHANGED, since=int(since.timestamp() * 1000))
    return [permission_document(each) for each in found]
