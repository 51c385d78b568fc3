"""All tables of the workspace: importing this module fills the metadata."""

from frontdesk.access import tables as access
from frontdesk.calls import tables as calls
from frontdesk.catalog import tables as catalog
from frontdesk.conversations import tables as conversations
from frontdesk.db.types import metadata
from frontdesk.files import tables as files
from frontdesk.jobs import tables as jobs
from frontdesk.messages import tables as messages
from frontdesk.settings import tables as settings
from frontdesk.visitors import tables as visitors
from frontdesk.workforce import tables as workforce

__all__ = [
    "access",
    "calls",
    "catalog",
    "conversations",
    "files",
    "jobs",
    "messages",
    "metadata",
    "settings",
    "visitors",
    "workforce",
]
