"""Users who want no mailings any more.

Source: behaviour of the API, messages, section 8.4.
"""

from frontdesk.access.finding import find_user
from frontdesk.channels import queries
from frontdesk.channels.mailer.schemas import RefuseMailings
from frontdesk.channels.records import Refusal
from frontdesk.db import Tx


def refuse_mailings(tx: Tx, given: RefuseMailings) -> None:
    """Send a user no mailings from now on, if id and time of creation (ms) are his."""
    user = find_user(tx, given.user_id)
    if user is not None and given.created_at == str(user.created_at):
        tx.insert(queries.INSERT_REFUSAL, Refusal(user.id, tx.now))
