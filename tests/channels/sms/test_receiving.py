"""What telephones send, as providers deliver it."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from frontdesk.channels import queries
from tests.builders import (
    Person,
    create_department,
    room_of,
    settings,
    stored,
    stored_messages,
    unique,
)
from tests.channels.sms.peer import Peer
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

DESK = "+4930555000"
PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def sms_on(admin: Api, agent: Person) -> Iterator[None]:
    with settings(admin, SMS_Enabled=True):
        yield


def number() -> str:
    """Return a telephone number that no other test uses."""
    return f"+49{random.randrange(10**11, 10**12)}"


def twilio(api: Api, sender: str, text: str = "Hello", **fields: Any) -> httpx.Response:
    """Deliver a message as Twilio does."""
    query = fields.pop("query", None)
    body = {"From": sender, "To": DESK, "Body": text, **fields}
    return api.post("livechat/sms-incoming/twilio", data=body, params=query)


def rooms_of(admin: Api, sender: str) -> list[dict[str, Any]]:
    """Return the conversations of a telephone, the newest first."""
    found = admin.get("livechat/rooms", {"roomName": sender.lstrip("+"), "count": 50}).json()
    return [each for each in found["rooms"] if each["v"]["username"] == sender.lstrip("+")]


def the_room(admin: Api, sender: str) -> dict[str, Any]:
    [room] = rooms_of(admin, sender)
    return room_of(admin, room["_id"])


def said_in(server: FrontdeskProcess, room_id: str) -> list[Any]:
    """Return what the customer said in a room."""
    return [each for each in stored_messages(server, room_id) if each.kind is None]


def test_a_message_opens_a_conversation(server: FrontdeskProcess, api: Api, admin: Api):
    sender = number()

    answer = twilio(api, sender, "Is my bike ready?")

    assert (answer.status_code, answer.text) == (200, "<Response></Response>")
    assert answer.headers["content-type"] == "text/xml"
    room = the_room(admin, sender)
    assert room["source"] == {"type": "sms", "alias": "twilio", "destination": DESK}
    assert room["sms"] == {"from": DESK}
    assert room["v"]["phone"] == [{"phoneNumber": sender}]
    [message] = said_in(server, room["_id"])
    assert message.text == "Is my bike ready?"
    assert message.visitor_token


def test_json_is_taken_as_well_as_a_form(server: FrontdeskProcess, api: Api, admin: Api):
    sender = number()
    body = {"From": sender, "To": DESK, "Body": "as JSON", "NumMedia": 0}
    answer = api.post("livechat/sms-incoming/twilio", body)
    assert answer.text == "<Response></Response>"
    assert said_in(server, the_room(admin, sender)["_id"])[0].text == "as JSON"


def test_two_messages_of_one_telephone_stand_in_one_conversation(
    server: FrontdeskProcess, api: Api, admin: Api
):
    sender = number()
    department = create_department(admin)
    twilio(api, sender, "one")
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        twilio(api, sender, "two", query={"department": department})
    said = said_in(server, the_room(admin, sender)["_id"])
    assert [each.text for each in said] == ["one", "two"]


def test_messages_at_the_same_moment_stand_in_one_conversation(
    server: FrontdeskProcess, api: Api, admin: Api
):
    sender = number()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: twilio(api, sender, f"no {n}"), range(6)))
    assert {each.text for each in answers} == {"<Response></Response>"}
    said = said_in(server, the_room(admin, sender)["_id"])
    assert sorted(each.text for each in said) == [f"no {n}" for n in range(6)]


def test_after_the_close_a_message_opens_another_conversation_of_the_same_visitor(
    api: Api, admin: Api
):
    sender = number()
    twilio(api, sender)
    first = the_room(admin, sender)
    closed = admin.post("livechat/room.closeByUser", {"rid": first["_id"], "comment": "done"})
    assert closed.status_code == 200, closed.text
    twilio(api, sender)
    both = rooms_of(admin, sender)
    assert len(both) == 2
    assert {each["v"]["_id"] for each in both} == {first["v"]["_id"]}


def test_what_the_provider_sends_again_is_stored_once(
    server: FrontdeskProcess, api: Api, admin: Api
):
    sender, sid = number(), unique("SM")
    for _ in range(3):
        assert twilio(api, sender, MessageSid=sid).text == "<Response></Response>"
    assert len(said_in(server, the_room(admin, sender)["_id"])) == 1


def test_nobody_reads_along_by_claiming_a_number(api: Api, admin: Api):
    sender = number()
    token = unique("token")
    api.post("livechat/visitor", {"visitor": {"token": token, "phone": sender}})
    twilio(api, sender, "secret")
    room = the_room(admin, sender)
    assert room["v"]["token"] != token
    answer = api.get(f"livechat/messages.history/{room['_id']}", {"token": token})
    assert answer.status_code == 400


def test_a_removed_visitor_is_forgotten_with_his_number(
    server: FrontdeskProcess, api: Api, admin: Api
):
    sender = number()
    twilio(api, sender)
    room = the_room(admin, sender)
    admin.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "done"})
    removed = admin.delete(f"livechat/visitor/{room['v']['token']}")
    assert removed.status_code == 200, removed.text
    assert stored(server, lambda tx: tx.one(queries.SENDER, channel="sms", address=sender)) is None
    twilio(api, sender)
    assert the_room(admin, sender)["v"]["_id"] != room["v"]["_id"]


def test_the_department_of_the_address_or_else_of_the_setting_counts(
    api: Api, admin: Api, agent: Person
):
    one, other = create_department(admin, [agent]), create_department(admin, [agent])
    asked, default, unknown = number(), number(), number()
    with settings(admin, SMS_Default_Omnichannel_Department=other):
        twilio(api, asked, query={"department": one})
        twilio(api, default)
        twilio(api, unknown, query={"department": "nowhere"})
    assert the_room(admin, asked)["departmentId"] == one
    assert the_room(admin, default)["departmentId"] == other
    assert the_room(admin, unknown)["departmentId"] == other


def test_another_provider_than_the_setting_names_is_refused(api: Api):
    answer = api.post("livechat/sms-incoming/voxtelesys", {"from": "1", "to": "2", "body": "x"})
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error": "Invalid service"}


def test_switched_off_nothing_is_taken_in(api: Api, admin: Api):
    with settings(admin, SMS_Enabled=False):
        answer = twilio(api, number())
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error": "error-sms-service-disabled"}


def test_a_service_that_nobody_knows_is_not_configured(api: Api, admin: Api):
    with settings(admin, SMS_Service="pigeon"):
        answer = api.post("livechat/sms-incoming/pigeon", {"From": "1"})
    assert answer.json() == {"success": False, "error": "error-sms-service-not-configured"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"From": "+1", "To": "+2"},
        {"From": 1, "To": "+2", "Body": "x"},
        {"From": " ", "To": "+2", "Body": "x"},
        ["From"],
    ],
)
def test_a_message_without_its_fields_is_refused(api: Api, body: Any):
    answer = api.post("livechat/sms-incoming/twilio", body)
    assert answer.status_code == 400
    assert answer.json() == {"success": False, "error": "Invalid data"}


def test_a_number_that_is_none_is_refused(api: Api):
    answer = twilio(api, "+" + "1" * 200)
    assert answer.status_code == 400
    assert answer.json()["errorType"] == "error-invalid-phone"


def test_without_anybody_online_the_provider_hears_so(api: Api, admin: Api):
    department = create_department(admin)
    answer = twilio(api, number(), query={"department": department})
    assert answer.status_code == 400
    assert answer.json()["error"] == "Sorry, no online agents [no-agent-online]"


def test_a_message_that_cannot_be_stored_is_answered_with_the_reason(api: Api, admin: Api):
    sender = number()
    limit = {
        "Livechat_enable_message_character_limit": True,
        "Livechat_message_character_limit": 3,
    }
    with settings(admin, **limit):
        answer = twilio(api, sender, "too long")
    assert answer.status_code == 200
    assert answer.text == (
        "<Response><Message>message-length-exceeds-character-limit</Message></Response>"
    )
    assert rooms_of(admin, sender) == []


def test_a_message_to_everybody_addresses_nobody(server: FrontdeskProcess, api: Api, admin: Api):
    sender = number()
    assert twilio(api, sender, "@all hurry\x0b up").text == "<Response></Response>"
    [message] = said_in(server, the_room(admin, sender)["_id"])
    assert message.text == "@\u200ball hurry up"
    assert message.extras["mentions"] == []


def test_a_place_is_kept_where_fields_are_defined(api: Api, admin: Api):
    made = admin.post(
        "method.call/livechat:saveCustomField",
        {
            "message": '{"msg":"method","id":"1","method":"livechat:saveCustomField","params":'
            '[null,{"field":"city","label":"City","scope":"visitor","visibility":"visible",'
            '"regexp":""}]}'
        },
    )
    assert made.status_code == 200, made.text
    sender = number()
    twilio(api, sender, FromCity="Potsdam", FromCountry="DE")
    visitor_id = the_room(admin, sender)["v"]["_id"]
    found = admin.get("livechat/visitors.info", {"visitorId": visitor_id}).json()["visitor"]
    assert found["livechatData"] == {"city": "Potsdam"}


def test_a_location_is_kept(server: FrontdeskProcess, api: Api, admin: Api):
    sender = number()
    twilio(api, sender, "here", Latitude="52.4", Longitude="13.06")
    [message] = said_in(server, the_room(admin, sender)["_id"])
    assert message.extras["location"] == {"type": "Point", "coordinates": [13.06, 52.4]}


@pytest.mark.parametrize("latitude", ["NaN", "1e999", "91", "north"])
def test_a_location_that_is_none_is_left_out(
    server: FrontdeskProcess, api: Api, admin: Api, latitude: str
):
    sender = number()
    assert twilio(api, sender, Latitude=latitude, Longitude="13").status_code == 200
    [message] = said_in(server, the_room(admin, sender)["_id"])
    assert "location" not in message.extras


# Media ---------------------------------------------------------------------------------------


def with_media(api: Api, sender: str, url: str, kind: str = "image/png") -> httpx.Response:
    return twilio(api, sender, "look", NumMedia="1", MediaUrl0=url, MediaContentType0=kind)


def test_a_picture_comes_along(server: FrontdeskProcess, api: Api, admin: Api, peer: Peer):
    peer.usual = (200, PNG, "image/png")
    sender = number()
    assert with_media(api, sender, f"{peer.url}/picture").text == "<Response></Response>"
    [message] = said_in(server, the_room(admin, sender)["_id"])
    [attachment] = message.extras["attachments"]
    assert attachment["title"] == "Upload File"
    assert attachment["image_type"] == "image/png"
    assert attachment["image_dimensions"] == {"width": 1, "height": 1}
    found = admin.get(attachment["image_url"])
    assert found.content == PNG


def test_a_picture_is_followed_to_where_it_lies(
    server: FrontdeskProcess, api: Api, admin: Api, peer: Peer
):
    peer.answers = [(302, f"{peer.url}/there".encode(), "text/plain")]
    peer.usual = (200, PNG, "image/png")
    sender = number()
    with_media(api, sender, f"{peer.url}/here")
    [message] = said_in(server, the_room(admin, sender)["_id"])
    assert message.extras["file"]["type"] == "image/png"
    assert [each.path for each in peer.asked] == ["/here", "/there"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((404, b"no", "text/plain"), "image/png"),
        ((200, b"", "image/png"), "image/png"),
        ((200, b"<svg/>", "image/svg+xml"), "image/svg+xml"),
        ((200, b"x" * (16 * 1024 * 1024 + 1), "image/png"), "image/png"),
    ],
)
def test_a_file_that_cannot_be_had_leaves_a_note(
    server: FrontdeskProcess,
    api: Api,
    admin: Api,
    peer: Peer,
    answer: tuple[int, bytes, str],
    kind: str,
):
    peer.usual = answer
    sender = number()
    assert with_media(api, sender, peer.url, kind).text == "<Response></Response>"
    [message] = said_in(server, the_room(admin, sender)["_id"])
    assert message.text == "look"
    [attachment] = message.extras["attachments"]
    assert attachment["title"] == "Attachment upload failed"
    assert attachment["color"] == "yellow"


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "file:///etc/passwd", "http://169.254.169.254/", "http://[", "::"]
)
def test_internal_addresses_are_not_asked(server: FrontdeskProcess, api: Api, admin: Api, url: str):
    sender = number()
    assert with_media(api, sender, url).text == "<Response></Response>"
    [message] = said_in(server, the_room(admin, sender)["_id"])
    assert message.extras["attachments"][0]["title"] == "Attachment upload failed"


# Other providers -----------------------------------------------------------------------------


def test_voxtelesys_delivers(server: FrontdeskProcess, api: Api, admin: Api):
    sender = number()
    with settings(admin, SMS_Service="voxtelesys"):
        body = {"from": sender, "to": DESK, "body": "hi", "media": [], "received_at": "now"}
        answer = api.post("livechat/sms-incoming/voxtelesys", body)
        assert answer.json() == {"success": True}
        refused = api.post("livechat/sms-incoming/voxtelesys", {**body, "body": "x" * 200_000})
    assert refused.json() == {
        "success": False,
        "error": "message-length-exceeds-character-limit",
    }
    assert the_room(admin, sender)["source"]["alias"] == "voxtelesys"


def test_mobex_delivers(api: Api, admin: Api):
    sender = number()
    with settings(admin, SMS_Service="mobex"):
        body = {"from": sender, "to": DESK, "content": "hi"}
        answer = api.post("livechat/sms-incoming/MOBEX", body)
        assert (answer.status_code, answer.text) == (200, "ACK/Jasmin")
        refused = api.post("livechat/sms-incoming/mobex", {**body, "content": "x" * 200_000})
    assert refused.text.startswith("<Response><Message>message-length")
    assert the_room(admin, sender)["source"]["alias"] == "mobex"


# Forged messages -----------------------------------------------------------------------------

TOKEN = "secret of the account"


def signature(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """Return the signature as Twilio describes it."""
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def test_outside_of_test_mode_only_what_is_signed_is_taken_in(
    private_server: Callable[..., FrontdeskProcess],
):
    running = private_server(
        environment={
            "TEST_MODE": "",
            "ROOT_URL": "https://desk.example.org/base",
            "OVERWRITE_SETTING_SMS_Enabled": "true",
            "OVERWRITE_SETTING_SMS_Twilio_authToken": TOKEN,
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
        }
    )
    path = "/api/v1/livechat/sms-incoming/twilio?department=a%20b"
    fields = {"From": "+1", "To": "+2", "Body": "Grüße + mehr"}
    good = signature(f"https://desk.example.org{path}", fields)

    def send(given: str | None, sent: dict[str, str]) -> httpx.Response:
        headers = {} if given is None else {"X-Twilio-Signature": given}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return httpx.post(running.url + path, content=urlencode(sent), headers={**headers, **kind})

    for given in (None, "", "x", good[:-4] + "AAA=", signature(f"{running.url}{path}", fields)):
        answer = send(given, fields)
        assert answer.status_code == 400
        assert answer.json() == {"success": False, "error": "Invalid request"}
    assert send(good, {**fields, "Body": "changed"}).json()["error"] == "Invalid request"
    assert send(good, fields).text == "<Response></Response>"
