"""What agents correct about the visitor whom they serve.

Source: behaviour of the API, conversations, section 3.11.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from frontdesk.db import Tx
from frontdesk.visitors import queries
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.registering import checked_email, checked_name, checked_phone


def correct_visitor(
    tx: Tx,
    visitor: Visitor,
    *,
    name: str | None,
    email: str | None,
    phone: str | None,
    fields: Mapping[str, Any] | None = None,
) -> Visitor:
    """Set the visitor's name, address and telephone number, each if it is not blank; return the
    visitor as he is then. `fields` are all values of custom fields from now on, if given.

    Raises Refused or Coded, with nothing changed, for what no visitor may be registered with.
    """
    changes: dict[str, Any] = {"updated_at": tx.now}
    if name and name.strip():
        changes["name"] = checked_name(name)
    if email and email.strip():
        address = checked_email(email.strip().lower())
        changes |= {"email": address, "emails": [{"address": address}]}
    if phone and phone.strip():
        number = checked_phone(phone)
        changes |= {"phone": number, "phones": [{"phoneNumber": number}]}
    if fields is not None:
        changes["livechat_data"] = dict(fields) or None
    tx.patch(queries.PATCH_VISITOR, visitor.id, **changes)
    return msgspec.structs.replace(visitor, **changes)
