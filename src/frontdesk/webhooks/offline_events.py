"""Messages that visitors leave while nobody is there, told to another server if that is wanted.

Source: behaviour of the API, messages, section 7.6.
"""

from typing import TYPE_CHECKING

from frontdesk.db import Tx
from frontdesk.webhooks import events
from frontdesk.webhooks.announcing import promise
from frontdesk.webhooks.documents import offline_document

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def tell_offline_message(tx: Tx, settings: "Settings", name: str, email: str, message: str) -> None:
    """Tell that a visitor has left a message."""
    if events.is_wanted(settings, events.OFFLINE_MESSAGE):
        document = offline_document(name, email, message, tx.now)
        promise(tx, events.OFFLINE_MESSAGE, document)
