"""The contact's part in the opening of a conversation, and in the conversations of old.

Source: behaviour of the API, visitors, sections 3.8 and 5.7.
"""

from typing import TYPE_CHECKING, Any

from frontdesk.clock import iso
from frontdesk.contacts import queries
from frontdesk.contacts.finding import linked_contact
from frontdesk.contacts.linking import link_contact
from frontdesk.contacts.records import Channel, Linked
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings


def contact_for_opening(
    tx: Tx, settings: "Settings", visitor: Visitor, source: dict[str, Any]
) -> Linked:
    """Return whose conversation is opened.

    Raises Refused `error-contact-channel-blocked`, and what `link_contact` refuses.
    """
    linked = link_contact(tx, visitor, source)
    if linked.channel.blocked:
        raise blocked()
    if linked.channel.verified and verification(settings) == "always":
        tx.run(queries.UNVERIFY_CHANNEL, **channel_key(linked.channel))
        linked.channel.verified = False
    return linked


def note_contact_chat(tx: Tx, linked: Linked, room_id: str) -> None:
    """Remember a new conversation as the contact's last, and the channel's.

    Raises Refused `error-contact-channel-blocked` and `error-invalid-contact` for what somebody has
    done to the contact in this very moment.
    """
    chat = {"_id": room_id, "ts": iso(tx.now)}
    if not tx.run(queries.NOTE_CHAT_ON_CHANNEL, **channel_key(linked.channel), last_chat=chat):
        raise blocked()
    contact_id = linked.contact.id
    if not tx.run(queries.NOTE_CHAT, of_contact=contact_id, last_chat=chat, now=tx.now):
        raise Refused("error-invalid-contact")


def needs_verification(settings: "Settings", verified: bool | None) -> bool:
    """Tell whether a conversation waits until its channel is verified."""
    return not verified and verification(settings) in ("once", "always")


def verification(settings: "Settings") -> str:
    """Return when the workspace wants channels to be verified: `never`, `once`, `always`."""
    return settings.text("Livechat_Require_Contact_Verification")


def is_blocked(tx: Tx, visitor_id: str, source: dict[str, Any] | None) -> bool:
    """Tell whether a visitor may not write on a source."""
    linked = linked_contact(tx, visitor_id, source)
    return linked is not None and linked.channel.blocked


def channel_key(channel: Channel) -> dict[str, str]:
    """Return the parameters that name a channel."""
    return {
        "of_visitor": channel.visitor_id,
        "of_type": channel.source_type,
        "of_id": channel.source_id,
    }


def blocked() -> Refused:
    """Return the refusal of what a visitor writes on a blocked channel."""
    return Refused("error-contact-channel-blocked")
