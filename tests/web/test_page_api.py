from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Request, expect

from tests.builders import Person, create_department, eventually, say_as_user, settings, unique
from tests.harness.client import Api
from tests.web.site import Site
from tests.web.widget import Widget, said

Visit = Callable[..., Widget]

RECORD = """
window.heard = [];
RocketChat(function () {
  var names = ['onChatMaximized', 'onChatMinimized', 'onChatStarted', 'onChatEnded',
    'onPrechatFormSubmit', 'onOfflineFormSubmit', 'onWidgetShown', 'onWidgetHidden',
    'onAssignAgent', 'onAgentStatusChange', 'onQueuePositionChange', 'onServiceOffline'];
  var api = this;
  names.forEach(function (name) {
    api[name](function (data) { window.heard.push([name, data]); });
  });
});
"""


def heard(widget: Widget, name: str) -> list[Any]:
    every = widget.page.evaluate("window.heard")
    return [data for each, data in every if each == name]


def waits_for(widget: Widget, name: str) -> Any:
    widget.page.wait_for_function("name => heard.some(each => each[0] === name)", arg=name)
    return heard(widget, name)[0]


def guest(manager: Api, widget: Widget) -> dict[str, Any]:
    """Return the visitor as the server knows it, once it does."""
    answer = manager.get("livechat/config", {"token": widget.token()})
    found: dict[str, Any] = answer.json()["config"].get("guest", {})
    return found


def page_info(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = request.post_data_json or {}
    info: dict[str, Any] = body["pageInfo"]
    return info


@contextmanager
def trigger(manager: Api, condition: dict[str, Any], text: str, **more: Any) -> Iterator[None]:
    """Have an enabled trigger that says something, for the length of a `with` block."""
    name = unique("trigger")
    params = {"sender": "custom", "name": "Shop", "msg": text}
    body = {
        "name": name,
        "description": "",
        "enabled": True,
        "runOnce": False,
        "conditions": [condition],
        "actions": [{"name": "send-message", "params": params}],
        **more,
    }
    made = manager.post("livechat/triggers", body)
    assert made.status_code == 200, made.text
    try:
        yield
    finally:
        for each in manager.get("livechat/triggers", {"count": 0}).json()["triggers"]:
            if each["name"] == name:
                manager.delete(f"livechat/triggers/{each['_id']}")


def test_the_one_line_of_our_own_puts_the_widget_on_a_page(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    line = f'<script async src="{manager.url}/livechat/frontdesk.js"></script>'
    widget = visit(site.page(embed=line))
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    widget.page.evaluate("Frontdesk(function () { this.minimizeWidget() })")
    expect(widget.button).to_be_visible()


def test_a_page_hears_what_happens(visit: Visit, agent: Person, manager: Api, site: Site) -> None:
    widget = visit(site.page(RECORD))
    widget.register("Ann", "ann@example.org")
    assert waits_for(widget, "onChatMaximized") is None
    form = {"name": "Ann", "email": "ann@example.org"}
    assert waits_for(widget, "onPrechatFormSubmit") == form
    widget.say("Hello")
    widget.has_sent("Hello")
    waits_for(widget, "onChatStarted")
    assigned = waits_for(widget, "onAssignAgent")
    assert assigned == {"name": "Nora Lind", "username": agent.username, "status": "online"}

    agent.api.post("users.setStatus", {"status": "away", "message": ""})
    assert waits_for(widget, "onAgentStatusChange")["status"] == "away"

    widget.field.press("Escape")
    waits_for(widget, "onChatMinimized")
    widget.page.evaluate("RocketChat(function () { this.hideWidget() })")
    waits_for(widget, "onWidgetHidden")
    expect(widget.container).to_be_hidden()
    widget.page.evaluate("RocketChat(function () { this.showWidget() })")
    waits_for(widget, "onWidgetShown")
    expect(widget.container).to_be_visible()

    body = {"rid": widget.room(manager), "comment": "done"}
    agent.api.post("livechat/room.closeByUser", body)
    waits_for(widget, "onChatEnded")
    assert len(heard(widget, "onChatStarted")) == 1


def test_callbacks_can_be_cleared(visit: Visit, agent: Person, site: Site) -> None:
    widget = visit(site.page(RECORD))
    expect(widget.button).to_be_visible()
    widget.page.evaluate("RocketChat(function () { this.clearAllCallbacks() })")
    widget.open()
    expect(widget.frame.get_by_role("button", name="Start chat")).to_be_visible()
    assert heard(widget, "onChatMaximized") == []


def test_a_page_is_told_when_nobody_is_there(visit: Visit, site: Site) -> None:
    widget = visit(site.page(RECORD))
    waits_for(widget, "onServiceOffline")


def test_a_page_says_who_its_visitor_is(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    department = create_department(manager, [agent], name="Returns", showOnRegistration=True)
    field = {"field": "order", "label": "Order", "scope": "visitor", "visibility": "visible"}
    made = manager.post("livechat/custom-fields.save", {"customFieldData": {**field, "regexp": ""}})
    assert made.status_code == 200, made.text
    token = unique("token")
    script = f"""
    RocketChat(function () {{
      this.setCustomField('order', '4711');
      this.registerGuest({{
        token: '{token}', name: 'Ben', email: 'ben@example.org', department: 'Returns'
      }});
    }});
    """
    widget = visit(site.page(script))

    def registered() -> dict[str, Any] | None:
        found = manager.get("livechat/config", {"token": token}).json()["config"].get("guest")
        return found or None

    visitor = eventually(registered)
    assert visitor["name"] == "Ben"
    assert visitor["visitorEmails"] == [{"address": "ben@example.org"}]
    assert visitor["department"] == department
    widget.open()
    widget.say("No form for me")
    widget.has_sent("No form for me")
    assert widget.token() == token

    def fields() -> dict[str, Any] | None:
        answer = manager.get("livechat/visitors.info", {"visitorId": visitor["_id"]})
        found: dict[str, Any] | None = answer.json()["visitor"].get("livechatData")
        return found

    assert eventually(fields) == {"order": "4711"}


def test_initialize_calls_the_setters_it_names(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    script = """
    RocketChat(function () {
      this.initialize({
        theme: { title: 'Corner Shop', color: '#005f73', position: 'left' },
        guestName: 'Cleo', guestEmail: 'cleo@example.org', language: 'de'
      });
    });
    """
    widget = visit(site.page(script))
    expect(widget.container).to_have_attribute("data-side", "left")
    widget.frame.get_by_role("button", name="Chat öffnen").click()
    expect(widget.frame.get_by_role("heading", name="Corner Shop")).to_be_visible()
    expect(widget.frame.get_by_label("Name")).to_have_value("Cleo")
    expect(widget.frame.get_by_label("E-Mail")).to_have_value("cleo@example.org")
    expect(widget.frame.locator(".header")).to_have_css("background-color", "rgb(0, 95, 115)")


def test_a_department_that_does_not_exist_is_not_taken(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    script = "RocketChat(function () { this.setDepartment('Nowhere') })"
    widget = visit(site.page(script))
    widget.register()
    assert guest(manager, widget).get("department") is None


def test_the_message_form_does_the_same(visit: Visit, agent: Person, site: Site) -> None:
    widget = visit(
        site.page("""
      window.calls = [];
      addEventListener('message', function (event) {
        if (event.data && event.data.src === 'rocketchat') calls.push(event.data.fn);
      });
    """)
    )
    expect(widget.button).to_be_visible()
    widget.page.evaluate("""
      document.getElementById('rocketchat-iframe').contentWindow.postMessage(
        { src: 'rocketchat', fn: 'maximizeWidget', args: [] }, '*');
    """)
    expect(widget.container).to_have_attribute("data-state", "opened")
    calls = widget.page.evaluate("window.calls")
    assert "ready" in calls
    assert "openWidget" in calls


def test_messages_of_others_are_ignored(visit: Visit, agent: Person, site: Site) -> None:
    widget = visit(site.page())
    expect(widget.button).to_be_visible()
    widget.page.evaluate("""
      var other = document.createElement('iframe');
      document.body.append(other);
      var frame = document.getElementById('rocketchat-iframe').contentWindow;
      other.contentWindow.eval(
        "parent.frames[0].postMessage({src:'rocketchat', fn:'maximizeWidget', args:[]}, '*')");
      frame.postMessage({ src: 'rocketchat', fn: 'constructor', args: [] }, '*');
      frame.postMessage({ src: 'rocketchat', fn: 'maximizeWidget', args: 'x' }, '*');
      frame.postMessage('maximizeWidget', '*');
      frame.postMessage(null, '*');
    """)
    widget.page.evaluate("RocketChat(function () { this.setTheme({ position: 'left' }) })")
    expect(widget.container).to_have_attribute("data-side", "left")
    expect(widget.container).to_have_attribute("data-state", "closed")


def test_the_pages_a_visitor_looks_at_are_noted(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    widget = visit(site.page())
    with widget.page.expect_request("**/livechat/page.visited") as first:
        pass
    assert page_info(first.value)["title"] == "Shop"
    with widget.page.expect_request("**/livechat/page.visited") as second:
        widget.page.evaluate("history.pushState({}, '', '/basket')")
    assert page_info(second.value)["location"]["href"].endswith("/basket")


def test_an_agent_that_the_page_chooses_serves_the_visitor(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    with settings(manager, Livechat_Routing_Method="Manual_Selection"):
        script = f"""
        RocketChat(function () {{
          this.setAgent({{ _id: '{agent.id}', username: '{agent.username}' }});
        }});
        """
        widget = visit(site.page(script))
        with widget.page.expect_request("**/livechat/room?**") as request:
            widget.register()
            widget.say("Hello")
        assert f"agentId={agent.id}" in request.value.url
        widget.has_sent("Hello")


def test_system_messages_that_the_page_hides_are_hidden(
    visit: Visit, agent: Person, site: Site
) -> None:
    widget = visit(site.page())
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    expect(widget.log.get_by_text("Chat started")).to_be_visible()
    widget.page.evaluate(
        "RocketChat(function () { this.setHiddenSystemMessages(['livechat-started']) })"
    )
    expect(widget.log.get_by_text("Chat started")).to_have_count(0)


def test_a_chat_survives_a_reload_where_frames_may_not_keep_anything(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    # Windows of this kind forbid storage to frames of other sites.
    widget = visit(site.page())
    widget.register()
    widget.say("Hello")
    widget.has_sent("Hello")
    room_id = widget.room(manager)
    widget.page.reload()
    widget.sees("Hello")
    widget.say("Again")
    widget.has_sent("Again")
    assert said(manager, room_id, widget.token()) == ["Hello", "Again"]


def test_a_trigger_on_the_page_greets_above_the_button(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    condition = {"name": "page-url", "value": "/basket$"}
    with trigger(manager, condition, "Need help with your basket?"):
        widget = visit(site.page(path="/"))
        expect(widget.button).to_be_visible()
        greeting = widget.frame.get_by_role("button", name="Need help with your basket?")
        expect(greeting).to_have_count(0)
        widget.page.evaluate("history.pushState({}, '', '/basket')")
        expect(greeting).to_be_visible()
        expect(widget.container).to_have_attribute("data-state", "triggered")

        greeting.click()

        # Who was greeted need not fill in a form.
        widget.sees("Need help with your basket?")
        widget.say("Yes, please")
        widget.has_sent("Yes, please")
        room_id = widget.room(manager)
        assert said(manager, room_id, widget.token()) == ["Yes, please"]
        say_as_user(agent.api, room_id, "With pleasure")
        widget.sees("With pleasure")


def test_a_trigger_that_runs_once_runs_once(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    condition = {"name": "time-on-site", "value": "0"}
    with trigger(manager, condition, "Welcome", runOnce=True):
        widget = visit(site.page())
        greeting = widget.frame.get_by_role("button", name="Welcome")
        expect(greeting).to_be_visible()
        widget.page.reload()
        expect(widget.button).to_be_visible()
        widget.page.evaluate("RocketChat(function () { this.setTheme({ position: 'left' }) })")
        expect(widget.container).to_have_attribute("data-side", "left")
        expect(greeting).to_have_count(0)


def test_a_trigger_after_registration_speaks_in_the_chat(
    visit: Visit, agent: Person, manager: Api, site: Site
) -> None:
    with trigger(manager, {"name": "after-guest-registration", "value": ""}, "Nice to meet you"):
        widget = visit(site.page())
        widget.register()
        widget.sees("Nice to meet you")
