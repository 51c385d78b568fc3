"""System messages in words: a stored message of type `t` becomes the sentence that people read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frontdesk.texts import text
from frontdesk.transcripts.formats import Formats

_TRANSFERS = {
    "agent": "Livechat_transfer_to_agent",
    "department": "Livechat_transfer_to_department",
    "queue": "Livechat_transfer_return_to_the_queue",
}
_AUTO_TRANSFERS = {
    "autoTransferUnansweredChatsToAgent": (
        "Livechat_transfer_to_agent_auto_transfer_unanswered_chat"
    ),
    "autoTransferUnansweredChatsToQueue": (
        "Livechat_transfer_return_to_the_queue_auto_transfer_unanswered_chat"
    ),
}
# What the author of the message did; other names and titles stand in `msg`.
_BY_AUTHOR = {
    "uj": "User_joined_the_channel",
    "ul": "User_left_this_channel",
    "ut": "User_joined_the_conversation",
    "au": "User_added_to",
    "ru": "User_has_been_removed",
    "wm": "Welcome",
    "r": "Room_name_changed_to",
    "room_changed_topic": "room_changed_topic_to",
    "message_pinned": "Pinned_a_message",
}


def system_text(
    message: Mapping[str, Any],
    language: str = "en",
    *,
    hide_agents: bool = False,
    time_zone: str = "UTC",
) -> str | None:
    """Return the sentence of a system message, or None when its type is never shown.

    `message` is the wire document (`t`, `msg`, `u`, `token` and the extras of its type); missing
    extras are replaced by words like "Unknown user", never an error. A type without a sentence
    of its own gives its `msg`. With `hide_agents` every name that is not the visitor's becomes
    the word for "Agent" (setting Livechat_show_agent_info). `time_zone` is for calls' end times.
    Types and extras are those of the API, behaviour notes 01 section 7 and 02 section 1.9.
    """
    words = _Words(message, language, hide_agents)
    match message.get("t"):
        case "command":
            return None
        case "livechat-started":
            return text("Chat_started", language)
        case "rm":
            return text("Message_is_removed", language)
        case "livechat-close":
            if not words.msg:
                return text("Conversation_finished", language)
            return text("Conversation_closed", language, comment=words.msg)
        case "livechat_video_call":
            return text("New_videocall_request", language)
        case "livechat_webrtc_video_call":
            return _call(message, words, language, time_zone)
        case "livechat_navigation_history":
            return text("New_visitor_navigation", language, history=_page(message, words.msg))
        case "livechat_transfer_history":
            return text("New_chat_transfer", language, transfer=_transfer(message, words, language))
        case "livechat_transfer_history_fallback":
            return text(
                "New_chat_transfer_fallback", language, fallback=_fallback(message, language)
            )
        case "livechat_transcript_history":
            return text(
                "Livechat_chat_transcript_sent",
                language,
                transcript=_transcript(message, words, language),
            )
        case "omnichannel_placed_chat_on_hold" | "omnichannel_on_hold_chat_resumed" as kind:
            comment = _string(message.get("comment")) or text("No_comment_provided", language)
            return text(_capital(kind), language, comment=comment)
        case "omnichannel_priority_change_history" as kind:
            data = _mapping(message.get("priorityData"))
            return text(
                kind,
                language,
                user=words.person(data.get("definedBy")),
                priority=_priority(data, language),
            )
        case "omnichannel_sla_change_history" as kind:
            data = _mapping(message.get("slaData"))
            name = _string(_mapping(data.get("sla")).get("name"))
            return text(
                kind,
                language,
                user=words.person(data.get("definedBy")),
                sla=name or text("Without_SLA", language),
            )
        case str(kind) if kind in _BY_AUTHOR:
            return text(
                _BY_AUTHOR[kind],
                language,
                user=words.author(),
                user_added=words.other(),
                user_removed=words.other(),
                room_name=words.msg,
                room_topic=words.msg or text("no_topic", language),
            )
        case _:
            return words.msg or None


class _Words:
    """Names of the people in a message, as this reader may see them."""

    def __init__(self, message: Mapping[str, Any], language: str, hide_agents: bool) -> None:
        self.msg = _string(message.get("msg"))
        self._author = _mapping(message.get("u"))
        self._by_visitor = bool(message.get("token"))
        self._language = language
        self._hide = hide_agents

    def author(self) -> str:
        """Return the message's author; who left or joined is also named by `msg`."""
        return self.person(self._author, visitor=self._by_visitor, otherwise=self.msg)

    def other(self) -> str:
        """Return the user that `msg` names (added, removed)."""
        return self.person({"username": self.msg})

    def person(self, person: object, *, visitor: bool = False, otherwise: str = "") -> str:
        """Return a person's name or user name, hidden when it is an agent's and must be."""
        if self._hide and not visitor:
            return text("Agent", self._language)
        found = _mapping(person)
        name = _string(found.get("name")) or _string(found.get("username")) or otherwise
        return name or text("Unknown_User", self._language)


def _transfer(message: Mapping[str, Any], words: _Words, language: str) -> str:
    data = _mapping(message.get("transferData"))
    by = _mapping(data.get("transferredBy"))
    sender = words.person(by, visitor=by.get("userType") == "visitor")
    comment = _string(data.get("comment"))
    department = _string(_mapping(data.get("nextDepartment")).get("name"))
    scope = _string(data.get("scope")) or ("department" if department else "agent")
    to = department if scope == "department" else words.person(data.get("transferredTo"))
    if scope in _AUTO_TRANSFERS:
        return text(
            _AUTO_TRANSFERS[scope], language, **{"from": sender, "to": to, "duration": comment}
        )
    key = _TRANSFERS.get(scope, _TRANSFERS["agent"])
    if comment:
        key += "_with_a_comment"
    return text(key, language, **{"from": sender, "to": to, "comment": comment})


def _fallback(message: Mapping[str, Any], language: str) -> str:
    data = _mapping(message.get("transferData"))
    departments = {
        "from": _string(data.get("prevDepartment")),
        "to": _string(_mapping(data.get("department")).get("name")),
    }
    return text("Livechat_transfer_failed_fallback", language, **departments)


def _transcript(message: Mapping[str, Any], words: _Words, language: str) -> str:
    data = _mapping(message.get("requestData"))
    guest = words.person(data.get("visitor"), visitor=True)
    if data.get("type") == "user":
        agent = words.person(data.get("user"))
        return text(
            "Livechat_user_sent_chat_transcript_to_visitor", language, agent=agent, guest=guest
        )
    return text("Livechat_visitor_transcript_request", language, guest=guest)


def _page(message: Mapping[str, Any], msg: str) -> str:
    page = _mapping(_mapping(message.get("navigation")).get("page"))
    href = _string(_mapping(page.get("location")).get("href"))
    title = _string(page.get("title"))
    return f"{title} - {href}" if title and href else href or title or msg


def _priority(data: Mapping[str, Any], language: str) -> str:
    if not data:
        return text("Without_priority", language)
    priority = _mapping(data.get("priority"))
    i18n = _string(priority.get("i18n"))
    named = _string(priority.get("name")) or (text(i18n, language) if i18n else "")
    return named or text("Unprioritized", language)


def _call(message: Mapping[str, Any], words: _Words, language: str, time_zone: str) -> str:
    ended = _milliseconds(message.get("webRtcCallEndTs"))
    if ended is None:
        return words.msg or text("Join_my_room_to_start_the_video_call", language)
    formats = Formats(language, time_zone)
    started = _milliseconds(message.get("ts"))
    duration = formats.duration(ended - (ended if started is None else started))
    return text(
        "WebRTC_call_ended_message", language, endTime=formats.time(ended), callDuration=duration
    )


def _capital(kind: str) -> str:
    return kind[0].upper() + kind[1:]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _milliseconds(value: object) -> int | None:
    """Read a moment: ms since the epoch, or ISO 8601 text as REST writes it."""
    if isinstance(value, int):
        return value
    try:
        return int(datetime.fromisoformat(_string(value)).timestamp() * 1000)
    except ValueError:
        return None
