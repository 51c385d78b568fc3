import json
from collections.abc import Callable

from playwright.sync_api import FilePayload, expect

from tests.builders import (
    Person,
    eventually,
    inquiry_of,
    room_of,
    say_as_user,
    settings,
)
from tests.harness.client import Api
from tests.harness.smtp import Delivery, SmtpServer
from tests.web.widget import Widget, said

Visit = Callable[..., Widget]

BILL: FilePayload = {"name": "bill.txt", "mimeType": "text/plain", "buffer": b"42.00"}


def is_copy(delivery: Delivery) -> bool:
    return "copy@example.org" in delivery.recipients


def test_a_visitor_and_an_agent_talk_both_ways(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    widget.register("Ann")
    widget.say("Where is my parcel?")
    widget.has_sent("Where is my parcel?")
    room_id = widget.room(manager)

    say_as_user(agent.api, room_id, "It left yesterday")
    widget.sees("It left yesterday")
    expect(widget.frame.get_by_role("heading", name="Nora Lind")).to_be_visible()

    widget.say("Thank you")
    widget.has_sent("Thank you")
    assert said(manager, room_id, widget.token()) == [
        "Where is my parcel?",
        "It left yesterday",
        "Thank you",
    ]
    assert room_of(manager, room_id)["fname"] == "Ann"
    assert room_of(manager, room_id)["source"]["type"] == "widget"


def test_a_reloaded_page_goes_on_where_it_was(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    widget.register()
    widget.say("First")
    widget.has_sent("First")
    room_id = widget.room(manager)
    widget.field.fill("Half a sent")

    widget.page.reload()

    expect(widget.field).to_have_value("Half a sent")
    widget.sees("First")
    say_as_user(agent.api, room_id, "Still here")
    widget.sees("Still here")
    widget.say("So am I")
    widget.has_sent("So am I")
    assert said(manager, room_id, widget.token()) == ["First", "Still here", "So am I"]


def test_a_minimised_chat_counts_what_arrives(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    widget.field.press("Escape")
    expect(widget.button).to_be_focused()

    say_as_user(agent.api, room_id, "One")
    say_as_user(agent.api, room_id, "Two")

    expect(widget.frame.get_by_role("button", name="Open chat. New messages: 2")).to_be_visible()
    widget.open()
    widget.sees("One", "Two")
    widget.field.press("Escape")
    expect(widget.frame.get_by_role("button", name="Open chat", exact=True)).to_be_visible()


def test_an_agent_who_ends_the_chat_leaves_the_visitor_with_the_offer_of_a_transcript(
    visit: Visit, agent: Person, manager: Api, mailbox: SmtpServer
) -> None:
    with settings(manager, Livechat_enable_transcript=True):
        widget = visit()
        widget.register(email="copy@example.org")
        widget.say("Hello")
        widget.has_sent("Hello")
        room_id = widget.room(manager)
        body = {"rid": room_id, "comment": "done"}
        assert agent.api.post("livechat/room.closeByUser", body).status_code == 200

        expect(widget.frame.get_by_role("heading", name="This chat has ended")).to_be_visible()
        address = widget.frame.get_by_label("Shall we e-mail you a copy of this chat?")
        expect(address).to_have_value("copy@example.org")
        widget.frame.get_by_role("button", name="Send copy").click()
        expect(widget.frame.get_by_text("The copy is on its way.")).to_be_visible()
        eventually(lambda: [each for each in mailbox.inbox.deliveries if is_copy(each)])


def test_a_visitor_ends_the_chat_and_rates_it(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)

    widget.frame.get_by_role("button", name="More").click()
    widget.frame.get_by_role("menuitem", name="End chat").click()
    question = widget.frame.get_by_role("alertdialog")
    question.get_by_role("button", name="End chat").click()

    expect(widget.frame.get_by_role("heading", name="This chat has ended")).to_be_visible()
    assert "open" not in room_of(manager, room_id)
    widget.frame.get_by_title("4 of 5").click()
    widget.frame.get_by_label("Anything you would like to add?").fill("Quick!")
    widget.frame.get_by_role("button", name="Send rating").click()
    expect(widget.frame.get_by_text("Thank you for your rating!")).to_be_visible()
    feedback = {"satisfaction": "4", "additionalFeedback": "Quick!"}
    assert room_of(manager, room_id)["surveyFeedback"] == feedback

    widget.frame.get_by_role("button", name="Start a new chat").click()
    widget.say("One more thing")
    widget.has_sent("One more thing")
    assert widget.room(manager) != room_id


def test_a_chat_that_ended_while_nobody_looked_is_shown_as_ended(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    address = widget.page.url
    widget.page.goto("about:blank")
    say_as_user(agent.api, room_id, "Goodbye")
    agent.api.post("livechat/room.closeByUser", {"rid": room_id, "comment": "done"})

    widget.page.goto(address)

    widget.sees("Hello", "Goodbye")
    expect(widget.frame.get_by_role("heading", name="This chat has ended")).to_be_visible()


def test_what_an_agent_deletes_and_changes_is_deleted_and_changed(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    wrong = say_as_user(agent.api, room_id, "It costs 10")
    gone = say_as_user(agent.api, room_id, "Oops")
    widget.sees("It costs 10", "Oops")

    changed = {"roomId": room_id, "msgId": wrong["_id"], "text": "It costs 12"}
    assert manager.post("chat.update", changed).status_code == 200
    deleted = {"roomId": room_id, "msgId": gone["_id"]}
    assert manager.post("chat.delete", deleted).status_code == 200

    widget.sees("It costs 12")
    expect(widget.message("It costs 10")).to_have_count(0)
    expect(widget.message("Oops")).to_have_count(0)


def test_text_is_shown_as_its_author_meant_it_and_never_as_html(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    widget.say("<img src=x onerror=alert(1)>")
    widget.has_sent("<img src=x onerror=alert(1)>")
    room_id = widget.room(manager)

    say_as_user(agent.api, room_id, "See *here*: https://example.org/a and javascript:alert(1)")

    link = widget.log.get_by_role("link", name="https://example.org/a")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(widget.log.locator("b", has_text="here")).to_be_visible()
    expect(widget.log.get_by_role("link")).to_have_count(1)
    expect(widget.log.locator("img[src=x]")).to_have_count(0)


def test_files_go_both_ways(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    widget.register()
    widget.say("Look at this")
    widget.has_sent("Look at this")
    room_id = widget.room(manager)

    widget.frame.locator("input[type=file]").set_input_files(BILL)

    file = widget.log.get_by_role("button", name="bill.txt")
    expect(file).to_be_visible()
    with widget.page.expect_download() as download:
        file.click()
    assert download.value.path().read_bytes() == b"42.00"

    sent = agent.api.post(
        f"rooms.upload/{room_id}", files={"file": ("offer.txt", b"40.00", "text/plain")}
    )
    assert sent.status_code == 200, sent.text
    expect(widget.log.get_by_role("button", name="offer.txt")).to_be_visible()


def test_a_file_that_is_refused_is_said_to_be(visit: Visit, agent: Person, manager: Api) -> None:
    with settings(manager, FileUpload_MediaTypeBlackList="text/plain"):
        widget = visit()
        widget.register()
        widget.frame.locator("input[type=file]").set_input_files(BILL)
        expect(widget.log.get_by_text("Files of this kind cannot be sent")).to_be_visible()
        widget.log.get_by_role("button", name="Discard").click()
        expect(widget.log.get_by_text("bill.txt")).to_have_count(0)


def test_emojis_are_put_where_the_visitor_writes(visit: Visit, agent: Person) -> None:
    widget = visit()
    widget.register()
    widget.field.fill("Fine ")
    widget.frame.get_by_role("button", name="Emoji").click()
    widget.frame.get_by_role("button", name="👍").click()
    expect(widget.field).to_have_value("Fine 👍")
    expect(widget.field).to_be_focused()


def test_who_waits_is_told_the_place_in_the_queue(visit: Visit, manager: Api) -> None:
    with settings(
        manager,
        Livechat_Routing_Method="Manual_Selection",
        Livechat_accept_chats_with_no_agents=True,
        Livechat_waiting_queue=True,
        Livechat_waiting_queue_message="We will be with you soon",
    ):
        widget = visit()
        widget.register()
        widget.say("Hello")
        widget.has_sent("Hello")
        room_id = widget.room(manager)
        expect(widget.frame.get_by_text("We will be with you soon")).to_be_visible()
        expect(widget.frame.get_by_text("Your place in the queue: 1")).to_be_visible()
        assert inquiry_of(manager, room_id) is not None
        manager.post("livechat/room.closeByUser", {"rid": room_id, "comment": "done"})


def test_a_message_that_is_too_long_is_not_sent(visit: Visit, agent: Person, manager: Api) -> None:
    with settings(
        manager,
        Livechat_enable_message_character_limit=True,
        Livechat_message_character_limit=10,
    ):
        widget = visit()
        widget.register()
        widget.field.fill("Twelve chars")
        expect(widget.frame.get_by_text("2 characters too many")).to_be_visible()
        expect(widget.frame.get_by_role("button", name="Send", exact=True)).to_be_disabled()
        widget.field.press("Enter")
        expect(widget.field).to_have_value("Twelve chars")


def test_a_message_that_arrives_unseen_is_heard_unless_sound_is_off(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    widget.field.press("Escape")
    with widget.page.expect_request("**/sounds/chime.mp3"):
        say_as_user(agent.api, room_id, "Ding")

    heard: list[str] = []
    widget.page.on("request", lambda request: heard.append(request.url))
    widget.open()
    widget.frame.get_by_role("button", name="More").click()
    widget.frame.get_by_role("menuitem", name="Turn sound off").click()
    widget.page.reload()
    widget.sees("Ding")
    widget.frame.get_by_role("button", name="Minimise chat").click()
    say_as_user(agent.api, room_id, "Silence")
    expect(widget.frame.get_by_role("button", name="Open chat. New messages: 1")).to_be_visible()
    assert not [url for url in heard if url.endswith("chime.mp3")]


def test_each_sees_when_the_other_is_typing(visit: Visit, agent: Person, manager: Api) -> None:
    widget = visit()
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    expect(widget.frame.get_by_role("heading", name="Nora Lind")).to_be_visible()
    activity = [f"{room_id}/user-activity", agent.username, ["user-typing"], {}]
    call = {"msg": "method", "id": "1", "method": "stream-notify-room", "params": activity}

    def show_typing() -> bool:
        agent.api.post("method.call/stream-notify-room", {"message": json.dumps(call)})
        return widget.log.get_by_text("Nora Lind is typing").is_visible()

    # The widget's subscription may come a moment after its message.
    eventually(show_typing)
    say_as_user(agent.api, room_id, "There you are")
    widget.sees("There you are")
    expect(widget.log.get_by_text("Nora Lind is typing")).to_have_count(0)


def test_a_conversation_goes_on_in_a_window_of_its_own(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    with widget.page.expect_popup() as opened:
        widget.frame.get_by_role("button", name="Open in a window of its own").click()
    window = opened.value
    expect(window.get_by_text("Hello")).to_be_visible()
    field = window.get_by_placeholder("Write a message")
    field.fill("From the window")
    field.press("Enter")
    expect(window.get_by_text("Sending…")).to_have_count(0)
    assert said(manager, room_id, widget.token()) == ["Hello", "From the window"]
    expect(widget.button).to_be_visible()


def test_older_messages_are_loaded_when_asked_for(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    widget.say("The very first")
    widget.has_sent("The very first")
    room_id = widget.room(manager)
    for number in range(60):
        say_as_user(agent.api, room_id, f"Number {number}")
    widget.page.reload()
    widget.sees("Number 59")
    expect(widget.message("The very first")).to_have_count(0)

    widget.frame.get_by_role("button", name="Show earlier messages").click()

    widget.sees("The very first", "Number 0", "Number 59")
    expect(widget.frame.get_by_role("button", name="Show earlier messages")).to_have_count(0)
