"""Visitors who write by another channel than the widget: by SMS or e-mail."""

from typing import TYPE_CHECKING

import msgspec

from frontdesk.access.finding import user_by_name
from frontdesk.db import Tx
from frontdesk.ids import hex_id, random_token
from frontdesk.settings.store import next_number
from frontdesk.visitors import queries
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def make_channel_visitor(
    tx: Tx,
    settings: "Settings",
    *,
    username: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    email: str | None = None,
) -> Visitor:
    """Store and return a new visitor with what the channel knows of the person.

    The token is random and told to nobody. A user name that is a user's, or none, becomes that of
    the next guest. All values were checked by the caller.
    """
    if not username or user_by_name(tx, username) is not None:
        username = f"guest-{next_number(tx, 'Livechat_guest_count')}"
    visitor = Visitor(
        id=hex_id(),
        token=random_token(),
        username=username,
        name=name,
        created_at=tx.now,
        phone=phone,
        phones=[{"phoneNumber": phone}] if phone else None,
        email=email,
        emails=[{"address": email}] if email else None,
        updated_at=tx.now,
    )
    tx.insert(queries.INSERT_VISITOR, visitor)
    return visitor


def move_visitor(tx: Tx, visitor: Visitor, department_id: str | None) -> Visitor:
    """Give a visitor another department, or none, and return him."""
    if visitor.department_id == department_id:
        return visitor
    tx.patch(queries.PATCH_VISITOR, visitor.id, department_id=department_id, updated_at=tx.now)
    return msgspec.structs.replace(visitor, department_id=department_id)
