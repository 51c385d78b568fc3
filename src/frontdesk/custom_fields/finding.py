"""Looking up the definitions of custom fields, for this feature and others."""

from frontdesk.custom_fields import queries
from frontdesk.custom_fields.records import Definition
from frontdesk.db import Tx


def all_fields(tx: Tx) -> list[Definition]:
    """Return all definitions, in the order in which they were made."""
    return tx.all(queries.ALL_FIELDS)


def find_field(tx: Tx, field_id: str) -> Definition | None:
    """Return a definition by its name."""
    return tx.one(queries.FIELD, field_id=field_id)


def visitor_fields(tx: Tx, *, hidden: bool = False) -> list[Definition]:
    """Return the fields of visitors and contacts, with the hidden ones only if asked for."""
    found = tx.all(queries.FIELDS_OF_SCOPE, scope="visitor")
    return [each for each in found if hidden or not each.hidden]


def room_fields(tx: Tx) -> list[Definition]:
    """Return the fields of conversations, hidden ones too."""
    return tx.all(queries.FIELDS_OF_SCOPE, scope="room")


def searchable_visitor_fields(tx: Tx) -> list[str]:
    """Return the names of the fields by whose values visitors and contacts are found."""
    return [each.id for each in visitor_fields(tx, hidden=True) if each.searchable]


def widget_fields(tx: Tx) -> list[Definition]:
    """Return the fields that the widget asks visitors for: visible and public."""
    return [each for each in visitor_fields(tx) if each.public]
