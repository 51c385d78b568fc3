"""What a visitor does to the own conversation besides closing it."""

from typing import TYPE_CHECKING, Any

from frontdesk.conversations.finding import visitor_room
from frontdesk.conversations.opening import Opened, Opening, open_conversation
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.visitors.finding import visitor_by_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_KEYS = ("token", "rid", "agentId", "sla", "priority")


def open_or_resume(
    tx: Tx, settings: "Settings", query: dict[str, Any], source: dict[str, Any]
) -> Opened:
    """Return the conversation that GET livechat/room asks for.

    Raises Refused `Match error: ...` for parameters of a wrong shape, `invalid-token`,
    `invalid-room`, and what `open_conversation` refuses.
    """
    for name, value in query.items():
        if name not in _KEYS:
            raise Refused(f"Match error: Unknown key in field {name}")
        if not isinstance(value, str):
            raise Refused(f"Match error: Expected string, got object in field {name}")
    if "token" not in query:
        raise Refused("Match error: Missing key 'token'")
    visitor = visitor_by_token(tx, query["token"])
    if query.get("rid"):
        room = visitor_room(tx, query["rid"], query["token"])
        if room is None or not room.open:
            raise Refused("invalid-room")
        return Opened(room, new=False)
    opening = Opening(source, query.get("agentId"), query.get("sla"), query.get("priority"))
    return open_conversation(tx, settings, visitor, opening)
