"""The sentences of system messages."""

from typing import Any

import pytest

from frontdesk.transcripts.system_texts import system_text

GRACE = {"_id": "g", "username": "grace", "name": "Grace Hopper"}
BOB = {"_id": "b", "username": "bob"}
ADA = {"_id": "a", "username": "guest-1", "name": "Ada"}


def transfer(**data: Any) -> dict[str, Any]:
    by = {**GRACE, "userType": "agent"}
    message = {"t": "livechat_transfer_history", "msg": "", "u": GRACE}
    return {**message, "transferData": {"transferredBy": by, **data}}


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"t": "livechat-started", "u": ADA, "token": "x"}, "Conversation started"),
        ({"t": "livechat-close", "msg": "Solved"}, "Conversation closed: Solved"),
        ({"t": "livechat-close", "msg": ""}, "Conversation finished"),
        ({"t": "livechat_video_call", "msg": ""}, "Video call requested"),
        ({"t": "uj", "msg": "", "u": GRACE}, "Grace Hopper joined"),
        ({"t": "uj", "msg": "bob", "u": BOB}, "bob joined"),
        ({"t": "ul", "msg": "bob", "u": BOB}, "bob left"),
        ({"t": "ul", "msg": "bob"}, "bob left"),
        ({"t": "au", "msg": "bob", "u": GRACE}, "Grace Hopper added bob"),
        ({"t": "ru", "msg": "bob", "u": GRACE}, "Grace Hopper removed bob"),
        ({"t": "ut", "msg": "", "u": GRACE}, "Grace Hopper joined the conversation"),
        ({"t": "wm", "msg": "", "u": GRACE}, "Welcome Grace Hopper"),
        ({"t": "rm", "msg": "", "u": GRACE}, "Message deleted"),
        (
            {"t": "r", "msg": "Refund", "u": GRACE},
            "Grace Hopper renamed the conversation to Refund",
        ),
        (
            {"t": "room_changed_topic", "msg": "", "u": GRACE},
            "Grace Hopper changed the topic to (none)",
        ),
        ({"t": "message_pinned", "msg": "", "u": GRACE}, "Grace Hopper pinned a message"),
        (
            {"t": "omnichannel_placed_chat_on_hold", "comment": "Lunch"},
            "On hold: Lunch",
        ),
        ({"t": "omnichannel_on_hold_chat_resumed"}, "Off hold: no comment"),
    ],
)
def test_each_type_has_its_sentence(message: dict[str, Any], sentence: str) -> None:
    assert system_text(message) == sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"scope": "agent", "transferredTo": BOB},
            "Transfer: Grace Hopper handed the conversation to bob",
        ),
        (
            {"scope": "agent", "transferredTo": BOB, "comment": "please"},
            "Transfer: Grace Hopper handed the conversation to bob: please",
        ),
        (
            {"scope": "department", "nextDepartment": {"_id": "d", "name": "Sales"}},
            "Transfer: Grace Hopper handed the conversation to department Sales",
        ),
        (
            {"nextDepartment": {"_id": "d", "name": "Sales"}, "comment": "hot"},
            "Transfer: Grace Hopper handed the conversation to department Sales: hot",
        ),
        ({"scope": "queue"}, "Transfer: Grace Hopper put the conversation back into the queue"),
        (
            {"scope": "queue", "comment": "busy"},
            "Transfer: Grace Hopper put the conversation back into the queue: busy",
        ),
        (
            {
                "scope": "autoTransferUnansweredChatsToAgent",
                "transferredTo": BOB,
                "comment": "120",
            },
            "Transfer: Grace Hopper handed the conversation to bob "
            "because nobody answered for 120 seconds",
        ),
        (
            {"scope": "autoTransferUnansweredChatsToQueue", "comment": "60"},
            "Transfer: Grace Hopper put the conversation back into the queue "
            "because nobody answered for 60 seconds",
        ),
        ({"scope": "queue", "comment": None}, None),
    ],
)
def test_a_transfer_is_told_by_its_scope(data: dict[str, Any], sentence: str | None) -> None:
    expected = sentence or system_text(transfer(scope="queue"))
    assert system_text(transfer(**data)) == expected


def test_a_fallback_department_is_told_with_both_names() -> None:
    message = {
        "t": "livechat_transfer_history_fallback",
        "transferData": {"prevDepartment": "Sales", "department": {"_id": "d", "name": "Support"}},
    }
    assert system_text(message) == (
        "Sent to the fallback department: "
        "department Sales has nobody online, conversation sent to Support"
    )


@pytest.mark.parametrize(
    ("request_data", "sentence"),
    [
        ({"type": "visitor", "visitor": ADA}, "Transcript sent: requested by Ada"),
        (
            {"type": "user", "visitor": ADA, "user": GRACE},
            "Transcript sent: Grace Hopper sent it to Ada",
        ),
    ],
)
def test_a_sent_transcript_names_who_asked(request_data: dict[str, Any], sentence: str) -> None:
    message = {"t": "livechat_transcript_history", "requestData": request_data}
    assert system_text(message) == sentence


@pytest.mark.parametrize(
    ("page", "history"),
    [
        ({"title": "Prices", "location": {"href": "https://a.b/p"}}, "Prices - https://a.b/p"),
        ({"title": "", "location": {"href": "https://a.b/p"}}, "https://a.b/p"),
        (None, "what was stored"),
    ],
)
def test_a_visited_page_is_told_with_its_title_when_it_has_one(page: object, history: str) -> None:
    message = {"t": "livechat_navigation_history", "msg": "what was stored"}
    if page:
        message = {**message, "navigation": {"page": page}}  # type: ignore[dict-item]
    assert system_text(message) == f"Page visited: {history}"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"definedBy": BOB, "priority": {"name": "VIP", "i18n": "Highest"}},
            "bob set the priority to VIP",
        ),
        (
            {"definedBy": BOB, "priority": {"i18n": "Highest"}},
            "bob set the priority to Highest",
        ),
        ({"definedBy": BOB}, "bob set the priority to unprioritised"),
        ({"priority": {"i18n": "Low"}}, "Unknown user set the priority to Low"),
        (None, "Unknown user set the priority to no priority"),
    ],
)
def test_a_priority_has_a_name_or_the_words_for_none(data: object, sentence: str) -> None:
    message = {"t": "omnichannel_priority_change_history", "priorityData": data}
    assert system_text(message) == sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"definedBy": BOB, "sla": {"name": "Gold"}}, "bob set the SLA policy to Gold"),
        ({"definedBy": BOB}, "bob set the SLA policy to no SLA policy"),
    ],
)
def test_an_sla_policy_has_a_name_or_the_words_for_none(data: object, sentence: str) -> None:
    assert system_text({"t": "omnichannel_sla_change_history", "slaData": data}) == sentence


def test_a_call_tells_its_end_and_length_in_the_zone_asked_for() -> None:
    message = {
        "t": "livechat_webrtc_video_call",
        "ts": "2025-03-01T10:00:00.000Z",
        "webRtcCallEndTs": "2025-03-01T10:05:30.000Z",
    }
    assert system_text(message, time_zone="Europe/Berlin") == (
        "Call ended at 11:05 AM after 5 minutes 30 seconds"
    )


def test_a_call_that_has_not_ended_asks_to_join() -> None:
    assert system_text({"t": "livechat_webrtc_video_call", "msg": "Come in"}) == "Come in"
    assert system_text({"t": "livechat_webrtc_video_call"}) == (
        "Please join to start the video call"
    )


@pytest.mark.parametrize("msg", ["connected", "promptTranscript"])
def test_command_messages_are_never_shown(msg: str) -> None:
    assert system_text({"t": "command", "msg": msg}) is None


def test_an_unknown_type_says_what_was_stored() -> None:
    assert system_text({"t": "something-new", "msg": "Hello"}) == "Hello"
    assert system_text({"t": "something-new", "msg": ""}) is None


def test_sentences_come_in_the_language_asked_for() -> None:
    assert system_text(transfer(scope="agent", transferredTo=BOB), "de-AT") == (
        "Weiterleitung: Grace Hopper hat das Gespräch an bob übergeben"
    )


def test_agents_can_be_hidden_and_the_visitor_stays() -> None:
    assert system_text(transfer(scope="agent", transferredTo=BOB), hide_agents=True) == (
        "Transfer: Agent handed the conversation to Agent"
    )
    assert system_text({"t": "uj", "u": GRACE, "msg": "grace"}, hide_agents=True) == "Agent joined"
    request = {"type": "user", "visitor": ADA, "user": GRACE}
    message = {"t": "livechat_transcript_history", "requestData": request}
    assert system_text(message, hide_agents=True) == "Transcript sent: Agent sent it to Ada"
    visitor = {**ADA, "userType": "visitor"}
    by_visitor = transfer(scope="queue", transferredBy=visitor)
    assert system_text(by_visitor, hide_agents=True) == (
        "Transfer: Ada put the conversation back into the queue"
    )


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"t": None},
        {"t": "livechat_transfer_history"},
        {"t": "livechat_transfer_history", "transferData": "no"},
        {"t": "livechat_transfer_history_fallback", "transferData": {"department": "no"}},
        {"t": "livechat_transcript_history", "requestData": []},
        {"t": "livechat_navigation_history", "navigation": {"page": {"location": "no"}}},
        {"t": "omnichannel_sla_change_history", "slaData": {"sla": 5}},
        {"t": "livechat_webrtc_video_call", "webRtcCallEndTs": "yesterday"},
        {"t": "uj", "u": "no", "msg": 5},
    ],
)
def test_missing_and_odd_extras_are_no_error(message: dict[str, Any]) -> None:
    assert isinstance(system_text(message), str | None)
