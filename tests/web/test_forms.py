import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.builders import (
    Person,
    create_agent,
    create_department,
    eventually,
    retire,
    room_of,
    settings,
    unique,
)
from tests.harness.client import Api
from tests.harness.smtp import SmtpServer
from tests.web.site import Site
from tests.web.widget import Widget

Visit = Callable[..., Widget]


@pytest.fixture
def order_field(manager: Api) -> Iterator[str]:
    """Return the label of a field that every visitor must fill in: an order's number."""
    field = unique("order")
    data = {
        "field": field,
        "label": "Order number",
        "scope": "visitor",
        "visibility": "visible",
        "public": True,
        "required": True,
        "regexp": "^[0-9]+$",
    }
    made = manager.post("livechat/custom-fields.save", {"customFieldData": data})
    assert made.status_code == 200, made.text
    yield field
    manager.post("livechat/custom-fields.delete", {"customFieldId": field})


def test_the_form_says_what_is_missing_and_leads_there(visit: Visit, agent: Person) -> None:
    widget = visit()
    widget.open()
    name = widget.frame.get_by_label("Name")
    expect(name).to_be_focused()
    name.fill("Ann")
    email = widget.frame.get_by_label("E-mail")
    email.fill("not an address")

    widget.frame.get_by_role("button", name="Start chat").click()

    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description("Please check this")
    expect(name).to_have_attribute("aria-invalid", "false")


def test_department_and_custom_fields_are_asked_for_and_stored(
    visit: Visit, agent: Person, manager: Api, order_field: str
) -> None:
    department = create_department(manager, [agent], showOnRegistration=True)
    config = manager.get("livechat/config").json()["config"]
    label = next(each["name"] for each in config["departments"] if each["_id"] == department)
    widget = visit()
    widget.open()
    widget.frame.get_by_label("Name").fill("Ann")
    widget.frame.get_by_label("E-mail").fill("ann@example.org")
    widget.frame.get_by_label("Department").select_option(label)
    order = widget.frame.get_by_label("Order number")
    order.fill("none")
    widget.frame.get_by_role("button", name="Start chat").click()
    expect(order).to_have_accessible_description("Please check this")
    order.fill("4711")
    widget.frame.get_by_role("button", name="Start chat").click()
    widget.say("Hello")
    widget.has_sent("Hello")

    room = room_of(manager, widget.room(manager))
    assert room["departmentId"] == department
    visitor = manager.get("livechat/visitors.info", {"visitorId": room["v"]["_id"]}).json()
    assert visitor["visitor"]["livechatData"] == {order_field: "4711"}


def test_without_a_form_the_first_message_starts_the_chat(
    visit: Visit, agent: Person, manager: Api
) -> None:
    with settings(manager, Livechat_registration_form=False):
        widget = visit()
        widget.open()
        expect(widget.field).to_be_focused()
        widget.say("Straight to the point")
        widget.has_sent("Straight to the point")


def test_nobody_writes_before_agreeing_where_that_is_asked(
    visit: Visit, agent: Person, manager: Api
) -> None:
    with settings(
        manager,
        Livechat_force_accept_data_processing_consent=True,
        Livechat_data_processing_consent_text="We keep what you write for a year.",
    ):
        widget = visit()
        widget.open()
        expect(widget.frame.get_by_text("We keep what you write for a year.")).to_be_visible()
        expect(widget.frame.get_by_label("Name")).to_have_count(0)
        widget.frame.get_by_role("button", name="I agree").click()
        expect(widget.frame.get_by_label("Name")).to_be_visible()


def test_while_nobody_is_there_a_message_can_be_left(
    visit: Visit, manager: Api, mailbox: SmtpServer, site: Site
) -> None:
    with settings(
        manager,
        Livechat_offline_email="shop@example.org",
        Livechat_validate_offline_email=False,
        Livechat_offline_title="We are asleep",
        Livechat_offline_success_message="We read it in the morning",
    ):
        script = """
        window.heard = [];
        RocketChat(function () {
          this.onOfflineFormSubmit(function (data) { window.heard.push(data); });
        });
        """
        widget = visit(site.page(script))
        widget.open()
        expect(widget.frame.get_by_role("heading", name="We are asleep")).to_be_visible()
        widget.frame.get_by_label("Name").fill("Ann")
        widget.frame.get_by_label("E-mail").fill("ann@example.org")
        widget.frame.get_by_label("Message").fill("Call me back")
        widget.frame.get_by_role("button", name="Send message").click()

        expect(widget.frame.get_by_text("We read it in the morning")).to_be_visible()
        form: dict[str, Any] = {"name": "Ann", "email": "ann@example.org"}
        assert widget.page.evaluate("window.heard") == [{**form, "message": "Call me back"}]
        eventually(
            lambda: [
                each for each in mailbox.inbox.deliveries if "shop@example.org" in each.recipients
            ]
        )


def test_what_was_written_to_somebody_who_has_left_is_kept_for_the_offline_form(
    visit: Visit, agent: Person, manager: Api
) -> None:
    widget = visit()
    widget.register()
    agent.api.post("users.setStatus", {"status": "offline", "message": ""})

    widget.say("Is my parcel lost?")

    message = widget.frame.get_by_role("textbox", name=re.compile("^Message"))
    expect(message).to_have_value("Is my parcel lost?")
    agent.api.post("users.setStatus", {"status": "online", "message": ""})
    # It looks again by itself, and at once when the browser says that there is a network.
    widget.frame.locator("body").evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(widget.field).to_be_visible()


def test_where_messages_cannot_be_left_the_workspace_says_so(visit: Visit, manager: Api) -> None:
    with settings(
        manager,
        Livechat_display_offline_form=False,
        Livechat_offline_form_unavailable="Closed until Monday",
    ):
        widget = visit()
        widget.open()
        expect(widget.frame.get_by_text("Closed until Monday")).to_be_visible()
        expect(widget.frame.get_by_role("textbox")).to_have_count(0)


def test_a_visitor_may_change_to_another_department(
    visit: Visit, agent: Person, manager: Api
) -> None:
    other = create_agent(manager)
    sales, returns = unique("Sales"), unique("Returns")
    create_department(manager, [agent], name=sales, showOnRegistration=True)
    returns_id = create_department(manager, [other], name=returns, showOnRegistration=True)
    widget = visit()
    widget.open()
    widget.frame.get_by_label("Department").select_option(sales)
    widget.frame.get_by_label("Name").fill("Ann")
    widget.frame.get_by_label("E-mail").fill("ann@example.org")
    widget.frame.get_by_role("button", name="Start chat").click()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    expect(widget.frame.get_by_role("heading", name="Nora Lind")).to_be_visible()

    widget.frame.get_by_role("button", name="More").click()
    widget.frame.get_by_role("menuitem", name="Change department").click()
    dialog = widget.frame.get_by_role("alertdialog")
    dialog.get_by_role("combobox").select_option(returns)
    dialog.get_by_role("button", name="Change").click()

    expect(widget.frame.get_by_role("heading", name="Nora Lind")).to_have_count(0)
    assert room_of(manager, room_id)["departmentId"] == returns_id
    retire(manager, other)


def test_a_widget_that_is_switched_off_leaves_no_trace(
    visit: Visit, manager: Api, site: Site
) -> None:
    with settings(manager, Livechat_enabled=False):
        widget = visit(site.page())
        expect(widget.container).to_have_count(0)
