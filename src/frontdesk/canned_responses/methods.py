"""The real-time methods of canned responses: for clients older than their REST successors."""

from typing import Annotated, Literal

import msgspec

from frontdesk.canned_responses import saving
from frontdesk.canned_responses.schemas import (
    MOST_TAGS,
    SHORTCUT_LENGTH,
    TEXT_LENGTH,
    SaveResponse,
)
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods

methods = Methods()


class ResponseData(msgspec.Struct, rename="camel"):
    """What a client saves as a canned response."""

    shortcut: Annotated[str, msgspec.Meta(min_length=1, max_length=SHORTCUT_LENGTH)]
    text: Annotated[str, msgspec.Meta(max_length=TEXT_LENGTH)]
    scope: Literal["user", "department", "global"]
    tags: Annotated[list[str], msgspec.Meta(max_length=MOST_TAGS)] | None = None
    department_id: str | None = None


@methods.method("saveCannedResponse", permissions=["save-canned-responses"])
async def save(caller: Caller, response_id: str | None, data: ResponseData) -> None:
    """Make a canned response, or change the one with the given id."""
    given = SaveResponse(
        data.shortcut, data.text, data.scope, data.tags, data.department_id, response_id
    )
    await caller.write(saving.save_response, caller.user, given)


@methods.method("removeCannedResponse", permissions=["remove-canned-responses"])
async def remove(caller: Caller, response_id: str) -> None:
    """Remove a canned response."""
    await caller.write(saving.remove_response, caller.user, response_id)
