"""All SQL of triggers."""

from sqlalchemy import bindparam, delete

from frontdesk.db import Command, Insert, Patch, Query, columns_of
from frontdesk.triggers.records import Trigger
from frontdesk.triggers.tables import triggers

_ALL = columns_of(triggers, Trigger)
_OLDEST_FIRST = (triggers.c.created_at, triggers.c.id)
ALL_TRIGGERS = Query(_ALL.order_by(*_OLDEST_FIRST), Trigger)
ENABLED_TRIGGERS = Query(_ALL.where(triggers.c.enabled).order_by(*_OLDEST_FIRST), Trigger)
TRIGGER = Query(_ALL.where(triggers.c.id == bindparam("trigger_id")), Trigger)
INSERT_TRIGGER = Insert(triggers)
PATCH_TRIGGER = Patch(triggers)
DELETE_TRIGGER = Command(delete(triggers).where(triggers.c.id == bindparam("trigger_id")))
