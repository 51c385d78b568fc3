"""A table for what handlers of the tests do in the database."""

from sqlalchemy import Column, MetaData, String, Table, insert, select

from frontdesk.db import Command, Query

effects = Table("test_effects", MetaData(), Column("name", String, nullable=False))

ADD_EFFECT = Command(insert(effects))
EFFECTS = Query(select(effects.c.name), str)
