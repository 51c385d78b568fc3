"""Blocking a visitor on a channel.

Source: behaviour of the API, visitors, section 5.6.
"""

from typing import TYPE_CHECKING

from frontdesk.contacts import queries
from frontdesk.contacts.finding import linked_contact
from frontdesk.contacts.opening import channel_key
from frontdesk.contacts.records import Channel
from frontdesk.contacts.schemas import ChannelVisitor
from frontdesk.conversations.contact_closing import close_of_blocked
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.http.call import Principal
from frontdesk.visitors.finding import find_visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def block(tx: Tx, settings: "Settings", user: Principal, given: ChannelVisitor) -> None:
    """Let a visitor no more open conversations or write on a channel; close what is open there.

    Raises Refused `error-contact-not-found`, `error-visitor-not-found`, and what closing refuses:
    then nothing is blocked.
    """
    channel = _set(tx, given, blocked=True)
    visitor = find_visitor(tx, channel.visitor_id)
    if visitor is None or visitor.disabled:
        raise Refused("error-visitor-not-found")
    close_of_blocked(
        tx, settings, user, visitor, channel.contact_id, (channel.source_type, channel.source_id)
    )


def unblock(tx: Tx, given: ChannelVisitor) -> None:
    """Let a visitor write on a channel again; raises Refused `error-contact-not-found`."""
    _set(tx, given, blocked=False)


def _set(tx: Tx, given: ChannelVisitor, *, blocked: bool) -> Channel:
    source = {"type": given.source.type, "id": given.source.id}
    linked = linked_contact(tx, given.visitorId, source)
    if linked is None or not linked.contact.enabled:
        raise Refused("error-contact-not-found")
    tx.run(queries.BLOCK_CHANNEL, **channel_key(linked.channel), is_blocked=blocked)
    return linked.channel
