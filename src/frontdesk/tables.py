"""All tables of the workspace: importing this module fills the metadata."""

from frontdesk.access import tables as access
from frontdesk.calls import tables as calls
from frontdesk.canned_responses import tables as canned_responses
from frontdesk.catalog import tables as catalog
from frontdesk.channels import tables as channels
from frontdesk.contacts import tables as contacts
from frontdesk.conversations import tables as conversations
from frontdesk.custom_fields import tables as custom_fields
from frontdesk.db.types import metadata
from frontdesk.files import tables as files
from frontdesk.jobs import tables as jobs
from frontdesk.messages import tables as messages
from frontdesk.settings import tables as settings
from frontdesk.triggers import tables as triggers
from frontdesk.visitors import tables as visitors
from frontdesk.webhooks import tables as webhooks
from frontdesk.workforce import tables as workforce

__all__ = [
    "access",
    "calls",
    "canned_responses",
    "catalog",
    "channels",
    "contacts",
    "conversations",
    "custom_fields",
    "files",
    "jobs",
    "messages",
    "metadata",
    "settings",
    "triggers",
    "visitors",
    "webhooks",
    "workforce",
]
