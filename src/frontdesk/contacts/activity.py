"""In which months somebody of the desk has answered a contact.

Source: behaviour of the API, visitors, section 3.10.
"""

from frontdesk.contacts.finding import contact_to_change
from frontdesk.contacts.merging import Facts, merged
from frontdesk.contacts.storing import store_changes
from frontdesk.db import Tx


def note_month(tx: Tx, contact_id: str, month: str) -> None:
    """Note a month (`YYYY-MM`) on a contact, unless it is there; the newest are kept."""
    contact = contact_to_change(tx, contact_id)
    if contact is not None:
        store_changes(tx, contact, merged(contact, Facts(activity=[month]), "ignore"))
