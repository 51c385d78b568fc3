"""Memberships as their holder sees them: lists, and unread marks."""

from frontdesk.clock import iso, parse_iso
from frontdesk.conversations import queries
from frontdesk.conversations.finding import subscription_of
from frontdesk.conversations.records import Room, Subscription
from frontdesk.db import Tx
from frontdesk.errors import Coded, Forbidden, Refused
from frontdesk.messages.storing import find_message, last_message_of_others

#: Milliseconds.
_CLOCKS_DIFFER = 60_000


def since(text: str | None, name: str, code: str) -> int:
    """Return the time (ms) of a parameter, -1 without one; raises Coded with `code`."""
    if not text:
        return -1
    try:
        return parse_iso(text)
    except (ValueError, OverflowError) as error:
        message = f'The "{name}" query parameter must be a valid date.'
        raise Coded(code, message) from error


def memberships(tx: Tx, user_id: str, after: int) -> list[Subscription]:
    """Return a user's memberships that changed after a time (ms)."""
    return tx.all(queries.SUBSCRIPTIONS_OF_USER, user_id=user_id, since=after)


def memberships_over(tx: Tx, user_id: str, after: int) -> list[dict[str, str]]:
    """Return what was removed of a user's memberships after a time (ms), as the API sends it.

    The clocks of the database and of this process may differ a little: rather too many than too
    few.
    """
    if after < 0:
        return []
    found = tx.all(queries.REMOVED_SUBSCRIPTIONS, user_id=user_id, since=after - _CLOCKS_DIFFER)
    return [{"_id": each.id, "_deletedAt": iso(each.removed_at)} for each in found]


def membership(tx: Tx, room_id: str, user_id: str) -> Subscription | None:
    """Return a user's membership in a room."""
    return subscription_of(tx, room_id, user_id)


def rooms_of_member(tx: Tx, user_id: str, after: int) -> list[Room]:
    """Return the rooms of a user that changed after a time (ms)."""
    return tx.all(queries.ROOMS_OF_MEMBER, user_id=user_id, since=after)


def mark_read(tx: Tx, room_id: str, user_id: str) -> None:
    """Clear the unread marks of a member; raises Refused `error-invalid-subscription`."""
    if not tx.run(queries.MARK_READ, room_id=room_id, user_id=user_id, now=tx.now):
        raise Refused("error-invalid-subscription")
    tx.emit("subscription", user_id, "updated", room_id)


def mark_unread(tx: Tx, user_id: str, room_id: str | None, message_id: str | None) -> None:
    """Mark a room as unread from a message on, or from the last one that somebody else wrote.

    Raises Coded `error-no-message-for-unread` where nobody else wrote, and
    `error-action-not-allowed` for a message that is the user's own or in no room of the user's.
    """
    if room_id is not None:
        message = last_message_of_others(tx, room_id, user_id)
        if message is None:
            raise Coded("error-no-message-for-unread", "There are no messages to mark unread")
    else:
        message = find_message(tx, message_id or "")
        if message is None or message.hidden or message.author_id == user_id:
            raise Coded("error-action-not-allowed", "Not allowed")
    # What came before is seen; the message itself is not.
    seen_at = message.sent_at - 1
    if not tx.run(
        queries.MARK_UNREAD,
        room_id=message.room_id,
        user_id=user_id,
        seen_at=seen_at,
        now=tx.now,
    ):
        raise Coded("error-action-not-allowed", "Not allowed")
    tx.emit("subscription", user_id, "updated", message.room_id)


def show_membership(tx: Tx, room_id: str, user_id: str) -> None:
    """Show a room in the user's list again; raises Forbidden for a room that is not the user's."""
    if subscription_of(tx, room_id, user_id) is None:
        raise Forbidden
    _show(tx, room_id, user_id, shown=True)


def hide_membership(tx: Tx, room_id: str, user_id: str) -> None:
    """Take a room out of the user's list until something is said there.

    Raises Forbidden for a room that is not the user's, Refused `error-room-already-hidden`.
    """
    own = subscription_of(tx, room_id, user_id)
    if own is None:
        raise Forbidden
    if not own.open:
        raise Refused("error-room-already-hidden")
    _show(tx, room_id, user_id, shown=False)


def _show(tx: Tx, room_id: str, user_id: str, *, shown: bool) -> None:
    statement = queries.SHOW_MEMBERSHIP if shown else queries.HIDE_MEMBERSHIP
    tx.run(statement, room_id=room_id, user_id=user_id, now=tx.now)
    tx.emit("subscription", user_id, "updated", room_id)
