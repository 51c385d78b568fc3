"""The real-time methods of transcripts, for clients older than their REST successors."""

from collections.abc import Callable, Iterator

import pytest

from tests.builders import (
    Person,
    Visitor,
    create_agent,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    say_as_visitor,
    settings,
    take,
)
from tests.conversations.test_methods import call, refused
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer

EMAIL = "ann@example.org"
NOT_ALLOWED = "Not allowed [error-not-allowed]"
INVALID_ROOM = "Invalid room [error-invalid-room]"


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent; conversations are taken by hand."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        person = create_agent(admin)
        yield person
        retire(admin, person)


@pytest.fixture
def conversation(api: Api, admin: Api, agent: Person) -> tuple[str, Visitor]:
    """Return the id of an open conversation in which something was said, and its visitor."""
    room, visitor = open_conversation(api)
    take(agent, admin, room["_id"])
    say_as_visitor(api, room["_id"], visitor, "Hello?")
    return room["_id"], visitor


def test_a_transcript_is_sent_at_once(
    private_server: Callable[..., FrontdeskProcess], smtp: SmtpServer
) -> None:
    process = private_server(
        environment={
            "OVERWRITE_SETTING_SMTP_Host": smtp.host,
            "OVERWRITE_SETTING_SMTP_Port": str(smtp.port),
            "OVERWRITE_SETTING_From_Email": "desk@example.org",
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
        }
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello?")

        assert call(admin, "sendTranscript", visitor.token, room["_id"], EMAIL, "Ours") is True

        (delivery,) = smtp.inbox.wait_for(1)
        assert (delivery.recipients, delivery.message["Subject"]) == ((EMAIL,), "Ours")
        assert room_of(admin, room["_id"])["open"] is True


def test_a_transcript_that_cannot_be_sent_is_refused(
    api: Api, admin: Api, agent: Person, conversation: tuple[str, Visitor]
) -> None:
    room_id, visitor = conversation
    stranger = register_visitor(api)

    for token, room in ((visitor.token, "nope"), (stranger.token, room_id), ("", "GENERAL")):
        assert refused(admin, "sendTranscript", token, room, EMAIL, "") == INVALID_ROOM
    bad = refused(admin, "sendTranscript", visitor.token, room_id, "nobody", "")
    assert bad == "[invalid email]"
    lines = refused(admin, "sendTranscript", visitor.token, room_id, EMAIL, "a\nb")
    assert lines == "[error-invalid-subject]"
    for caller in (api, agent.api):
        denied = refused(caller, "sendTranscript", visitor.token, room_id, EMAIL, "")
        assert denied == NOT_ALLOWED


def test_a_transcript_is_asked_for_and_taken_back(
    api: Api, admin: Api, agent: Person, conversation: tuple[str, Visitor]
) -> None:
    room_id, visitor = conversation

    assert call(admin, "requestTranscript", room_id, EMAIL, "Ours") is True

    wanted = room_of(admin, room_id)["transcriptRequest"]
    assert (wanted["email"], wanted["subject"]) == (EMAIL, "Ours")
    again = refused(admin, "requestTranscript", room_id, EMAIL, "Ours")
    assert again == "Transcript already requested [error-transcript-already-requested]"
    assert call(admin, "discardTranscript", room_id) is True
    assert "transcriptRequest" not in room_of(admin, room_id)
    nothing = refused(admin, "discardTranscript", room_id)
    assert nothing == "No transcript requested for this chat [error-transcript-not-requested]"
    assert refused(admin, "requestTranscript", room_id, "nobody", "") == "[invalid email]"
    for caller in (api, agent.api):
        assert refused(caller, "requestTranscript", room_id, EMAIL, "") == NOT_ALLOWED
        assert refused(caller, "discardTranscript", room_id) == NOT_ALLOWED
    api.post("livechat/room.close", {"rid": room_id, "token": visitor.token})
    for room in (room_id, "nope"):
        assert refused(admin, "requestTranscript", room, EMAIL, "") == INVALID_ROOM
        assert refused(admin, "discardTranscript", room) == INVALID_ROOM


def test_transcripts_are_not_sent_one_after_the_other(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    password = "a pass phrase of some length"
    process = private_server(
        environment={
            "TEST_MODE": "false",
            "ADMIN_USERNAME": "ann",
            "ADMIN_PASS": password,
            "ADMIN_EMAIL": EMAIL,
        }
    )
    with Api(process.url) as api:
        admin = api.login("ann", password)

        assert refused(admin, "sendTranscript", "x", "nope", EMAIL, "") == INVALID_ROOM
        again = refused(admin, "sendTranscript", "x", "nope", EMAIL, "")

        assert again.endswith("Please slow down. [too-many-requests]")
