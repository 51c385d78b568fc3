"""Setting values of custom fields: for visitors, for their conversations, one or many.

Source: behaviour of the API, visitors, sections 3.3, 3.4, 3.6, 6.1 and 6.2.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from frontdesk.conversations.room_fields import write_room_fields
from frontdesk.custom_fields.checking import check_lengths, fits, not_fitting
from frontdesk.custom_fields.finding import find_field, visitor_fields
from frontdesk.custom_fields.records import Definition, FieldValue
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.visitors.field_values import write_visitor_fields
from frontdesk.visitors.finding import visitor_by_token
from frontdesk.visitors.records import Visitor

#: Told of values that were sent for a visitor, written there or not.
Follower: TypeAlias = Callable[[Tx, str, Sequence[FieldValue]], None]

#: What else takes the values that are sent for a visitor, given by id: contacts, which keep or
#: contest them by rules of their own. Called in the same transaction.
on_visitor_values: list[Follower] = []


def set_value(tx: Tx, token: str, field: FieldValue) -> None:
    """Set one value for the visitor who holds the token, or in the open conversation.

    `required` is not looked at, hidden fields are accepted. Raises Refused `invalid-token`,
    `invalid-custom-field`, `Invalid value for <key> field`.
    """
    visitor = visitor_by_token(tx, token)
    definition = find_field(tx, field.key)
    if definition is None:
        raise Refused("invalid-custom-field")
    if not fits(definition, field.value):
        raise not_fitting(field.key)
    write_value(tx, visitor, definition, field)


def write_value(tx: Tx, visitor: Visitor, definition: Definition, field: FieldValue) -> None:
    """Write a value where its field belongs, whatever the field's pattern.

    Raises Refused `Invalid value for <key> field` for one that is too long.
    """
    check_lengths([field])
    if definition.scope == "room":
        write_room_fields(tx, visitor.token or "", [field])
        return
    write_visitor_fields(tx, visitor.id, [field], replace_empty=False)
    _tell(tx, visitor.id, [field])


def set_values(tx: Tx, token: str, fields: Sequence[FieldValue]) -> list[FieldValue]:
    """Set several values, all or none; return them with those of the conversation first.

    Raises Refused `invalid-token`, `invalid-custom-field` (also for no values at all), `Invalid
    value for <key> field`.
    """
    visitor = visitor_by_token(tx, token)
    definitions = {key: find_field(tx, key) for key in {each.key for each in fields}}
    if not any(definitions.values()):
        raise Refused("invalid-custom-field")
    of_room: list[FieldValue] = []
    of_visitor: list[FieldValue] = []
    for each in fields:
        definition = definitions[each.key]
        if definition is None:
            raise Refused("invalid-custom-field")
        if not fits(definition, each.value):
            raise not_fitting(each.key)
        (of_room if definition.scope == "room" else of_visitor).append(each)
    if of_room:
        write_room_fields(tx, token, of_room)
    if of_visitor:
        write_visitor_fields(tx, visitor.id, of_visitor, replace_empty=True)
        _tell(tx, visitor.id, of_visitor)
    return [*of_room, *of_visitor]


def set_registered_values(tx: Tx, visitor: Visitor, fields: Sequence[FieldValue]) -> bool:
    """Set the values of a registration; tell whether one of them has a field.

    Only visible fields of visitors count, values of others are skipped, and no pattern is looked
    at. Raises Refused `Missing required custom fields: <key>, <key>`, `Invalid value for <key>
    field` for one that is too long, with nothing written.
    """
    definitions = visitor_fields(tx)
    keys = {each.key for each in fields}
    missing = [each.id for each in definitions if each.required and each.id not in keys]
    if missing:
        raise Refused(f"Missing required custom fields: {', '.join(missing)}")
    known = {each.id for each in definitions}
    kept = [each for each in fields if each.key in known]
    if not kept:
        return False
    check_lengths(kept)
    write_visitor_fields(tx, visitor.id, kept, replace_empty=True)
    _tell(tx, visitor.id, kept)
    return True


def set_guest_values(tx: Tx, visitor: Visitor, fields: Sequence[FieldValue]) -> None:
    """Set the values of a guest who registers by the old real-time method: those of fields of
    visitors, hidden ones too, whatever their patterns.

    Raises Refused `Invalid value for <key> field` for one that is too long.
    """
    if not fields:
        return
    known = {each.id for each in visitor_fields(tx, hidden=True)}
    kept = [each for each in fields if each.key in known]
    check_lengths(kept)
    write_visitor_fields(tx, visitor.id, kept, replace_empty=False)
    _tell(tx, visitor.id, kept)


def _tell(tx: Tx, visitor_id: str, fields: Sequence[FieldValue]) -> None:
    for follower in on_visitor_values:
        follower(tx, visitor_id, fields)
