"""The real-time methods of conversations: for clients older than their REST successors.

Source: behaviour of the API, conversations, section 9.3; real time, section 5.4.
"""

from typing import Any

import msgspec

from frontdesk.conversations import member_acts, method_doors
from frontdesk.conversations.record_schemas import GuestData, RoomData, SaveInfo, SurveyAnswer
from frontdesk.conversations.removing import remove_all_closed
from frontdesk.conversations.routing import routing_method
from frontdesk.conversations.saving_info import save_info
from frontdesk.conversations.schemas import CloseByUser, TakeInquiry, TakeOptions, TranscriptEmail
from frontdesk.conversations.transfer_schemas import ForwardRoom
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods

methods = Methods()


class CloseOptions(msgspec.Struct, rename="camel"):
    """How a client closes a conversation."""

    client_action: bool = False
    tags: list[str] | None = None
    email_transcript: TranscriptEmail | None = None
    generate_transcript_pdf: bool | None = None


class ActOptions(msgspec.Struct, rename="camel"):
    """Whether somebody pressed a button, who wants to know why it does not work."""

    client_action: bool = False


class VisitorTransfer(msgspec.Struct, rename="camel"):
    """To which department a visitor wants to go."""

    room_id: str
    visitor_token: str
    department_id: str


class WishedDepartment(msgspec.Struct):
    """The visitor who asks for an agent, and of which department."""

    token: str
    department: str | None = None


@methods.method(
    "livechat:closeRoom",
    permissions=["close-livechat-room"],
    refusal=("error-not-authorized", "Not authorized"),
)
async def close_room(
    caller: Caller, room_id: str, comment: str | None = None, options: CloseOptions | None = None
) -> None:
    """Close a conversation."""
    chosen = options or CloseOptions()
    request = CloseByUser(
        rid=room_id,
        comment=comment,
        tags=chosen.tags,
        generateTranscriptPdf=chosen.generate_transcript_pdf,
        transcriptEmail=chosen.email_transcript,
    )
    await caller.write(
        method_doors.close, caller.settings, caller.user, request, chosen.client_action
    )


@methods.method("livechat:transfer", permissions=["view-l-room"])
async def transfer(caller: Caller, request: ForwardRoom) -> bool:
    """Transfer a conversation to an agent or a department."""
    return await caller.write(method_doors.forward, caller.settings, caller.user, request)


@methods.method("livechat:setDepartmentForVisitor", public=True)
async def set_department_for_visitor(caller: Caller, request: VisitorTransfer) -> bool:
    """Transfer a visitor's own conversation to a department."""
    return await caller.write(
        method_doors.transfer_for_visitor,
        caller.settings,
        request.room_id,
        request.visitor_token,
        request.department_id,
    )


@methods.method("livechat:takeInquiry", permissions=["view-l-room"])
async def take_inquiry(caller: Caller, inquiry_id: str, options: ActOptions | None = None) -> None:
    """Take a conversation from the queue."""
    by_client = options is not None and options.client_action
    request = TakeInquiry(inquiry_id, options=TakeOptions(clientAction=by_client))
    await caller.write(member_acts.take, caller.settings, caller.user, request)


@methods.method("livechat:returnAsInquiry", permissions=["view-l-room"])
async def return_as_inquiry(caller: Caller, room_id: str, department_id: str | None = None) -> bool:
    """Return a conversation to the queue."""
    return await caller.write(method_doors.give_back, caller.settings, room_id, department_id)


@methods.method("livechat:resumeOnHold", permissions=["view-l-room"])
async def resume_on_hold(caller: Caller, room_id: str, options: ActOptions | None = None) -> None:
    """Resume a conversation that is on hold."""
    del options
    await caller.write(method_doors.resume, caller.settings, caller.user, room_id)


@methods.method("livechat:saveInfo", permissions=["view-l-room"])
async def save(caller: Caller, guest: GuestData, room: RoomData) -> bool:
    """Write on a conversation: visitor, topic, tags, priority, SLA policy."""
    await caller.write(save_info, caller.settings, caller.user, SaveInfo(guest, room))
    return True


@methods.method("livechat:saveSurveyFeedback", public=True)
async def save_survey_feedback(
    caller: Caller, token: str, room_id: str, answers: list[SurveyAnswer]
) -> None:
    """Answer the survey; says nothing if that is not possible."""
    await caller.write(method_doors.answer_survey, caller.settings, token, room_id, answers)


@methods.method("livechat:removeRoom", permissions=["remove-closed-livechat-room"])
async def remove_room(caller: Caller, room_id: str) -> None:
    """Remove a closed conversation for good."""
    await caller.write(method_doors.remove, caller.user, room_id)


@methods.method("livechat:removeAllClosedRooms", permissions=["remove-closed-livechat-rooms"])
async def remove_all_closed_rooms(caller: Caller, departments: list[str] | None = None) -> int:
    """Remove all closed conversations for good; answers how many."""
    return await remove_all_closed(caller.workspace.db, caller.user, departments or ())


@methods.method("livechat:getRoutingConfig", public=True)
async def routing_config(caller: Caller) -> dict[str, Any]:
    """Answer how conversations are given to agents."""
    properties: dict[str, Any] = msgspec.to_builtins(routing_method(caller.settings))
    return properties


@methods.method("livechat:getNextAgent", public=True)
async def next_agent(caller: Caller, wish: WishedDepartment) -> dict[str, Any] | None:
    """Answer who would get the visitor's conversation; nothing if nobody would."""
    return await caller.write(method_doors.propose, caller.settings, wish.token, wish.department)
