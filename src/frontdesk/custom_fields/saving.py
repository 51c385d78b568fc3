"""Making, changing and removing custom fields. Values that are stored stay as they are.

Source: behaviour of the API, visitors, sections 6.3 to 6.6. In two points we differ on purpose: a
name that could be no key and a pattern that cannot be read are refused.
"""

import re
from typing import Any

from frontdesk.custom_fields import queries
from frontdesk.custom_fields.patterns import is_pattern
from frontdesk.custom_fields.records import Definition
from frontdesk.custom_fields.schemas import FieldData, FieldListQuery, field_document
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page

#: Names become keys of stored objects and parts of paths.
_NAME = re.compile(r"[0-9a-zA-Z-_]{1,100}")
BAD_NAME = "Invalid custom field name. Use only letters, numbers, hyphens and underscores."
#: Custom fields of a workspace at the most: each is looked at with every registration.
MOST_FIELDS = 500


def list_fields(tx: Tx, query: FieldListQuery, page: Page) -> dict[str, Any]:
    """Return the fields with the text in name or label, by label unless sorted otherwise."""
    text = (query.text or "").casefold()
    documents = [
        field_document(each)
        for each in tx.all(queries.ALL_FIELDS)
        if text in each.label.casefold() or text in each.id.casefold()
    ]
    return listed_page("customFields", documents, page, [("label", 1)])


def save_field(tx: Tx, field_id: str | None, given: FieldData) -> Definition:
    """Make a field, or change the one with this name; return it as it is then.

    A name stays for ever. Raises Refused `Custom Field Not found`, `Custom Field already exists`,
    `Invalid custom field name. ...`, `Invalid regular expression`, `Too many custom fields`.
    """
    present = tx.one(queries.FIELD, field_id=field_id) if field_id else None
    if field_id and present is None:
        raise Refused("Custom Field Not found")
    if present is None and not _NAME.fullmatch(given.field):
        raise Refused(BAD_NAME)
    if given.regexp and not is_pattern(given.regexp):
        raise Refused("Invalid regular expression")
    if present is not None:
        tx.patch(queries.PATCH_FIELD, present.id, **_said(given), updated_at=tx.now)
        changed = tx.one(queries.FIELD, field_id=present.id)
        assert changed is not None
        return changed
    if len(tx.all(queries.ALL_FIELDS)) >= MOST_FIELDS:
        raise Refused("Too many custom fields")
    field = Definition(
        id=given.field,
        label=given.label,
        scope=given.scope,
        visibility=given.visibility,
        type=given.type,
        options=given.options,
        default_value=given.defaultValue,
        required=given.required,
        regexp=given.regexp,
        searchable=given.searchable,
        public=given.public,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if not tx.insert(queries.INSERT_FIELD, field):
        raise Refused("Custom Field already exists")
    return field


def _said(given: FieldData) -> dict[str, Any]:
    columns = {
        "label": given.label,
        "scope": given.scope,
        "visibility": given.visibility,
        "type": given.type,
        "options": given.options,
        "default_value": given.defaultValue,
        "required": given.required,
        "regexp": given.regexp,
        "searchable": given.searchable,
        "public": given.public,
    }
    return {name: value for name, value in columns.items() if value is not None}


def delete_field(tx: Tx, field_id: str) -> None:
    """Remove a field; its values stay. Raises Refused `Custom field not found`."""
    if not tx.run(queries.DELETE_FIELD, field_id=field_id):
        raise Refused("Custom field not found")
