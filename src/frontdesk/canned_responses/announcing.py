"""Telling clients what has changed about the canned responses that they keep at hand.

The news `canned-response` is keyed by the response's id. Its arguments are what clients are told
(a list) and for whom the response is: scope and owner, as `records.audience_of` names them. See
`streams` for who is told.

Source: behaviour of the API, priorities and analytics, section 6.7.
"""

from collections.abc import Iterable
from typing import Any

from frontdesk.canned_responses import queries
from frontdesk.canned_responses.records import CannedResponse, audience_of
from frontdesk.canned_responses.schemas import response_document
from frontdesk.db import Tx

NEWS = "canned-response"


def announce_saved(tx: Tx, response: CannedResponse, before: CannedResponse | None) -> None:
    """Tell those a response is for that it was saved; first those who lose it that it is gone."""
    if before is not None and audience_of(before) != audience_of(response):
        announce_removed(tx, before)
    tx.emit(NEWS, response.id, [_changed(response, is_new=before is None)], *audience_of(response))


def announce_removed(tx: Tx, response: CannedResponse) -> None:
    """Tell those a response was for that it is gone."""
    tx.emit(NEWS, response.id, [_removed(response)], *audience_of(response))


def follow_members(
    tx: Tx, department_id: str, added: Iterable[str], removed: Iterable[str]
) -> None:
    """Tell the agents who came to a department of its responses, and those who left it that they
    have them no longer.
    """
    come, gone = sorted(added), sorted(removed)
    for response in tx.all(queries.RESPONSES_OF_DEPARTMENT, department_id=department_id):
        if come:
            told = [_changed(response), {"agentsId": come}]
            tx.emit(NEWS, response.id, told, *audience_of(response))
        if gone:
            told = [_removed(response), {"agentsId": gone}]
            tx.emit(NEWS, response.id, told, *audience_of(response))


def _changed(response: CannedResponse, *, is_new: bool = False) -> dict[str, Any]:
    document = {"type": "changed", **response_document(response)}
    del document["_updatedAt"]
    if not is_new:
        del document["_createdAt"]
    return document


def _removed(response: CannedResponse) -> dict[str, Any]:
    return {"type": "removed", "_id": response.id}
