"""What the visitor thought of the conversation.

Source: behaviour of the API, conversations, section 3.12.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontdesk.conversations import queries
from frontdesk.conversations.finding import conversation_to_change
from frontdesk.conversations.record_schemas import Survey, SurveyAnswer
from frontdesk.db import Tx
from frontdesk.errors import Refused
from frontdesk.messages.checking import check_visitor_length
from frontdesk.visitors.finding import visitor_by_token

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Questions with marks from 1 to 5, by the API's names (one is misspelt there).
_MARKED = ("satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness")
_MARKS = ("1", "2", "3", "4", "5")
_FREE = "additionalFeedback"


def answer_survey(tx: Tx, settings: "Settings", survey: Survey) -> dict[str, str]:
    """Record a visitor's answers instead of earlier ones; return those that count.

    The conversation may be open or closed. Raises Refused `invalid-token`, `invalid-room`,
    `invalid-data` if no answer counts, and `message-length-exceeds-character-limit` for a text
    longer than a visitor's message may be.
    """
    visitor_by_token(tx, survey.token)
    room = conversation_to_change(tx, survey.rid)
    if room is None or room.visitor_token != survey.token:
        raise Refused("invalid-room")
    counted = _counted(survey.data)
    if not counted:
        raise Refused("invalid-data")
    check_visitor_length(settings, counted.get(_FREE, ""))
    tx.patch(queries.PATCH_ROOM, room.id, survey=counted, updated_at=tx.now)
    tx.emit("room", room.id, "changed")
    return counted


def _counted(answers: Sequence[SurveyAnswer]) -> dict[str, str]:
    """Return the answers to known questions; of several to one question the last counts."""
    return {
        each.name: each.value
        for each in answers
        if each.name == _FREE or (each.name in _MARKED and each.value in _MARKS)
    }
