"""All SQL of custom fields."""

from sqlalchemy import bindparam, delete

from frontdesk.custom_fields.records import Definition
from frontdesk.custom_fields.tables import custom_fields
from frontdesk.db import Command, Insert, Patch, Query, columns_of

#: In the order in which they were made.
_FIELDS = columns_of(custom_fields, Definition).order_by(
    custom_fields.c.created_at, custom_fields.c.id
)
ALL_FIELDS = Query(_FIELDS, Definition)
FIELDS_OF_SCOPE = Query(_FIELDS.where(custom_fields.c.scope == bindparam("scope")), Definition)
FIELD = Query(_FIELDS.where(custom_fields.c.id == bindparam("field_id")), Definition)
#: A name that is taken is not inserted; the primary key decides.
INSERT_FIELD = Insert(custom_fields, skip_conflicts=True)
PATCH_FIELD = Patch(custom_fields)
DELETE_FIELD = Command(delete(custom_fields).where(custom_fields.c.id == bindparam("field_id")))
