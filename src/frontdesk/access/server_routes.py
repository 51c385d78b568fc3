"""The HTTP face of the server itself: its version, what it can do, its policies."""

import platform
import sys
from typing import Any

from frontdesk import __version__
from frontdesk.access import queries
from frontdesk.access.password_policy import describe_policy
from frontdesk.access.presence import connections
from frontdesk.access.schemas import LicenseQuery
from frontdesk.http import Call, Routes

routes = Routes("Server")
#: Lives outside of /api/v1.
info_routes = Routes("Server", prefix="/api/")

#: The version of the API that clients find here: they refuse servers that are too old.
API_VERSION = "8.8.0"
#: What there is of the reference's separately licensed modules (API frame, section 11).
MODULES = (
    "livechat-enterprise",
    "omnichannel-mobile-enterprise",
    "canned-responses",
    "voip-enterprise",
    "hide-watermark",
    "contact-id-verification",
    "outbound-messaging",
    "message-read-receipt",
    "unlimited-presence",
    "scalability",
    "custom-roles",
    "push-privacy",
)
_LIMITS = (
    "activeUsers",
    "guestUsers",
    "roomsPerGuest",
    "privateApps",
    "marketplaceApps",
    "monthlyActiveContacts",
)


@info_routes.get(
    "info",
    public=True,
    limited=False,
    example={
        "version": "8.8",
        "minimumClientVersions": {"desktop": "3.9.6", "mobile": "4.39.0"},
    },
)
async def info(call: Call) -> dict[str, Any]:
    """Show the version of the API.

    With `view-statistics` the full version, and the program behind it.
    """
    answer: dict[str, Any] = {
        "version": API_VERSION.rpartition(".")[0],
        "minimumClientVersions": {"desktop": "3.9.6", "mobile": "4.39.0"},
    }
    if call.user_or_none is not None and call.user_or_none.may("view-statistics"):
        answer["version"] = API_VERSION
        answer["info"] = {
            "version": API_VERSION,
            "build": {"platform": sys.platform, "arch": platform.machine()},
            "frontdesk": __version__,
        }
    return answer


@routes.get("info", public=True, example={"info": {"version": API_VERSION}}, deprecated=True)
async def old_info(_: Call) -> dict[str, Any]:
    """Show the version of the API, as old clients ask for it.

    The version as major.minor, and the oldest clients that it serves. Needs no log-in.
    """
    return {"info": {"version": API_VERSION}}


@routes.get(
    "licenses.info",
    example={"license": {"activeModules": list(MODULES), "limits": {}, "trial": False}},
)
async def license_info(call: Call, query: LicenseQuery) -> dict[str, Any]:
    """Show what the server can do: everything, without limits.

    `limits` is filled for holders of `view-privileged-setting`.
    """
    limits: dict[str, dict[str, int]] = {}
    if call.user.may("view-privileged-setting"):
        limits = {name: {"max": -1} for name in _LIMITS}
        if query.loadValues:
            active = await call.read(lambda tx: tx.one(queries.COUNT_ACTIVE_USERS))
            for name in limits:
                limits[name]["value"] = active if name == "activeUsers" else 0
    return {
        "license": {
            "activeModules": list(MODULES),
            "externalModules": [],
            "preventedActions": dict.fromkeys(_LIMITS, False),
            "limits": limits,
            "tags": [],
            "trial": False,
            "hasValidLicense": True,
        }
    }


@routes.get("licenses.isEnterprise", example={"isEnterprise": True}, deprecated=True)
async def is_enterprise(_: Call) -> dict[str, Any]:
    """Tell old clients that no feature is locked.

    Always true: there is one edition, and everything is on.
    """
    return {"isEnterprise": True}


@routes.get("licenses.maxActiveUsers", example={"maxActiveUsers": None, "activeUsers": 12})
async def max_active_users(call: Call) -> dict[str, Any]:
    """Count the active users; there is no limit.

    There is no maximum: `maxActiveUsers` is null, `activeUsers` counts the accounts in use.
    """
    active = await call.read(lambda tx: tx.one(queries.COUNT_ACTIVE_USERS))
    return {"maxActiveUsers": None, "activeUsers": active}


@routes.get(
    "pw.getPolicy",
    public=True,
    example={"enabled": True, "policy": [["get-password-policy-minLength", {"minLength": 14}]]},
)
async def get_policy(call: Call) -> dict[str, Any]:
    """Show what passwords must be like.

    The rules that a changed password must follow, as names with their numbers. Needs no log-in.
    """
    return describe_policy(call.settings)


@routes.get(
    "presence.getConnections",
    permissions=["manage-user-status"],
    example={"current": 12, "max": -1},
)
async def get_connections(call: Call) -> dict[str, Any]:
    """Count the users with a live connection; `max` is -1, no limit.

    How many connections there are, and how many there may be.
    """
    return {"current": await call.read(connections), "max": -1}


@routes.get("smtp.check", example={"isSMTPConfigured": True})
async def check_smtp(call: Call) -> dict[str, Any]:
    """Tell whether the server can send mail.

    True as soon as a mail server is set; without one, mail is written to files.
    """
    by_environment = bool(call.workspace.config.environment.get("MAIL_URL"))
    return {"isSMTPConfigured": bool(call.settings.text("SMTP_Host")) or by_environment}
