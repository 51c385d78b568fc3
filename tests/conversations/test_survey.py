"""POST livechat/room.survey."""

from typing import Any

import pytest

from tests.builders import open_conversation, register_visitor, room_of, settings
from tests.harness.client import Api

SURVEY = "livechat/room.survey"
FOUR = ("satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness")


def answers(**given: str) -> list[dict[str, str]]:
    """Return answers as a widget sends them."""
    return [{"name": name, "value": value} for name, value in given.items()]


def test_answers_are_kept_with_the_conversation(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api)
        body = {"rid": room["_id"], "token": visitor.token}
        given = dict.fromkeys(FOUR, "5") | {"additionalFeedback": "Thank you"}

        answer = api.post(SURVEY, {**body, "data": answers(**given)})

        assert answer.json() == {"rid": room["_id"], "data": given, "success": True}
        assert room_of(admin, room["_id"])["surveyFeedback"] == given

        # New answers replace all earlier ones, also after the close.
        api.post("livechat/room.close", body)
        api.post(SURVEY, {**body, "data": answers(satisfaction="1")})
        assert room_of(admin, room["_id"])["surveyFeedback"] == {"satisfaction": "1"}


def test_what_is_not_asked_is_left_out(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, visitor = open_conversation(api)
        body: dict[str, Any] = {"rid": room["_id"], "token": visitor.token}
        given = [
            *answers(weather="5", agentKnowledge="6", satisfaction="2"),
            *answers(satisfaction="3"),
        ]

        answer = api.post(SURVEY, {**body, "data": given})

        assert answer.json()["data"] == {"satisfaction": "3"}
        nothing = api.post(SURVEY, {**body, "data": answers(weather="5")})
        assert nothing.json() == {"success": False, "error": "invalid-data"}
        long = api.post(SURVEY, {**body, "data": answers(additionalFeedback="x" * 100_001)})
        assert long.json()["error"] == "message-length-exceeds-character-limit"


def test_visitors_answer_for_their_own_conversation_only(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        room, _ = open_conversation(api)
        stranger = register_visitor(api)
        body = {"rid": room["_id"], "data": answers(satisfaction="1")}

        for token, error in (("nobody", "invalid-token"), (stranger.token, "invalid-room")):
            answer = api.post(SURVEY, {**body, "token": token})
            assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert "surveyFeedback" not in room_of(admin, room["_id"])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "must have required property 'rid'"),
        ({"rid": "r"}, "must have required property 'token'"),
        ({"rid": "r", "token": "t"}, "must have required property 'data'"),
        ({"rid": "r", "token": "t", "data": []}, "must NOT have fewer than 1 items"),
        (
            {"rid": "r", "token": "t", "data": [{"name": "x"}]},
            "must have required property 'value'",
        ),
    ],
)
def test_bad_surveys_are_explained(api: Api, body: dict[str, Any], error: str) -> None:
    answer = api.post(SURVEY, body)

    assert (answer.status_code, answer.json()["error"]) == (400, f"{error} [invalid-params]")
