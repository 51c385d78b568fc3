"""All SQL of priorities, SLA policies and tags."""

from sqlalchemy import bindparam, delete, or_

from frontdesk.catalog.records import Priority, Sla, Tag
from frontdesk.catalog.tables import priorities, slas, tags
from frontdesk.db import Command, Insert, Patch, Query, columns_of
from frontdesk.db.text_order import by_code_points

# Priorities ----------------------------------------------------------------------------------

#: In the order in which they were made: the lowest first.
_PRIORITIES = columns_of(priorities, Priority).order_by(priorities.c.weight.desc())
ALL_PRIORITIES = Query(_PRIORITIES, Priority)
#: PostgreSQL: names are compared with each other, so all five are kept until the commit.
PRIORITIES_TO_CHANGE = Query(_PRIORITIES.with_for_update(), Priority)
PRIORITY = Query(_PRIORITIES.where(priorities.c.id == bindparam("priority_id")), Priority)
PRIORITY_BY_ID_OR_NAME = Query(
    _PRIORITIES.where(
        or_(priorities.c.id == bindparam("given"), priorities.c.name == bindparam("given"))
    ),
    Priority,
)
INSERT_PRIORITY = Insert(priorities, skip_conflicts=True)
PATCH_PRIORITY = Patch(priorities)

# SLA policies --------------------------------------------------------------------------------

_SLAS = columns_of(slas, Sla)
ALL_SLAS = Query(_SLAS.order_by(by_code_points(slas.c.name)), Sla)
SLA = Query(_SLAS.where(slas.c.id == bindparam("sla_id")), Sla)
SLA_TO_CHANGE = Query(_SLAS.where(slas.c.id == bindparam("sla_id")).with_for_update(), Sla)
SLA_BY_ID_OR_NAME = Query(
    _SLAS.where(or_(slas.c.id == bindparam("given"), slas.c.name == bindparam("given"))), Sla
)
#: A name or due time that another policy has is not inserted; the unique rules decide.
INSERT_SLA = Insert(slas, skip_conflicts=True)
DELETE_SLA = Command(delete(slas).where(slas.c.id == bindparam("sla_id")))

# Tags ----------------------------------------------------------------------------------------

_TAGS = columns_of(tags, Tag)
ALL_TAGS = Query(_TAGS.order_by(by_code_points(tags.c.name)), Tag)
TAG = Query(_TAGS.where(tags.c.id == bindparam("tag_id")), Tag)
#: A name that another tag has is not inserted; the unique rule decides.
INSERT_TAG = Insert(tags, skip_conflicts=True)
DELETE_TAG = Command(delete(tags).where(tags.c.id == bindparam("tag_id")))
