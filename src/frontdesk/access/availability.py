"""The switch "takes conversations" of agents who log in and out (workforce, 3.3 and 3.4)."""

from typing import TYPE_CHECKING, Any

from frontdesk.access import queries
from frontdesk.access.announcing import announce_user
from frontdesk.access.records import User
from frontdesk.db import Tx

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

AVAILABLE = "available"
NOT_AVAILABLE = "not-available"


def agent_logged_in(tx: Tx, settings: "Settings", user: User) -> None:
    """Let an agent take conversations again who was switched off by a log-out.

    Where business hours are kept, those decide: whoever logs in while some are open for him takes
    conversations. Bots are never switched.
    """
    if not user.agent or user.bot or user.status_default == "offline":
        return
    if settings.flag("Livechat_enable_business_hours"):
        switched_on = bool(user.open_business_hours)
    else:
        switched_on = user.livechat_switched_by_system
    if switched_on and user.status_livechat != AVAILABLE:
        tx.patch(queries.PATCH_USER, user.id, status_livechat=AVAILABLE)
        announce_user(tx, user.id, statusLivechat=AVAILABLE)


def agent_logged_out(tx: Tx, user: User) -> None:
    """Let an agent take no more conversations until he logs in again. Bots are never switched."""
    if not user.agent or user.bot:
        return
    tx.patch(
        queries.PATCH_USER,
        user.id,
        status_livechat=NOT_AVAILABLE,
        livechat_switched_by_system=True,
    )
    changes: dict[str, Any] = {"livechatStatusSystemModified": True}
    if user.status_livechat != NOT_AVAILABLE:
        changes["statusLivechat"] = NOT_AVAILABLE
    announce_user(tx, user.id, **changes)
