import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from tests.builders import Person, eventually, say_as_user
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.web.line import Line
from tests.web.widget import Widget, said

Visit = Callable[..., Widget]
NO_CONNECTION = re.compile("No connection")


@pytest.fixture
def whole_desk(desk: FrontdeskProcess) -> Iterator[FrontdeskProcess]:
    """Return the desk for a test that kills it: it stands again afterwards."""
    yield desk
    if not desk.is_running:
        desk.start()


def start(widget: Widget, manager: Api) -> str:
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    return widget.room(manager)


def test_a_server_that_is_killed_and_comes_back_loses_nothing(
    visit: Visit, agent: Person, manager: Api, whole_desk: FrontdeskProcess
) -> None:
    widget = visit()
    room_id = start(widget, manager)
    whole_desk.kill()
    widget.say("Are you there?")
    widget.say("I write on")
    expect(widget.frame.get_by_text(NO_CONNECTION)).to_be_visible()
    expect(widget.frame.get_by_text("Sending…")).to_have_count(2)

    whole_desk.start()

    widget.has_sent("Are you there?", "I write on")
    expect(widget.frame.get_by_text(NO_CONNECTION)).to_have_count(0)
    say_as_user(agent.api, room_id, "We are back")
    widget.sees("We are back")
    expected = ["Hello", "Are you there?", "I write on", "We are back"]
    assert said(manager, room_id, widget.token()) == expected


def test_a_network_that_goes_away_and_returns_loses_nothing_in_either_direction(
    visit: Visit, agent: Person, manager: Api, line: Line
) -> None:
    widget = visit(f"{line.url}/demo")
    room_id = start(widget, manager)
    line.cut()
    widget.say("Into the void")
    say_as_user(agent.api, room_id, "From the other side")
    expect(widget.frame.get_by_text(NO_CONNECTION)).to_be_visible()
    expect(widget.message("From the other side")).to_have_count(0)

    line.mend()

    widget.sees("From the other side")
    widget.has_sent("Into the void")
    expected = ["Hello", "From the other side", "Into the void"]
    assert said(manager, room_id, widget.token()) == expected


def test_a_message_whose_answer_is_lost_is_there_once(
    visit: Visit, agent: Person, manager: Api, line: Line
) -> None:
    widget = visit(f"{line.url}/demo")
    room_id = start(widget, manager)
    line.lose_answers()
    widget.say("Only once")
    eventually(lambda: "Only once" in said(manager, room_id, widget.token()))
    expect(widget.frame.get_by_text("Sending…")).to_have_count(1)

    line.mend()

    widget.has_sent("Only once")
    assert said(manager, room_id, widget.token()) == ["Hello", "Only once"]


def test_what_was_not_sent_yet_survives_a_reload(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    room_id = start(widget, manager)
    widget.page.route("**/api/v1/livechat/message", lambda route: route.abort())
    widget.say("Held back")
    expect(widget.frame.get_by_text("Sending…")).to_have_count(1)
    widget.page.unroute_all()

    widget.page.reload()

    widget.has_sent("Held back")
    assert said(manager, room_id, widget.token()) == ["Hello", "Held back"]


def test_a_first_message_that_cannot_be_sent_starts_one_conversation(
    visit: Visit, agent: Person, manager: Api, line: Line
) -> None:
    widget = visit(f"{line.url}/demo")
    widget.register()
    line.lose_answers()
    widget.say("Anybody there?")
    room_id = widget.room(manager)

    line.mend()

    widget.has_sent("Anybody there?")
    assert widget.room(manager) == room_id
    assert said(manager, room_id, widget.token()) == ["Anybody there?"]


def test_it_works_where_websockets_are_blocked(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit("about:blank")
    attempts: list[str] = []

    def refuse(socket: WebSocketRoute) -> None:
        attempts.append(socket.url)
        socket.close()

    widget.page.route_web_socket("**/websocket", refuse)
    widget.page.goto(f"{manager.url}/demo")
    room_id = start(widget, manager)
    say_as_user(agent.api, room_id, "By another way")
    widget.sees("By another way")
    widget.say("I hear you")
    widget.has_sent("I hear you")
    assert attempts
    expect(widget.frame.get_by_text(NO_CONNECTION)).to_have_count(0)


def test_a_server_in_trouble_is_asked_again(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    room_id = start(widget, manager)
    answers = [503, 429, 500]

    def trouble(route: Route) -> None:
        if answers:
            route.fulfill(status=answers.pop(0), json={"success": False, "error": "trouble"})
        else:
            route.continue_()

    widget.page.route("**/api/v1/livechat/message", trouble)
    widget.say("In spite of all")
    widget.has_sent("In spite of all")
    assert said(manager, room_id, widget.token()) == ["Hello", "In spite of all"]


def test_who_writes_faster_than_the_route_allows_is_heard_all_the_same(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    room_id = start(widget, manager)
    limited = {"success": False, "error": "too many [error-too-many-requests]"}
    widget.page.route(
        "**/api/v1/livechat/message", lambda route: route.fulfill(status=429, json=limited)
    )
    texts = [f"Quick {number}" for number in range(5)]
    for text in texts:
        widget.say(text)
    widget.has_sent(*texts)
    assert said(manager, room_id, widget.token()) == ["Hello", *texts]


def test_a_message_into_a_chat_that_has_ended_is_offered_for_a_new_one(
    visit: Visit, agent: Person, manager: Api, line: Line
) -> None:
    widget = visit(f"{line.url}/demo")
    room_id = start(widget, manager)
    line.cut()
    widget.say("Too late")
    ended = agent.api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "done"})
    assert ended.status_code == 200, ended.text

    line.mend()

    expect(widget.frame.get_by_role("heading", name="This chat has ended")).to_be_visible()
    expect(widget.log.get_by_text("Not sent")).to_be_visible()
    assert said(manager, room_id, widget.token()) == ["Hello"]
    widget.log.get_by_role("button", name="Try again").click()
    widget.has_sent("Too late")
    assert widget.room(manager) != room_id


def test_an_answer_that_is_older_than_the_conversation_does_not_end_it(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    held: list[Route] = []
    early = manager.get("livechat/config", {"token": "nobody"}).json()

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    widget.page.route("**/api/v1/livechat/config?**", hold_the_first)
    # The widget asks how things stand, and is told only after it has started a conversation.
    widget.frame.get_by_role("button", name="Minimise chat").click()
    widget.open()
    widget.say("Hello")
    widget.has_sent("Hello")
    held[0].fulfill(json=early)
    say_as_user(agent.api, widget.room(manager), "Go on")
    widget.sees("Go on")
    expect(widget.frame.get_by_role("heading", name="This chat has ended")).to_have_count(0)


def test_a_chat_that_is_ended_in_one_tab_is_ended_in_the_other(
    visit: Visit, agent: Person, manager: Api
) -> None:
    first = visit()
    room_id = start(first, manager)
    second = Widget(first.page.context.new_page())
    second.page.goto(f"{manager.url}/demo")
    second.open()
    second.sees("Hello")
    agent.api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "done"})
    for each in (first, second):
        expect(each.frame.get_by_role("heading", name="This chat has ended")).to_be_visible()

    second.frame.get_by_role("button", name="Start a new chat").click()
    second.say("Again")
    second.has_sent("Again")

    first.sees("Again")
    first.say("Here too")
    first.has_sent("Here too")
    again = second.room(manager)
    assert again != room_id
    assert said(manager, again, second.token()) == ["Again", "Here too"]


def test_two_tabs_show_one_conversation(visit: Visit, agent: Person, manager: Api) -> None:
    first = visit()
    room_id = start(first, manager)
    second = Widget(first.page.context.new_page())
    second.page.goto(f"{manager.url}/demo")
    second.open()
    second.sees("Hello")
    second.say("From the second tab")
    second.has_sent("From the second tab")
    first.sees("From the second tab")
    assert said(manager, room_id, first.token()) == ["Hello", "From the second tab"]
