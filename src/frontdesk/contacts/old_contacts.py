"""Contacts of the older generation: visitors, as those who look after them see and write them.

Source: behaviour of the API, visitors, section 5.1.
"""

from typing import Any

import msgspec

from frontdesk.access.finding import user_by_name
from frontdesk.contacts.old_schemas import SaveOldContact
from frontdesk.conversations.contact_rooms import rename_rooms_of_visitor
from frontdesk.custom_fields.checking import checked_values
from frontdesk.custom_fields.finding import searchable_visitor_fields, visitor_fields
from frontdesk.db import Tx
from frontdesk.errors import Coded
from frontdesk.http.call import Principal
from frontdesk.visitors.finding import find_visitor
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.saving import VisitorData, save_visitor
from frontdesk.visitors.schemas import visitor_document
from frontdesk.visitors.searching import find_exactly
from frontdesk.workforce.finding import find_agent


def save_old_contact(tx: Tx, user: Principal, given: SaveOldContact) -> str:
    """Write a visitor as somebody who looks after visitors knows him; return the id.

    The visitor who holds the token, else the one with the e-mail address, who holds the token from
    then on, else a new one. All conversations that the user sees follow the name.

    Raises Coded `error-invalid-contact-data`, `error-contact-manager-not-found`,
    `error-invalid-contact-manager`, and what `save_visitor` and checking custom fields refuse.
    """
    if not given.token.strip():
        raise Coded("error-invalid-contact-data", "Invalid visitor token")
    if given.contactManager is not None:
        _check_manager(tx, given.contactManager.username)
    values = checked_values(visitor_fields(tx), given.customFields or {}, ignore_unknown=True)
    data = VisitorData(
        token=given.token,
        name=given.name,
        username=given.username,
        email=given.email,
        phone=given.phone,
        livechat_data=dict(values),
        manager=None if given.contactManager is None else given.contactManager.username,
    )
    visitor = save_visitor(tx, data)
    if given.name.strip():
        rename_rooms_of_visitor(tx, user, visitor.id, given.name)
    return visitor.id


def _check_manager(tx: Tx, username: str) -> None:
    user = user_by_name(tx, username)
    if user is None:
        shown = username[:255]
        raise Coded("error-contact-manager-not-found", f"No user found with username {shown}")
    if find_agent(tx, user.id) is None:
        raise Coded(
            "error-invalid-contact-manager",
            'The contact manager must have the role "livechat-agent"',
        )


def read_old_contact(tx: Tx, visitor_id: str) -> dict[str, Any] | None:
    """Return a visitor, without the token that is his alone."""
    return _shown(find_visitor(tx, visitor_id))


def search_old_contact(
    tx: Tx, email: str | None, phone: str | None, custom: str | None
) -> dict[str, Any] | None:
    """Return the first visitor who has exactly the address and the number, and the pieces in his
    searchable custom fields (`custom`: JSON of an object).

    Raises Coded `error-invalid-params-custom`, and `error-invalid-params` for nothing to look for.
    """
    wanted = _custom(custom)
    if not email and not phone and not wanted:
        raise Coded("error-invalid-params")
    searchable = set(searchable_visitor_fields(tx)) if wanted else set()
    pieces = {key: value for key, value in wanted.items() if key in searchable}
    if not email and not phone and not pieces:
        return None
    return _shown(find_exactly(tx, email or None, phone or None, pieces))


def _custom(text: str | None) -> dict[str, str]:
    if not text:
        return {}
    try:
        wanted = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Coded("error-invalid-params-custom") from error
    return {key: str(value) for key, value in wanted.items()}


def _shown(visitor: Visitor | None) -> dict[str, Any] | None:
    return None if visitor is None or visitor.disabled else visitor_document(visitor)
