"""Receivers that are gone, slow or ill: nothing is lost, the order is kept, nobody waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from frontdesk.webhooks.announcing import DELIVER
from frontdesk.webhooks.jobs import LANES
from tests.builders import (
    eventually,
    messages_of,
    open_conversation,
    room_of,
    say_as_visitor,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer
from tests.webhooks.conftest import attempts_of, telling
from tests.webhooks.receiver import Receiver

#: Events that may be under way at a time.
PLACES = LANES[DELIVER]
#: Milliseconds for an answer; the first delay after a failure is four times as long.
QUICK = {"Livechat_http_timeout": 400}


def texts(receiver: Receiver, room_id: str) -> list[str]:
    """Return what visitors said in a conversation, as it came, each once."""
    said = [
        each.event["messages"][0]["msg"] for each in receiver.of(room_id) if each.kind == "Message"
    ]
    return list(dict.fromkeys(said))


def all_told(receiver: Receiver, said: dict[str, list[str]]) -> bool:
    """Tell whether all that was said in conversations has come, in order."""
    return all(texts(receiver, room_id) == wanted for room_id, wanted in said.items())


def outcomes(admin: Api, room_id: str) -> list[tuple[str, int | None]]:
    """Return outcome and status of what the log says of a conversation, oldest first.

    A busy machine may be too late with an answer; such attempts have no status.
    """
    return [(each["outcome"], each.get("status")) for each in attempts_of(admin, room_id)]


def times(admin: Api, room_id: str, outcome: tuple[str, int]) -> int:
    """Return how often the log says that of a conversation."""
    return outcomes(admin, room_id).count(outcome)


def test_an_event_that_fails_is_sent_again_before_those_that_follow(
    api: Api, admin: Api, receiver: Receiver
) -> None:
    receiver.answers = lambda _: (503, "later")
    with telling(admin, receiver, "visitor", **QUICK):
        room, visitor = open_conversation(api)
        for text in ("first", "second", "third"):
            say_as_visitor(api, room["_id"], visitor, text)
        eventually(lambda: times(admin, room["_id"], ("failed", 503)) >= 2)
        assert texts(receiver, room["_id"]) == ["first"]
        receiver.answers = lambda event: (200, f"took {event['messages'][0]['msg']}")
        eventually(lambda: times(admin, room["_id"], ("delivered", 200)) == 3)

    came = [each.event["messages"][0]["msg"] for each in receiver.of(room["_id"])]
    assert came.count("first") >= 3
    assert came == sorted(came), "first, second, third: none came late"
    attempts = [each["attempt"] for each in attempts_of(admin, room["_id"])]
    assert attempts[:2] == [1, 2] and attempts.count(1) == 3
    assert room_of(admin, room["_id"])["crmData"] == "took third"


def test_an_event_that_waits_holds_up_no_other_conversation(
    api: Api, admin: Api, receiver: Receiver
) -> None:
    with telling(admin, receiver, "visitor", **QUICK):
        ill, visitor = open_conversation(api)
        receiver.answers = lambda event: (500 if event["_id"] == ill["_id"] else 200, "")
        say_as_visitor(api, ill["_id"], visitor, "one")
        say_as_visitor(api, ill["_id"], visitor, "two")
        receiver.wait_for(ill["_id"], "Message")
        for _ in range(3):
            room, other = open_conversation(api)
            say_as_visitor(api, room["_id"], other, "hello")
            receiver.wait_for(room["_id"], "Message")
        receiver.wait_for(ill["_id"], "Message", 2)
        assert texts(receiver, ill["_id"]) == ["one"], "what follows waits"
        receiver.answers = lambda _: (200, "")
        receiver.wait_until(lambda: texts(receiver, ill["_id"]) == ["one", "two"])


@pytest.mark.parametrize("status", [201, 204, 302, 400, 404])
def test_an_event_that_is_refused_is_not_sent_again(
    api: Api, admin: Api, receiver: Receiver, status: int
) -> None:
    receiver.answers = lambda event: (
        (status, "") if event["messages"][0]["msg"] == "first" else (200, "")
    )
    with telling(admin, receiver, "visitor", **QUICK):
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "first")
        say_as_visitor(api, room["_id"], visitor, "second")
        eventually(lambda: times(admin, room["_id"], ("delivered", 200)))
    answered = [each for each in outcomes(admin, room["_id"]) if each[1] is not None]
    assert answered == [("given_up", status), ("delivered", 200)]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_event_that_may_succeed_later_is_sent_again(
    api: Api, admin: Api, receiver: Receiver, status: int
) -> None:
    receiver.answers = lambda _: (status, "")
    with telling(admin, receiver, "visitor", **QUICK):
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello")
        eventually(lambda: times(admin, room["_id"], ("failed", status)))
        receiver.answers = lambda _: (200, "")
        eventually(lambda: times(admin, room["_id"], ("delivered", 200)))
    assert outcomes(admin, room["_id"])[-1] == ("delivered", 200)


def test_nothing_is_lost_while_the_receiver_is_gone(
    api: Api, admin: Api, receiver: Receiver
) -> None:
    with telling(admin, receiver, "visitor", "LivechatSession", **QUICK):
        receiver.stop()
        rooms = [open_conversation(api) for _ in range(5)]
        for number in range(4):
            for room, visitor in rooms:
                say_as_visitor(api, room["_id"], visitor, str(number))
        for room, visitor in rooms:
            body = {"rid": room["_id"], "token": visitor.token}
            assert api.post("livechat/room.close", body).status_code == 200
        for room, _ in rooms:
            eventually(partial(attempts_of, admin, room["_id"]))
        assert not receiver.received
        receiver.start()
        for room, _ in rooms:
            receiver.wait_for(room["_id"], "LivechatSession")

    for room, _ in rooms:
        assert texts(receiver, room["_id"]) == ["0", "1", "2", "3"]
        assert receiver.kinds(room["_id"])[-1] == "LivechatSession"


def test_a_receiver_that_does_not_answer_makes_nobody_wait(
    api: Api, admin: Api, receiver: Receiver, smtp: SmtpServer
) -> None:
    mail = {"SMTP_Host": smtp.host, "SMTP_Port": smtp.port, "From_Email": "desk@example.org"}
    slow = {"Livechat_http_timeout": 60_000}
    with telling(admin, receiver, "visitor", **slow, **mail):
        with receiver.holding():
            # More conversations than there are places for events under way.
            rooms = [open_conversation(api) for _ in range(PLACES + 8)]
            for room, visitor in rooms:
                say_as_visitor(api, room["_id"], visitor, "one")
                say_as_visitor(api, room["_id"], visitor, "two")
            receiver.wait_until(lambda: len(receiver.received) >= PLACES)
            assert texts(receiver, rooms[0][0]["_id"]) == ["one"]
            # Other jobs have places of their own.
            room, visitor = rooms[0]
            body = {"token": visitor.token, "rid": room["_id"], "email": "ann@example.org"}
            answer = api.post("livechat/transcript", body)
            assert answer.status_code == 200, answer.text
            smtp.inbox.wait_for(1, timeout=60)
            assert len(receiver.received) == PLACES
        wanted = {room["_id"]: ["one", "two"] for room, _ in rooms}
        receiver.wait_until(lambda: all_told(receiver, wanted))


def test_what_was_answered_is_told_even_if_the_server_is_killed(
    private_server: Callable[..., FrontdeskProcess], receiver: Receiver
) -> None:
    process = private_server(
        environment={
            "OVERWRITE_SETTING_Livechat_webhookUrl": receiver.url,
            "OVERWRITE_SETTING_Livechat_webhook_on_visitor_message": "true",
            "OVERWRITE_SETTING_Livechat_http_timeout": "500",
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
            "OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection",
        }
    )
    receiver.stop()
    said: dict[str, list[str]] = {}
    with Api(process.url) as api:
        rooms = [open_conversation(api) for _ in range(6)]
    for kill in range(3):
        with Api(process.url) as api:
            for number in range(3):
                for room, visitor in rooms:
                    text = f"{kill}.{number}"
                    say_as_visitor(api, room["_id"], visitor, text)
                    said.setdefault(room["_id"], []).append(text)
        process.kill()
        process.start()
    receiver.start()
    receiver.wait_until(lambda: all_told(receiver, said))


def test_many_who_write_at_once_are_told_in_the_order_of_their_messages(
    api: Api, admin: Api, receiver: Receiver
) -> None:
    with telling(admin, receiver, "visitor"):
        rooms = [open_conversation(api) for _ in range(3)]
        said = [(room["_id"], visitor, str(n)) for n in range(40) for room, visitor in rooms]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda each: say_as_visitor(api, *each), said))
        in_order = {
            room["_id"]: [
                message["msg"]
                for message in reversed(messages_of(api, room["_id"], visitor))
                if "t" not in message
            ]
            for room, visitor in rooms
        }
        receiver.wait_until(lambda: all_told(receiver, in_order))
    assert all(len(told) == 40 for told in in_order.values())


def test_what_waits_is_dropped_when_the_address_is_taken_away(
    api: Api, admin: Api, receiver: Receiver
) -> None:
    receiver.answers = lambda _: (500, "")
    with telling(admin, receiver, "visitor", **QUICK):
        room, visitor = open_conversation(api)
        say_as_visitor(api, room["_id"], visitor, "Hello")
        receiver.wait_for(room["_id"], "Message")
    last = eventually(
        lambda: [each for each in attempts_of(admin, room["_id"]) if each["outcome"] == "given_up"]
    )
    assert last[0]["error"] == "Webhook_URL_not_set"


def test_an_internal_address_is_not_told_unless_it_is_allowed(
    private_server: Callable[..., FrontdeskProcess], receiver: Receiver
) -> None:
    process = private_server(
        environment={
            "TEST_MODE": "",
            "ADMIN_USERNAME": "root",
            "ADMIN_PASS": "correct horse battery staple",
            "ADMIN_EMAIL": "root@example.org",
            "OVERWRITE_SETTING_Livechat_webhookUrl": receiver.url,
            "OVERWRITE_SETTING_Livechat_webhook_on_start": "true",
            "OVERWRITE_SETTING_Livechat_http_timeout": "200",
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
            "OVERWRITE_SETTING_Accounts_TwoFactorAuthentication_Enabled": "false",
        }
    )
    with Api(process.url) as api, api.login("root", "correct horse battery staple") as admin:
        room, _ = open_conversation(api)
        (first, *_) = eventually(lambda: attempts_of(admin, room["_id"]))
        assert (first["outcome"], "status" in first) == ("failed", False)
        assert "SSRF_Allowlist" in first["error"]
        assert not receiver.received
        allowed = admin.post("settings/SSRF_Allowlist", {"value": "127.0.0.1"})
        assert allowed.status_code == 200, allowed.text
        receiver.wait_for(room["_id"], "LivechatSessionStart")
