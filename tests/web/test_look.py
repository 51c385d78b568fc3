import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders import Person, say_as_user, settings
from tests.harness.client import Api
from tests.web.site import Site
from tests.web.widget import Widget

Visit = Callable[..., Widget]

LANGUAGES = ["ar", "de", "en", "es", "fr", "it", "ja", "pt", "ru", "zh"]
TEXTS = Path(__file__).parents[2] / "web" / "widget" / "src" / "texts"

CONTRAST = """
element => {
  const share = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = color => {
    const [red, green, blue] = color.match(/[0-9.]+/g).map(each => share(each / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const style = getComputedStyle(element);
  let back = element;
  while (getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement;
  const pair = [luminance(style.color), luminance(getComputedStyle(back).backgroundColor)];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
}
"""
#: What text of normal size needs (WCAG 2.2, 1.4.3).
READABLE = 4.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_widget_speaks_the_visitors_language(
    visit: Visit, agent: Person, language: str
) -> None:
    source = (TEXTS / f"{language}.ts").read_text()
    found = re.search(r'openChat: "(.+)"', source)
    assert found is not None
    widget = visit(locale=language)
    expect(widget.frame.get_by_role("button", name=found[1])).to_be_visible()
    expect(widget.frame.locator("html")).to_have_attribute("lang", language)


def test_a_language_it_does_not_know_becomes_english(visit: Visit, agent: Person) -> None:
    widget = visit(locale="eo")
    expect(widget.button).to_be_visible()


def test_arabic_is_written_from_right_to_left(visit: Visit, agent: Person, manager: Api) -> None:
    with settings(manager, Livechat_registration_form=False):
        widget = visit(locale="ar")
        widget.frame.get_by_role("button", name="فتح المحادثة").click()
        field = widget.frame.get_by_placeholder("اكتب رسالة…")
        field.fill("مرحبا")
        field.press("Enter")
        own = widget.message("مرحبا")
        expect(own).to_be_visible()
        expect(widget.frame.get_by_text("جارٍ الإرسال…")).to_have_count(0)
        say_as_user(agent.api, widget.room(manager), "أهلاً")
        theirs = widget.message("أهلاً")
        expect(theirs).to_be_visible()

        log = widget.log.bounding_box()
        left, right = own.bounding_box(), theirs.bounding_box()
        send = widget.frame.get_by_role("button", name="إرسال").bounding_box()
        assert log and left and right and send
        middle = log["x"] + log["width"] / 2
        assert left["x"] < middle < right["x"] + right["width"]
        assert left["x"] - log["x"] < 40
        assert send["x"] < middle


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_it_stands_on_the_side_of_the_page_that_the_workspace_chose(
    visit: Visit, agent: Person, manager: Api, side: str, locale: str
) -> None:
    with settings(manager, Livechat_widget_position=side):
        widget = visit(locale=locale, viewport={"width": 1000, "height": 700})
        button = widget.frame.locator(".launcher")
        expect(button).to_be_visible()
        expect(widget.container).to_have_attribute("data-side", side)
        box = button.bounding_box()
        assert box
        assert box["width"] == box["height"] == 54
        distance = box["x"] if side == "left" else 1000 - box["x"] - box["width"]
        assert distance == 16


def test_on_a_phone_it_fills_the_screen_and_gives_it_back(visit: Visit, agent: Person) -> None:
    phone = {"width": 390, "height": 780}
    widget = visit(viewport=phone, has_touch=True, is_mobile=True)
    widget.button.tap()
    expect(widget.frame.get_by_label("Name")).to_be_visible()
    box = widget.container.bounding_box()
    assert dict(box or {}) == {"x": 0, "y": 0, **phone}
    body = widget.page.locator("body")
    expect(body).to_have_class(re.compile("rc-livechat-mobile-full-screen"))

    widget.frame.get_by_role("button", name="Minimise chat").tap()

    expect(widget.button).to_be_visible()
    expect(body).not_to_have_class(re.compile("rc-livechat-mobile-full-screen"))


def test_on_a_desktop_it_has_the_size_that_pages_expect(visit: Visit, agent: Person) -> None:
    widget = visit(viewport={"width": 1280, "height": 800})
    widget.open()
    expect(widget.container).to_have_attribute("data-state", "opened")
    box = widget.container.bounding_box()
    expected = {"x": 1280 - 365 - 16, "y": 800 - 525 - 16, "width": 365, "height": 525}
    assert dict(box or {}) == expected


def test_a_low_window_shows_all_of_it(visit: Visit, agent: Person) -> None:
    widget = visit(viewport={"width": 1280, "height": 400})
    widget.open()
    expect(widget.container).to_have_attribute("data-state", "opened")
    box = widget.container.bounding_box()
    assert box
    assert box["y"] >= 16
    assert box["y"] + box["height"] <= 384


@pytest.mark.parametrize("color", ["#C1272D", "#ffd166", "#ffffff", "#000000", "#808080"])
def test_text_can_be_read_whatever_the_colour(
    visit: Visit, agent: Person, manager: Api, color: str
) -> None:
    with settings(
        manager,
        Livechat_title_color=color,
        Livechat_title="Corner Shop",
        Livechat_registration_form=False,
    ):
        widget = visit()
        widget.open()
        heading = widget.frame.get_by_role("heading", name="Corner Shop")
        assert heading.evaluate(CONTRAST) >= READABLE
        widget.say("Hello")
        widget.has_sent("Hello")
        assert widget.message("Hello").locator(".bubble p").evaluate(CONTRAST) >= READABLE
        expect(widget.log.get_by_text("Today")).to_be_visible()
        assert widget.log.get_by_text("Today").evaluate(CONTRAST) >= READABLE


def test_everything_can_be_done_by_keyboard(visit: Visit, agent: Person, manager: Api) -> None:
    with settings(manager, Livechat_registration_form=False):
        widget = visit()
        expect(widget.button).to_be_visible()
        widget.button.focus()
        widget.page.keyboard.press("Enter")
        expect(widget.field).to_be_focused()
        widget.page.keyboard.type("By hand")
        widget.page.keyboard.press("Enter")
        widget.has_sent("By hand")

        more = widget.frame.get_by_role("button", name="More")
        more.focus()
        widget.page.keyboard.press("Enter")
        expect(more).to_have_attribute("aria-expanded", "true")
        expect(widget.frame.get_by_role("menuitem", name="Turn sound off")).to_be_focused()
        widget.page.keyboard.press("ArrowUp")
        expect(widget.frame.get_by_role("menuitem", name="End chat")).to_be_focused()
        widget.page.keyboard.press("Escape")
        expect(more).to_be_focused()
        expect(widget.frame.get_by_role("menu")).to_have_count(0)


def test_a_question_holds_the_focus_until_it_is_answered(
    visit: Visit, agent: Person, manager: Api
) -> None:
    with settings(manager, Livechat_registration_form=False):
        widget = visit()
        widget.open()
        widget.say("Hello")
        widget.has_sent("Hello")
        widget.frame.get_by_role("button", name="More").click()
        widget.frame.get_by_role("menuitem", name="End chat").click()
        question = widget.frame.get_by_role("alertdialog", name="Do you want to end this chat?")
        cancel = question.get_by_role("button", name="Cancel")
        end = question.get_by_role("button", name="End chat")
        expect(cancel).to_be_focused()
        widget.page.keyboard.press("Tab")
        expect(end).to_be_focused()
        widget.page.keyboard.press("Tab")
        expect(cancel).to_be_focused()
        widget.page.keyboard.press("Shift+Tab")
        expect(end).to_be_focused()
        widget.page.keyboard.press("Escape")
        expect(question).to_have_count(0)
        expect(widget.field).to_be_visible()


def test_a_screen_reader_is_told_what_arrives(visit: Visit, agent: Person, manager: Api) -> None:
    with settings(manager, Livechat_registration_form=False):
        widget = visit()
        widget.open()
        widget.say("Hello")
        widget.has_sent("Hello")
        expect(widget.log).to_have_attribute("aria-live", "polite")
        expect(widget.log).to_have_accessible_name("Messages")
        say_as_user(agent.api, widget.room(manager), "Good morning")
        expect(widget.message("Good morning")).to_contain_text("Nora Lind")
        expect(widget.message("Hello")).to_contain_text("You:")
        expect(widget.page.locator("#rocketchat-iframe")).to_have_attribute("title", "Chat")


def test_a_workspace_that_hides_its_agents_hides_them_in_the_widget(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    with settings(
        manager,
        Livechat_show_agent_info=False,
        Livechat_registration_form=False,
        Livechat_title="Corner Shop",
    ):
        widget = visit(site.page())
        widget.open()
        widget.say("Hello")
        widget.has_sent("Hello")
        say_as_user(agent.api, widget.room(manager), "Good morning")
        widget.sees("Good morning")
        expect(widget.frame.get_by_role("heading", name="Corner Shop")).to_be_visible()
        expect(widget.frame.get_by_text("Nora Lind")).to_have_count(0)
