"""Memberships as their holder sees them: lists, and unread marks."""

from frontdesk.clock import parse_iso
from frontdesk.conversations import queries
from frontdesk.conversations.finding import subscription_of
from frontdesk.conversations.records import Room, Subscription
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused


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
