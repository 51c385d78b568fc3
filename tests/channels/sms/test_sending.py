"""What agents answer to telephones."""

import base64
import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from frontdesk.channels.jobs import ATTEMPTS
from frontdesk.channels.sms import sending
from frontdesk.channels.sms.provider import Sms
from frontdesk.channels.sms.receiving import receive_sms
from frontdesk.channels.sms.sending import SmsCarrier
from frontdesk.conversations.finding import find_conversation
from frontdesk.db import Tx
from frontdesk.http.call import Principal
from frontdesk.jobs.worker import Worker
from frontdesk.messages import carrying
from frontdesk.messages.composing import Draft
from frontdesk.messages.sending import send_as_user
from tests.builders import Person, eventually, say_as_user, settings, stored_messages, take
from tests.channels.sms.peer import Peer, http_peer
from tests.conversations.desk import Desk, open_desk
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess

DESK = "+4930555000"
BUSY = (503, b"busy", "text/plain")


def refusal(text: str, status: int = 400) -> tuple[int, bytes, str]:
    return status, json.dumps({"code": 21211, "message": text}).encode(), "application/json"


def number() -> str:
    return f"+49{random.randrange(10**11, 10**12)}"


@pytest.fixture
def twilio(admin: Api, peer: Peer) -> Iterator[Peer]:
    """Return Twilio, as far as the workspace can tell."""
    values = {
        "SMS_Enabled": True,
        "SMS_Twilio_Account_SID": "AC1",
        "SMS_Twilio_authToken": "token",
        "SMS_Twilio_API_URL": peer.url,
    }
    with settings(admin, **values):
        yield peer


def conversation(api: Api, admin: Api, agent: Person, sender: str) -> str:
    """Open a conversation by SMS, served by an agent; return the room's id."""
    body = {"From": sender, "To": DESK, "Body": "Hello"}
    assert api.post("livechat/sms-incoming/twilio", body).status_code == 200
    name = sender.lstrip("+")
    [room] = admin.get("livechat/rooms", {"roomName": name}).json()["rooms"]
    if "servedBy" not in room:
        take(agent, admin, room["_id"])
    return str(room["_id"])


def test_an_answer_goes_to_the_telephone(
    twilio: Peer, server: FrontdeskProcess, api: Api, admin: Api, agent: Person
):
    sender = number()
    room_id = conversation(api, admin, agent, sender)

    say_as_user(agent.api, room_id, "It is ready & waiting")

    [asked] = twilio.wait_for(1)
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:token").decode()
    assert asked.form == {"From": DESK, "To": sender, "Body": "It is ready & waiting"}


def test_answers_keep_their_order_while_the_provider_is_busy(
    twilio: Peer, server: FrontdeskProcess, api: Api, admin: Api, agent: Person
):
    room_id = conversation(api, admin, agent, number())
    twilio.answers = [BUSY, BUSY]
    for n in range(5):
        say_as_user(agent.api, room_id, f"line {n}")
    asked = twilio.wait_for(7)
    assert [each.form["Body"] for each in asked][:3] == ["line 0"] * 3
    assert [each.form["Body"] for each in asked][3:] == [f"line {n}" for n in range(1, 5)]


def test_a_refused_message_does_not_hold_up_the_next(
    twilio: Peer, server: FrontdeskProcess, api: Api, admin: Api, agent: Person
):
    room_id = conversation(api, admin, agent, number())
    twilio.answers = [refusal("The 'To' number is not valid")]
    first = say_as_user(agent.api, room_id, "one")
    say_as_user(agent.api, room_id, "two")
    asked = twilio.wait_for(2)
    assert [each.form["Body"] for each in asked] == ["one", "two"]
    kept = [each.id for each in stored_messages(server, room_id)]
    assert first["_id"] in kept


def test_what_waits_survives_a_restart(private_server: Callable[..., FrontdeskProcess]):
    with ExitStack() as stack:
        peer = stack.enter_context(http_peer())
        peer.usual = BUSY
        running = private_server(
            environment={
                "OVERWRITE_SETTING_SMS_Enabled": "true",
                "OVERWRITE_SETTING_SMS_Twilio_Account_SID": "AC1",
                "OVERWRITE_SETTING_SMS_Twilio_authToken": "token",
                "OVERWRITE_SETTING_SMS_Twilio_API_URL": peer.url,
                "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
            }
        )
        with Api(running.url) as api, api.login_as_administrator() as admin:
            sender = number()
            body = {"From": sender, "To": DESK, "Body": "Hello"}
            assert api.post("livechat/sms-incoming/twilio", body).status_code == 200
            [room] = admin.get("livechat/rooms").json()["rooms"]
            say_as_user(admin, room["_id"], "still here")
            peer.wait_for(1)
        running.stop()
        peer.usual = (201, b"{}", "application/json")
        before = len(peer.asked)
        running.restart()
        assert peer.wait_for(before + 1)[-1].form["Body"] == "still here"


def test_files_go_out_by_a_signed_link(
    twilio: Peer, server: FrontdeskProcess, api: Api, admin: Api, agent: Person
):
    room_id = conversation(api, admin, agent, number())
    with settings(admin, FileUpload_json_web_token_secret_for_files="s3cret"):
        file = {"file": ("notes.txt", b"as agreed", "text/plain")}
        made = agent.api.post(f"rooms.media/{room_id}", files=file).json()["file"]
        confirmed = agent.api.post(
            f"rooms.mediaConfirm/{room_id}/{made['_id']}", {"msg": "see here"}
        )
        assert confirmed.status_code == 200, confirmed.text
        [asked] = twilio.wait_for(1)
        assert asked.form["Body"] == "see here"
        path = asked.form["MediaUrl"].partition("/file-upload/")[2]
        assert api.get(f"/file-upload/{path}").content == b"as agreed"


def test_without_sms_nothing_goes_out(
    twilio: Peer, server: FrontdeskProcess, api: Api, admin: Api, agent: Person
):
    room_id = conversation(api, admin, agent, number())
    with settings(admin, SMS_Enabled=False):
        say_as_user(agent.api, room_id, "unheard")
    say_as_user(agent.api, room_id, "heard")
    assert [each.form["Body"] for each in twilio.wait_for(1)] == ["heard"]


def test_edits_and_closes_are_not_sent(
    twilio: Peer, server: FrontdeskProcess, api: Api, admin: Api, agent: Person
):
    sender = number()
    room_id = conversation(api, admin, agent, sender)
    said = say_as_user(agent.api, room_id, "first")
    twilio.wait_for(1)
    edited = agent.api.post(
        "chat.update", {"roomId": room_id, "msgId": said["_id"], "text": "changed"}
    )
    assert edited.status_code == 200, edited.text
    closed = agent.api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "bye"})
    assert closed.status_code == 200, closed.text
    room_id = conversation_again(api, admin, agent, sender, room_id)
    say_as_user(agent.api, room_id, "second")
    assert [each.form["Body"] for each in twilio.wait_for(2)] == ["first", "second"]


def conversation_again(api: Api, admin: Api, agent: Person, sender: str, before: str) -> str:
    body = {"From": sender, "To": DESK, "Body": "Again"}
    assert api.post("livechat/sms-incoming/twilio", body).status_code == 200
    found = admin.get("livechat/rooms", {"roomName": sender.lstrip("+")}).json()["rooms"]
    [room] = [each for each in found if each["_id"] != before]
    if "servedBy" not in room:
        take(agent, admin, room["_id"])
    return str(room["_id"])


def test_voxtelesys_and_mobex_send_in_their_own_ways(
    server: FrontdeskProcess, peer: Peer, api: Api, admin: Api, agent: Person
):
    sender = number()
    values = {
        "SMS_Enabled": True,
        "SMS_Service": "voxtelesys",
        "SMS_Voxtelesys_URL": f"{peer.url}/vox",
        "SMS_Voxtelesys_authToken": "t0ken",
    }
    with settings(admin, **values):
        api.post("livechat/sms-incoming/voxtelesys", {"from": sender, "to": DESK, "body": "x"})
        [room] = admin.get("livechat/rooms", {"roomName": sender.lstrip("+")}).json()["rooms"]
        if "servedBy" not in room:
            take(agent, admin, room["_id"])
        say_as_user(agent.api, room["_id"], "by vox")
        [asked] = peer.wait_for(1)
        assert asked.headers["authorization"] == "Bearer t0ken"
        assert json.loads(asked.body) == {"to": [sender], "from": DESK, "body": "by vox"}
    values = {
        "SMS_Enabled": True,
        "SMS_Service": "mobex",
        "SMS_Mobex_gateway_address": f"{peer.url}/mobex",
        "SMS_Mobex_username": "me",
        "SMS_Mobex_password": "pass",
    }
    peer.usual = (200, b'Success "1"', "text/plain")
    with settings(admin, **values):
        say_as_user(agent.api, room["_id"], "by mobex")
        asked = peer.wait_for(2)[-1]
        assert asked.method == "GET"
        assert asked.path.startswith("/mobex/send?username=me&password=pass&to=49")
        assert asked.path.endswith("content=by+mobex") or "by%20mobex" in asked.path


# What the agent is told ----------------------------------------------------------------------


class Phone:
    """A desk with a conversation by SMS, and what its agent was told."""

    def __init__(self, desk: Desk, agent: Principal, room_id: str) -> None:
        self.desk = desk
        self.agent = agent
        self.room_id = room_id

    async def say(self, text: str, **extras: Any) -> None:
        draft = Draft(text, extras=extras)
        await self.desk.write(send_as_user, self.agent, self.room_id, draft)

    def notices(self) -> list[str]:
        return [
            each.arguments[0]["msg"]
            for each in self.desk.heard
            if each.stream == "notify-user" and each.key == f"{self.agent.id}/message"
        ]


@pytest.fixture
async def phone(database_url: str, tmp_path: Path, peer: Peer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(carrying, "carriers", [SmsCarrier()])
    monkeypatch.setattr(sending, "TRIES", 3)
    async with open_desk(database_url, tmp_path) as desk:
        desk.set(
            SMS_Enabled=True,
            SMS_Twilio_Account_SID="AC1",
            SMS_Twilio_authToken="token",
            SMS_Twilio_API_URL=peer.url,
            SSRF_Allowlist="127.0.0.1",
            Livechat_Routing_Method="Auto_Selection",
        )
        user = await desk.agent()
        sms = Sms(number(), DESK, "Hello", id="1")
        await desk.write(receive_sms, "twilio", sms, None, None, {})
        [room_id] = [each.key for each in desk.heard if each.stream == "room-messages"][:1]
        agent = Principal(
            user.id,
            user.username,
            user.name,
            frozenset({"livechat-agent"}),
            frozenset({"view-l-room", "view-livechat-rooms"}),
            "",
        )
        worker = Worker(
            desk.workspace.db,
            {sending.SEND: sending.send_waiting(desk.workspace)},
            attempts=ATTEMPTS,
            backoff=lambda attempt: 0,
        )
        await worker.start()
        yield Phone(desk, agent, room_id)
        await worker.stop()


async def test_an_agent_hears_at_once_that_nothing_is_configured(phone: Phone):
    phone.desk.set(SMS_Twilio_authToken="")
    await phone.say("unsent")
    assert phone.notices() == ["SMS via Twilio is not configured"]


async def test_an_agent_hears_what_the_provider_says(phone: Phone, peer: Peer):
    peer.answers = [refusal("The 'To' number is not valid")]
    await phone.say("unsent")
    await phone.desk.until(phone.notices)
    assert phone.notices() == ["The 'To' number is not valid"]


async def test_an_agent_hears_of_trouble_once_and_of_its_end(phone: Phone, peer: Peer):
    peer.usual = BUSY
    await phone.say("unsent")

    def told_directly() -> list[Any]:
        direct = "".join(sorted((phone.agent.id, "rocket.cat")))
        return [
            each.arguments[0]["msg"]
            for each in phone.desk.heard
            if each.stream == "room-messages" and each.key == direct
        ]

    [notice] = await phone.desk.until(told_directly)
    assert notice == "SMS: busy\n> unsent"
    assert phone.notices() == ["busy", "busy"]
    assert len(peer.asked) == 3


@pytest.mark.parametrize(
    ("changes", "notice"),
    [
        ({"SMS_Twilio_FileUpload_Enabled": False}, "File uploads are switched off"),
        ({}, "This file cannot be sent"),
    ],
)
async def test_an_agent_hears_why_a_file_cannot_be_sent(
    phone: Phone, changes: dict[str, Any], notice: str
):
    phone.desk.set(**changes)
    await phone.say("", file={"_id": "gone", "name": "x", "type": "text/plain"})
    assert phone.notices() == [notice]


async def test_a_conversation_keeps_the_number_it_came_to(phone: Phone):
    room = await phone.desk.workspace.db.read(lambda tx: find_conversation(tx, phone.room_id))
    assert room is not None
    assert room.channel == {"sms": {"from": DESK}}


def test_the_outbox_is_empty_in_the_end(
    twilio: Peer, server: FrontdeskProcess, api: Api, admin: Api, agent: Person
):
    from frontdesk.channels import queries
    from tests.builders import stored

    room_id = conversation(api, admin, agent, number())
    say_as_user(agent.api, room_id, "one")
    twilio.wait_for(1)

    def is_empty(tx: Tx) -> bool:
        return tx.one(queries.NEXT_WAITING, room_id=room_id) is None

    eventually(lambda: stored(server, is_empty))
