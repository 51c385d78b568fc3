"""Asking for transcripts over HTTP, and what arrives at a real mail server."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from tests.builders import (
    create_agent,
    create_user,
    eventually,
    messages_of,
    open_conversation,
    register_visitor,
    room_of,
    say_as_user,
    say_as_visitor,
    take,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer

EMAIL = "ann@example.org"


@pytest.fixture
def mailing(
    private_server: Callable[..., FrontdeskProcess], smtp: SmtpServer
) -> Iterator[tuple[Api, Api]]:
    """Return clients (nobody, administrator) of a server that sends mail to `smtp`."""
    process = private_server(
        environment={
            "OVERWRITE_SETTING_SMTP_Host": smtp.host,
            "OVERWRITE_SETTING_SMTP_Port": str(smtp.port),
            "OVERWRITE_SETTING_From_Email": "desk@example.org",
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
            "OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection",
        }
    )
    with Api(process.url) as api, api.login_as_administrator() as admin:
        yield api, admin


def close(api: Api, room_id: str, **body: Any) -> None:
    """Close a conversation by user."""
    answer = api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "done", **body})
    assert answer.status_code == 200, answer.text


def part_of(message: EmailMessage, kind: str) -> str:
    """Return the text of the plain or the HTML part of a mail."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_transcript_asked_for_at_the_close_arrives(
    mailing: tuple[Api, Api], smtp: SmtpServer
) -> None:
    api, admin = mailing
    agent = create_agent(admin)
    room, visitor = open_conversation(api)
    take(agent, admin, room["_id"])
    say_as_visitor(api, room["_id"], visitor, "My <b>printer</b> is on fire")
    say_as_user(agent.api, room["_id"], "Please leave the building")

    close(
        agent.api,
        room["_id"],
        transcriptEmail={
            "sendToVisitor": True,
            "requestData": {"email": EMAIL, "subject": "Our talk"},
        },
    )

    (delivery,) = smtp.inbox.wait_for(1)
    message = delivery.message
    assert delivery.recipients == (EMAIL,)
    assert message["subject"] == "Our talk"
    assert message["from"] == "desk@example.org"
    assert message["message-id"]
    text = part_of(message, "plain")
    html = part_of(message, "html")
    assert "My <b>printer</b> is on fire" in text
    assert "Please leave the building" in text
    assert "&lt;b&gt;printer" in html
    assert "<b>printer" not in html

    def noted() -> list[dict[str, Any]]:
        said = messages_of(api, room["_id"], visitor)
        return [each for each in said if each.get("t") == "livechat_transcript_history"]

    (note,) = eventually(noted)
    assert note["requestData"]["type"] == "user"
    assert note["u"]["_id"] == agent.id


def test_a_scheduled_transcript_is_sent_at_the_close_through_any_door(
    mailing: tuple[Api, Api], smtp: SmtpServer
) -> None:
    api, admin = mailing
    room, visitor = open_conversation(api)
    say_as_visitor(api, room["_id"], visitor, "Hello")
    body = {"email": EMAIL, "subject": "Scheduled"}
    assert admin.post(f"livechat/transcript/{room['_id']}", body).json() == {"success": True}
    request = room_of(admin, room["_id"])["transcriptRequest"]
    assert (request["email"], request["subject"]) == (EMAIL, "Scheduled")

    again = admin.post(f"livechat/transcript/{room['_id']}", body)
    assert again.status_code == 400
    assert again.json() == {
        "success": False,
        "error": "Transcript already requested [error-transcript-already-requested]",
        "errorType": "error-transcript-already-requested",
    }

    api.post("livechat/room.close", {"rid": room["_id"], "token": visitor.token})

    (delivery,) = smtp.inbox.wait_for(1)
    assert delivery.message["subject"] == "Scheduled"
    assert "transcriptRequest" not in room_of(admin, room["_id"])


def test_a_scheduled_transcript_may_be_cancelled(mailing: tuple[Api, Api]) -> None:
    api, admin = mailing
    room, _ = open_conversation(api)
    path = f"livechat/transcript/{room['_id']}"
    assert admin.delete(path).json()["error"] == "error-transcript-not-requested"
    admin.post(path, {"email": EMAIL, "subject": "Scheduled"})

    assert admin.delete(path).json() == {"success": True}

    assert "transcriptRequest" not in room_of(admin, room["_id"])
    close(admin, room["_id"])
    assert admin.delete(path).json() == {"success": False, "error": "error-invalid-room"}
    closed = admin.post(path, {"email": EMAIL, "subject": "x"})
    assert closed.json()["error"] == "Invalid room [error-invalid-room]"


def test_declining_the_mail_keeps_a_scheduled_request_unsent(
    mailing: tuple[Api, Api], smtp: SmtpServer
) -> None:
    api, admin = mailing
    room, visitor = open_conversation(api)
    admin.post(f"livechat/transcript/{room['_id']}", {"email": EMAIL, "subject": "Declined"})

    close(admin, room["_id"], transcriptEmail={"sendToVisitor": False})

    # The next mail that comes is another one: what was declined is not on its way.
    asked = api.post(
        "livechat/transcript", {"rid": room["_id"], "token": visitor.token, "email": EMAIL}
    )
    assert asked.json() == {"message": "Livechat transcript sent", "success": True}
    (delivery,) = smtp.inbox.wait_for(1)
    assert delivery.message["subject"] != "Declined"
    assert room_of(admin, room["_id"])["transcriptRequest"]["subject"] == "Declined"


def test_the_workspace_may_send_every_transcript(
    mailing: tuple[Api, Api], smtp: SmtpServer
) -> None:
    api, admin = mailing
    admin.post("settings/Livechat_transcript_send_always", {"value": True})
    visitor = register_visitor(api, email="Always@example.org")
    room, _ = open_conversation(api, visitor)

    close(admin, room["_id"], transcriptEmail={"sendToVisitor": False})

    (delivery,) = smtp.inbox.wait_for(1)
    assert delivery.recipients == ("always@example.org",)
    assert delivery.message["subject"] == "Transcript of your omnichannel conversation."


def test_a_visitor_gets_the_conversation_so_far(mailing: tuple[Api, Api], smtp: SmtpServer) -> None:
    api, _ = mailing
    room, visitor = open_conversation(api)
    say_as_visitor(api, room["_id"], visitor, "Grüße aus Köln 🎉 مرحبا 日本")
    body = {"rid": room["_id"], "token": visitor.token, "email": EMAIL}

    assert api.post("livechat/transcript", body).status_code == 200

    (delivery,) = smtp.inbox.wait_for(1)
    text = part_of(delivery.message, "plain")
    assert "Grüße aus Köln 🎉 مرحبا 日本" in text


def test_only_the_visitor_of_the_room_may_ask(mailing: tuple[Api, Api]) -> None:
    api, _ = mailing
    room, _ = open_conversation(api)
    stranger = register_visitor(api)

    def ask(**changes: str) -> str:
        body = {"rid": room["_id"], "token": stranger.token, "email": EMAIL, **changes}
        answer = api.post("livechat/transcript", body)
        assert answer.status_code == 400
        return str(answer.json()["error"])

    assert ask() == "error-invalid-visitor"
    assert ask(rid="nope") == "error-invalid-room"
    assert ask(rid="GENERAL") == "error-invalid-visitor"


def test_scheduling_needs_the_permission(mailing: tuple[Api, Api]) -> None:
    api, admin = mailing
    room, _ = open_conversation(api)
    nobody = create_user(admin)
    path = f"livechat/transcript/{room['_id']}"

    assert api.post(path, {}).status_code == 401
    refused = nobody.api.post(path, {"email": EMAIL, "subject": "x"})
    assert (refused.status_code, refused.json()["error"]) == (
        403,
        "User does not have the permissions required for this action [error-unauthorized]",
    )
    missing = admin.post(path, {"email": EMAIL})
    assert missing.json()["error"] == "must have required property 'subject' [invalid-params]"
    bad = admin.post(path, {"email": "nobody", "subject": "x"})
    assert bad.json()["error"] == "[invalid email]"


def test_a_mail_server_that_is_down_delays_but_loses_nothing(
    mailing: tuple[Api, Api], smtp: SmtpServer
) -> None:
    api, _ = mailing
    room, visitor = open_conversation(api)
    smtp.inbox.refuse_next(1)

    api.post("livechat/transcript", {"rid": room["_id"], "token": visitor.token, "email": EMAIL})

    (delivery,) = smtp.inbox.wait_for(1)
    assert delivery.recipients == (EMAIL,)


def test_a_pdf_asked_for_at_the_close_arrives_in_the_room_and_at_the_requester(
    mailing: tuple[Api, Api],
) -> None:
    api, admin = mailing
    room, visitor = open_conversation(api)
    say_as_visitor(api, room["_id"], visitor, "On paper, please")

    close(admin, room["_id"], generateTranscriptPdf=True)

    def made() -> list[dict[str, Any]]:
        said = messages_of(api, room["_id"], visitor)
        return [each for each in said if "file" in each]

    (message,) = eventually(made)
    assert message["msg"] == "PDF Transcript successfully generated"
    assert message["u"]["username"] == "rocket.cat"
    assert message["file"]["name"].startswith("Transcript_Frontdesk_")
    assert message["file"]["type"] == "application/pdf"
    link = message["attachments"][0]["title_link"]
    fetched = admin.http.get(link)
    assert fetched.status_code == 200
    assert fetched.content.startswith(b"%PDF-")
    assert room_of(admin, room["_id"])["pdfTranscriptFileId"] == message["file"]["_id"]
    direct = "".join(sorted((admin.user_id, "rocket.cat")))
    mine = admin.get("subscriptions.getOne", {"roomId": direct}).json()["subscription"]
    assert mine["unread"] == 1


def test_a_pdf_is_made_once_and_only_of_a_closed_conversation(mailing: tuple[Api, Api]) -> None:
    api, admin = mailing
    room, visitor = open_conversation(api)
    path = f"omnichannel/{room['_id']}/request-transcript"

    assert admin.post(path).json() == {"success": False, "error": "room-still-open"}
    assert admin.post("omnichannel/nope/request-transcript").json()["error"] == "error-invalid-room"
    agent = create_agent(admin)
    assert agent.api.post(path).json()["error"] in ("error-not-allowed", "room-still-open")

    close(admin, room["_id"])
    assert agent.api.post(path).json()["error"] == "error-not-allowed"
    for _ in range(3):
        assert admin.post(path).json() == {"success": True}
    eventually(lambda: room_of(admin, room["_id"]).get("pdfTranscriptFileId"))
    assert admin.post(path).json() == {"success": True}
    files = [each for each in messages_of(api, room["_id"], visitor) if "file" in each]
    assert len(files) == 1


def test_without_a_mail_server_mail_is_written_and_nothing_is_said_to_be_sent(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(
        environment={"OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true"}
    )
    with Api(process.url) as api:
        assert api.get("/readyz").json()["mail"] == "files"
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Keep this")
        body = {"rid": room["_id"], "token": visitor.token, "email": EMAIL}
        api.post("livechat/transcript", body)

        folder = process.directory / "data" / "mail"
        written = eventually(lambda: list(folder.glob("*.eml")) if folder.exists() else [])
        assert EMAIL in written[0].read_text()
        kinds = {each.get("t") for each in messages_of(api, room["_id"], visitor)}
        assert "livechat_transcript_history" not in kinds
        assert "mail_written_not_sent" in process.log
