"""Input of the endpoints for what is kept of conversations."""

from typing import Annotated, Any

import msgspec

from frontdesk.http.match import STRING, object_of


class GuestData(msgspec.Struct, forbid_unknown_fields=True):
    """What an agent corrects about the visitor; empty texts change nothing."""

    id: str = msgspec.field(name="_id")
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    livechatData: dict[str, str] | None = None


class RoomData(msgspec.Struct, forbid_unknown_fields=True):
    """What an agent writes on a conversation. Of topic, priority and SLA an empty text removes
    what is there, and leaving them out keeps it; leaving out the tags removes them.
    """

    id: str = msgspec.field(name="_id")
    topic: str | msgspec.UnsetType = msgspec.UNSET
    tags: list[str] | None = None
    livechatData: dict[str, Any] | None = None
    priorityId: str | msgspec.UnsetType | None = msgspec.UNSET
    slaId: str | msgspec.UnsetType | None = msgspec.UNSET


class SaveInfo(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/room.saveInfo."""

    guestData: GuestData
    roomData: RoomData


class SurveyAnswer(msgspec.Struct, forbid_unknown_fields=True):
    """One answer of a visitor to the survey."""

    name: str
    value: str


class Survey(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/room.survey."""

    rid: str
    token: str
    data: Annotated[list[SurveyAnswer], msgspec.Meta(min_length=1)]


class RemoveClosedRooms(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/rooms.removeAllClosedRooms: all departments unless some are named."""

    departmentIds: list[str] | None = None


class ChangeVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """Body of PUT livechat/room.visitor."""

    rid: str
    oldVisitorId: str
    newVisitorId: str


class CallStatus(msgspec.Struct):
    """Body of POST livechat/visitor.callStatus, whose shape is `CALL_STATUS`."""

    token: str
    callStatus: str
    rid: str
    callId: str


CALL_STATUS = object_of(dict.fromkeys(("token", "callStatus", "rid", "callId"), STRING))
