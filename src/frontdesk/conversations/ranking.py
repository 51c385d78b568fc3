"""Where a conversation stands in the queue: its priority and how long it should wait at most.

Room and inquiry carry the same; the numbers have values that mean "none", so that ordering needs
no exceptions. Source: behaviour of the API, priorities, sections 2.4 and 4.8.
"""

from frontdesk.conversations import queries
from frontdesk.db import Tx

#: Weight of a conversation without priority; the lowest priority has 5.
NO_PRIORITY = 99
#: Minutes of a conversation without SLA policy.
NO_LIMIT = 9_999_999


def rank_by_priority(
    tx: Tx, room_id: str, priority_id: str | None = None, weight: int = NO_PRIORITY
) -> None:
    """Note a priority on a conversation, or none, and count the message that tells it."""
    ranks = {"priority_id": priority_id, "weight": weight, "now": tx.now}
    tx.run(queries.SET_PRIORITY, room_id=room_id, **ranks)
    _announce(tx, room_id, tx.all(queries.SET_INQUIRY_PRIORITY, room_id=room_id, **ranks))


def rank_by_sla(tx: Tx, room_id: str, sla_id: str | None = None, minutes: int = NO_LIMIT) -> None:
    """Note an SLA policy on a conversation, or none, and count the message that tells it."""
    ranks = {"sla_id": sla_id, "minutes": minutes, "now": tx.now}
    tx.run(queries.SET_SLA, room_id=room_id, **ranks)
    _announce(tx, room_id, tx.all(queries.SET_INQUIRY_SLA, room_id=room_id, **ranks))


def set_wait_of_sla(tx: Tx, sla_id: str, minutes: int) -> None:
    """Let an SLA policy's new due time count for the open conversations that have it."""
    _change_sla(tx, sla_id, sla_id, minutes)


def forget_sla(tx: Tx, sla_id: str) -> None:
    """Take an SLA policy from the open conversations that have it."""
    _change_sla(tx, sla_id, None, NO_LIMIT)


def _change_sla(tx: Tx, sla_id: str, new_sla_id: str | None, minutes: int) -> None:
    change = {"present_id": sla_id, "sla_id": new_sla_id, "minutes": minutes, "now": tx.now}
    for room_id in tx.all(queries.CHANGE_SLA, **change):
        tx.emit("room", room_id, "changed")
    for inquiry in tx.all(queries.CHANGE_INQUIRY_SLA, **change):
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)


def _announce(tx: Tx, room_id: str, inquiries: list[queries.RankedInquiry]) -> None:
    tx.emit("room", room_id, "changed")
    for inquiry in inquiries:
        tx.emit("inquiry", inquiry.id, "updated", inquiry.department_id)
