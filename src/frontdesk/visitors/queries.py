"""All SQL of visitors."""

from sqlalchemy import bindparam, null, update

from frontdesk.db import Command, Insert, Patch, Query, columns_of
from frontdesk.visitors.records import Visitor
from frontdesk.visitors.tables import visitors

_ALL = columns_of(visitors, Visitor)

VISITOR = Query(_ALL.where(visitors.c.id == bindparam("visitor_id")), Visitor)
#: PostgreSQL: whoever changes what is kept as a whole waits for the one before.
VISITOR_TO_CHANGE = Query(
    _ALL.where(visitors.c.id == bindparam("visitor_id")).with_for_update(), Visitor
)
VISITOR_BY_TOKEN = Query(_ALL.where(visitors.c.token == bindparam("token")), Visitor)
VISITOR_BY_PHONE = Query(
    _ALL.where(visitors.c.phone == bindparam("phone"), visitors.c.disabled.is_(False)).limit(1),
    Visitor,
)
VISITOR_BY_EMAIL = Query(
    _ALL.where(visitors.c.email == bindparam("email"), visitors.c.disabled.is_(False)).limit(1),
    Visitor,
)
INSERT_VISITOR = Insert(visitors, skip_conflicts=True)
PATCH_VISITOR = Patch(visitors)
NOTE_CHAT = Command(
    update(visitors)
    .where(visitors.c.id == bindparam("visitor_id"), visitors.c.disabled.is_(False))
    .values(last_chat=bindparam("last_chat"), updated_at=bindparam("now"))
)
FORGET_CONTACT_MANAGER = Command(
    update(visitors)
    .where(visitors.c.contact_manager == bindparam("manager"))
    .values(contact_manager=null(), updated_at=bindparam("now"))
)
