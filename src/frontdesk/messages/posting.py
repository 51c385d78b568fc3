"""What bots and integrations use: one message to several rooms, several messages of one visitor.

Source: behaviour of the API, messages, sections 3.6, 4.4 and 4.5.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from frontdesk.clock import parse_iso
from frontdesk.conversations.channels import channel_by_name
from frontdesk.conversations.finding import conversation_to_change, find_room
from frontdesk.conversations.opening import Opening, open_conversation
from frontdesk.db import Tx
from frontdesk.errors import Coded, Refused
from frontdesk.http.call import Principal
from frontdesk.messages.checking import (
    HARD_LIMIT,
    check_attachments,
    check_avatar,
    check_custom_fields,
    check_length,
    checked_time,
    length,
)
from frontdesk.messages.composing import Draft
from frontdesk.messages.schemas import BulkMessage, OutgoingMessage, PostMessage
from frontdesk.messages.sending import (
    check_impersonation,
    deliver_for_visitor,
    room_to_post,
    send_as_user,
)
from frontdesk.visitors.records import Visitor

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: The types of messages that only the server writes (behaviour of the API, messages, 1.9).
SYSTEM_KINDS = frozenset(
    {
        *("livechat-started", "livechat-close", "livechat_navigation_history", "command"),
        *("livechat_transfer_history", "livechat_transfer_history_fallback"),
        *("livechat_transcript_history", "livechat_video_call", "livechat_webrtc_video_call"),
        *("omnichannel_placed_chat_on_hold", "omnichannel_on_hold_chat_resumed"),
        *("omnichannel_priority_change_history", "omnichannel_sla_change_history"),
        *("uj", "ul", "ru", "au", "r", "rm", "videoconf", "message_pinned", "room_changed_topic"),
    }
)


def send_message(
    tx: Tx,
    settings: "Settings",
    user: Principal,
    given: OutgoingMessage,
    previews: Sequence[str] | None,
) -> dict[str, Any]:
    """Send the message of chat.sendMessage; return it as the API sends it.

    Raises Refused and Coded in the order of the API's checks, then as `send_as_user`.
    """
    if given.t in SYSTEM_KINDS:
        raise Refused("Cannot send system messages using 'chat.sendMessage'")
    if given.tshow and not given.tmid:
        raise Coded("invalid-params", "tshow provided but missing tmid")
    if given.tmid and not settings.flag("Threads_enabled"):
        raise Coded("error-not-allowed", "not-allowed")
    sent_at = checked_time(tx.now, _client_time(given.ts))
    text = given.msg or ""
    check_length(settings, text)
    if not given.rid:
        raise Refused("The 'rid' property on the message object is missing.")
    draft = Draft(
        text=text,
        id=given.id,
        sent_at=sent_at,
        alias=given.alias,
        extras=_checked_extras(
            settings,
            avatar=given.avatar,
            emoji=given.emoji,
            attachments=given.attachments,
            blocks=given.blocks,
            customFields=given.customFields,
            tmid=given.tmid,
            tshow=given.tshow or None,
        ),
        previews=previews,
    )
    return send_as_user(tx, settings, user, given.rid, draft)


def post_message(
    tx: Tx, settings: "Settings", user: Principal, request: PostMessage
) -> dict[str, Any]:
    """Send one message to each target; return the answer of chat.postMessage.

    All targets are looked at before anything is sent. Raises Refused
    `error-message-size-exceeded`, Coded `invalid-channel`, and what `send_as_user` refuses.
    """
    targets = request.roomId if request.roomId is not None else request.channel
    named = [targets] if isinstance(targets, str) else list(targets or ())
    text = (request.text or "").strip()
    _check_sizes(settings, [text, *(each.get("text") for each in request.attachments or ())])
    extras = _checked_extras(
        settings,
        avatar=request.avatar,
        emoji=request.emoji,
        attachments=request.attachments,
        customFields=request.customFields,
        tmid=request.tmid,
        parseUrls=request.parseUrls,
    )
    draft = Draft(
        text=text,
        alias=request.alias,
        groupable=False,
        extras=extras,
        previews=None if request.parseUrls else [],
    )
    room_ids = []
    for target in dict.fromkeys(named):
        room_ids.append(_target_room(tx, target))
        room_to_post(tx, settings, user, room_ids[-1])
    check_impersonation(user, draft)
    sent = [send_as_user(tx, settings, user, room_id, draft) for room_id in room_ids]
    if not sent:
        raise Refused("unknown-error")
    return {"ts": tx.now, "channel": named[0], "message": sent[0]}


def send_bulk(
    tx: Tx, settings: "Settings", visitor: Visitor, messages: Sequence[BulkMessage]
) -> list[dict[str, Any]]:
    """Send several messages of a visitor, in order, into the open conversation or a new one.

    Returns who said what and when. Either all are stored or none. Raises what opening a
    conversation and composing refuse.
    """
    source = {"type": "api"}
    opened = open_conversation(tx, settings, visitor, Opening(source=source))
    sent = []
    for each in messages:
        if length(each.msg) > HARD_LIMIT:
            raise Refused("message-length-exceeds-character-limit")
        room = conversation_to_change(tx, opened.room.id)
        if room is None or not room.open:
            raise Refused("room-closed")
        document = deliver_for_visitor(tx, settings, visitor, room, Draft(each.msg))
        sent.append({"username": visitor.username, "msg": each.msg, "ts": document["ts"]})
    return sent


def _target_room(tx: Tx, target: str) -> str:
    room = find_room(tx, target) or channel_by_name(tx, target.removeprefix("#"))
    if room is None:
        raise Coded("invalid-channel")
    return room.id


def _checked_extras(settings: "Settings", **given: Any) -> dict[str, Any]:
    """Return the members that are given, once they are found in order."""
    check_avatar(given.get("avatar"))
    check_attachments(given.get("attachments"))
    check_custom_fields(settings, given.get("customFields"))
    return {name: value for name, value in given.items() if value is not None}


def _check_sizes(settings: "Settings", texts: Sequence[Any]) -> None:
    for text in texts:
        try:
            check_length(settings, text if isinstance(text, str) else "")
        except Coded as refusal:
            raise Refused(refusal.code) from refusal


def _client_time(ts: Any) -> int | None:
    """Return the time (ms) that a client gave: a date, ISO text, milliseconds, `{"$date": ms}`."""
    if isinstance(ts, datetime):
        return int(ts.timestamp() * 1000)
    if isinstance(ts, dict):
        ts = ts.get("$date")
    if isinstance(ts, str):
        try:
            return parse_iso(ts)
        except ValueError:
            return None
    if isinstance(ts, int | float) and not isinstance(ts, bool):
        return int(ts)
    return None
