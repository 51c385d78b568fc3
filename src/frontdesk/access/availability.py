"""The switch "takes conversations" of agents who log in and out (workforce, 3.3 and 3.4)."""

from typing import TYPE_CHECKING

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

    Bots are never switched. With business hours these decide, and nothing happens here.
    """
    if not user.agent or user.bot or settings.flag("Livechat_enable_business_hours"):
        return
    if user.livechat_switched_by_system and user.status_default != "offline":
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
    announce_user(tx, user.id, statusLivechat=NOT_AVAILABLE, livechatStatusSystemModified=True)
