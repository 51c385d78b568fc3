"""Visitors as those who look after them write them, by the older endpoint of contacts.

Source: behaviour of the API, visitors, section 5.1.
"""

from typing import Any

import msgspec

from frontdesk.access.finding import user_by_name
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.ids import hex_id
from frontdesk.settings.store import next_number
from frontdesk.visitors import queries
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.registering import (
    LONGEST_TOKEN,
    checked_email,
    checked_name,
    checked_phone,
)


class VisitorData(msgspec.Struct, frozen=True):
    """What is written: all custom fields there are from then on, the user name of who looks after
    the visitor (None: nobody does), the address (blank: there is none), the telephone number
    (empty: there is none; None: it stays). `username` counts for a new visitor only.
    """

    token: str
    name: str
    username: str | None
    email: str | None
    phone: str | None
    livechat_data: dict[str, Any]
    manager: str | None


def save_visitor(tx: Tx, data: VisitorData) -> Visitor:
    """Write a visitor: who holds the token, else who has the e-mail address and holds the token
    from then on, else a new one. Return him as he is then.

    Raises Refused or Coded for what no visitor may be registered with.
    """
    if len(data.token) > LONGEST_TOKEN:
        raise Coded("error-invalid-contact-data", "Invalid visitor token")
    email = (data.email or "").strip().lower()
    changes: dict[str, Any] = {
        "token": data.token,
        "name": checked_name(data.name),
        "livechat_data": data.livechat_data or None,
        "contact_manager": {"username": data.manager} if data.manager is not None else None,
        "email": checked_email(email) if email else None,
        "emails": [{"address": email}] if email else None,
        "updated_at": tx.now,
    }
    if data.phone is not None:
        phone = checked_phone(data.phone) if data.phone else None
        changes |= {"phone": phone, "phones": [{"phoneNumber": phone}] if phone else None}
    visitor = _found(tx, data.token, email) or _new(tx, data)
    tx.patch(queries.PATCH_VISITOR, visitor.id, **changes)
    return msgspec.structs.replace(visitor, **changes)


def _found(tx: Tx, token: str, email: str) -> Visitor | None:
    visitor = tx.one(queries.VISITOR_BY_TOKEN, token=token)
    if visitor is None and email:
        visitor = tx.one(queries.VISITOR_BY_EMAIL, email=email)
    return visitor


def _new(tx: Tx, data: VisitorData) -> Visitor:
    username = data.username
    if not username or user_by_name(tx, checked_name(username)) is not None:
        username = f"guest-{next_number(tx, 'Livechat_guest_count')}"
    visitor = Visitor(
        id=hex_id(), token=data.token, username=username, created_at=tx.now, updated_at=tx.now
    )
    if not tx.insert(queries.INSERT_VISITOR, visitor):  # a registration with the token was faster
        return tx.one(queries.VISITOR_BY_TOKEN, token=data.token) or visitor
    return visitor
