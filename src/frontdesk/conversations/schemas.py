"""Rooms, inquiries and memberships on the wire, and the input of their endpoints."""

from typing import Any, ClassVar

import msgspec

from frontdesk.clock import iso, iso_or_none
from frontdesk.conversations.records import Inquiry, Room, Subscription
from frontdesk.http.paging import ListQuery, PageQuery


def room_document(room: Room) -> dict[str, Any]:
    """Return a room as the API sends it; absent members are left out.

    A closed room has no `open` at all, as clients expect.
    """
    document: dict[str, Any] = {
        "_id": room.id,
        "t": room.kind,
        "name": room.name,
        "fname": room.display_name,
        "msgs": room.message_count,
        "usersCount": room.user_count,
        "ts": iso(room.opened_at),
        "lm": iso_or_none(room.last_message_at),
        "lastMessage": room.last_message,
        "topic": room.topic,
        "usernames": room.usernames,
        "customFields": room.custom_fields,
        "_updatedAt": iso(room.updated_at),
    }
    if room.kind == "l":
        document.update(_conversation(room))
        document.update(room.channel or {})
    return {name: value for name, value in document.items() if value is not None}


def _conversation(room: Room) -> dict[str, Any]:
    return {
        "cl": False,
        "open": True if room.open else None,
        "v": _visitor(room),
        "contactId": room.contact_id,
        "verified": room.verified,
        "departmentId": room.department_id,
        "departmentAncestors": room.department_ancestors,
        "source": room.source,
        "servedBy": _person(room.agent_id, room.agent_username, room.agent_since),
        "queuedAt": iso_or_none(room.queued_at),
        "onHold": room.on_hold or None,
        "waitingResponse": room.waiting_response or None,
        "responseBy": _response(room),
        "tags": room.tags,
        "livechatData": room.livechat_data,
        "priorityId": room.priority_id,
        "priorityWeight": room.priority_weight,
        "slaId": room.sla_id,
        "estimatedWaitingTimeQueue": room.estimated_wait,
        "transcriptRequest": room.transcript_request,
        "pdfTranscriptFileId": room.pdf_file_id,
        "surveyFeedback": room.survey,
        "crmData": room.crm_data,
        "metrics": _metrics(room),
        "omnichannel": (
            {"predictedVisitorAbandonmentAt": iso(room.abandoned_at)} if room.abandoned_at else None
        ),
        "autoTransferOngoing": True if room.auto_transfer_due_at is not None else None,
        "autoTransferredAt": iso_or_none(room.auto_transferred_at),
        "callStatus": room.call_status,
        "closedAt": iso_or_none(room.closed_at),
        "closer": room.closer,
        "closedBy": _person(room.closed_by_id, room.closed_by_username, None),
    }


def _visitor(room: Room) -> dict[str, Any]:
    document = {
        "_id": room.visitor_id,
        "username": room.visitor_username,
        "token": room.visitor_token,
        "status": room.visitor_status,
        "name": room.visitor_name,
        "phone": room.visitor_phones,
        "activity": room.visitor_activity,
        "lastMessageTs": iso_or_none(room.visitor_last_message_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def _person(user_id: str | None, username: str | None, since: int | None) -> Any:
    if user_id is None:
        return None
    person: dict[str, Any] = {"_id": user_id, "username": username}
    if since is not None:
        person["ts"] = iso(since)
    return person


def _response(room: Room) -> Any:
    if room.responder_id is None:
        return None
    return {
        "_id": room.responder_id,
        "username": room.responder_username,
        "firstResponseTs": iso_or_none(room.first_response_at),
        "lastMessageTs": iso_or_none(room.last_response_at),
    }


def _metrics(room: Room) -> dict[str, Any] | None:
    metrics: dict[str, Any] = {}
    if room.visitor_asked_at is not None:
        metrics["v"] = {"lq": iso(room.visitor_asked_at)}
    if room.agent_replied_at is not None:
        metrics["servedBy"] = {"lr": iso(room.agent_replied_at)}
    if room.responses:
        response: dict[str, Any] = {
            "total": room.responses,
            "tt": room.response_time,
            "avg": room.response_time / room.responses,
        }
        reaction: dict[str, Any] = {"tt": room.reaction_time}
        if room.first_response_noted_at is not None:
            noted = iso(room.first_response_noted_at)
            response |= {"ft": room.first_response_time, "fd": noted}
            reaction |= {"ft": room.first_reaction_time, "fd": noted}
        metrics |= {"response": response, "reaction": reaction}
    for name, value in (
        ("chatDuration", room.chat_duration),
        ("serviceTimeDuration", room.service_duration),
        ("visitorInactivity", room.visitor_inactivity),
    ):
        if value is not None:
            metrics[name] = value
    return metrics or None


def inquiry_document(inquiry: Inquiry) -> dict[str, Any]:
    """Return an inquiry as the API sends it."""
    visitor = {
        "_id": inquiry.visitor_id,
        "username": inquiry.visitor_username,
        "token": inquiry.visitor_token,
        "status": inquiry.visitor_status,
    }
    if inquiry.visitor_activity:
        visitor["activity"] = inquiry.visitor_activity  # type: ignore[assignment]
    agent = None
    if inquiry.default_agent_id is not None:
        agent = {
            "agentId": inquiry.default_agent_id,
            "username": inquiry.default_agent_username,
        }
    document = {
        "_id": inquiry.id,
        "rid": inquiry.room_id,
        "name": inquiry.name,
        "ts": iso(inquiry.created_at),
        "t": "l",
        "message": inquiry.message,
        "status": inquiry.status,
        "department": inquiry.department_id,
        "v": visitor,
        "source": inquiry.source,
        "defaultAgent": agent,
        "priorityId": inquiry.priority_id,
        "priorityWeight": inquiry.priority_weight,
        "slaId": inquiry.sla_id,
        "estimatedWaitingTimeQueue": inquiry.estimated_wait,
        "queuedAt": iso_or_none(inquiry.queued_at),
        "takenAt": iso_or_none(inquiry.taken_at),
        "lastMessage": inquiry.last_message,
        "_updatedAt": iso(inquiry.updated_at),
    }
    return {name: value for name, value in document.items() if value is not None}


def subscription_document(subscription: Subscription) -> dict[str, Any]:
    """Return a membership as the API sends it."""
    document = {
        "_id": subscription.id,
        "rid": subscription.room_id,
        "t": subscription.kind,
        "name": subscription.name,
        "fname": subscription.display_name,
        "u": {"_id": subscription.user_id, "username": subscription.username},
        "open": subscription.open,
        "alert": subscription.alert,
        "unread": subscription.unread,
        "userMentions": subscription.user_mentions,
        "groupMentions": subscription.group_mentions,
        "ts": iso(subscription.created_at),
        "ls": iso_or_none(subscription.seen_at),
        "department": subscription.department_id,
        "onHold": subscription.on_hold or None,
        "v": subscription.visitor,
        "_updatedAt": iso(subscription.updated_at),
    }
    if subscription.kind == "l":
        document |= {
            "desktopNotifications": "all",
            "mobilePushNotifications": "all",
            "emailNotifications": "all",
        }
    return {name: value for name, value in document.items() if value is not None}


# Input ---------------------------------------------------------------------------------------


class CloseByVisitor(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/room.close. `token` comes first: it is what is named as missing."""

    token: str
    rid: str


class TranscriptRequestData(msgspec.Struct, forbid_unknown_fields=True):
    """Where an e-mail transcript goes, and its subject."""

    email: str
    subject: str


class TranscriptEmail(msgspec.Struct, forbid_unknown_fields=True):
    """Whether an e-mail transcript is sent at the close."""

    sendToVisitor: bool
    requestData: TranscriptRequestData | None = None


class CloseByUser(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/room.closeByUser."""

    rid: str
    comment: str | None = None
    tags: list[str] | None = None
    generateTranscriptPdf: bool | None = None
    transcriptEmail: TranscriptEmail | None = None
    forceClose: bool | None = None


class RoomId(msgspec.Struct, forbid_unknown_fields=True):
    """A body or query that names a room."""

    roomId: str


class ReturnInquiry(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/inquiries.returnAsInquiry."""

    roomId: str
    departmentId: str | None = None


class TakeOptions(msgspec.Struct):
    """How a client takes an inquiry."""

    clientAction: bool
    forwardingToDepartment: dict[str, Any] | None = None


class TakeInquiry(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST livechat/inquiries.take."""

    inquiryId: str
    userId: str | None = None
    options: TakeOptions | None = None


class InquiryListQuery(ListQuery):
    """Query of GET livechat/inquiries.list: a department's id or name."""

    department: str | None = None


class LoadQuery(PageQuery, kw_only=True):
    """Query of GET livechat/queue; `departmentId` may be the text `undefined`, meaning none."""

    agentId: str | None = None
    departmentId: str | None = None
    includeOfflineAgents: str | None = None


class RoomListQuery(ListQuery):
    """Query of GET livechat/rooms."""

    agents: list[str] | None = None
    departmentId: list[str] | None = None
    open: str | None = None
    onhold: str | None = None
    queued: str | None = None
    tags: list[str] | None = None
    roomName: str | None = None
    createdAt: str | None = None
    closedAt: str | None = None
    customFields: str | None = None
    units: list[str] | None = None


class SearchChatsQuery(PageQuery, kw_only=True):
    """Query of GET livechat/visitors.searchChats/...; the flags count as `true` only."""

    searchText: str | None = None
    closedChatsOnly: str | None = None
    servedChatsOnly: str | None = None
    source: str | None = None


class RoomInfoQuery(msgspec.Struct):
    """Query of GET rooms.info."""

    roomId: str | None = None
    roomName: str | None = None
    fields: str | None = None


class ReadMarks(msgspec.Struct):
    """Body of POST subscriptions.read: the room under either name."""

    json_schema: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {
                "type": "object",
                "properties": {name: {"type": "string"}, "readThreads": {"type": "boolean"}},
                "required": [name],
                "additionalProperties": False,
            }
            for name in ("rid", "roomId")
        ]
    }

    rid: str | None = None
    roomId: str | None = None
    readThreads: bool | None = None


class UpdatedSince(msgspec.Struct):
    """Query of lists that clients keep up to date."""

    updatedSince: str | None = None
