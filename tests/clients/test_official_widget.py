"""The prebuilt widget of the package @rocket.chat/livechat 1.13.3 on a page, unchanged.

Its files lie in the package; the browser is given them where the server's own widget would be.
Everything else (REST, real time, the parent page's messages) goes to the server.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from tests.builders import Person, eventually, inquiry_of, room_of, say_as_user, take
from tests.harness.client import Api
from tests.harness.requirements import find_chromium, require
from tests.harness.server import FrontdeskProcess
from tests.web.conftest import ARGUMENTS, PATIENCE
from tests.web.site import Site, site_of

_ARRIVAL = """
RocketChat(function() {
    this.registerGuest({name: 'Ada', email: 'ada@example.org', token: 'official-widget'});
    this.maximizeWidget();
});
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a running browser."""
    require("chromium")
    with sync_playwright() as playwright:
        # A page that is handed to the browser counts as one from the internet, which may not
        # connect to this machine otherwise.
        arguments = [*ARGUMENTS, "--disable-features=LocalNetworkAccessChecks"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def site(server: FrontdeskProcess) -> Iterator[Site]:
    """Return somebody's website."""
    with site_of(server.url) as site:
        yield site


@pytest.fixture
def page(browser: Browser, server: FrontdeskProcess, node_modules: Path) -> Iterator[Page]:
    """Return a page whose browser has the official widget instead of ours."""
    built = node_modules / "@rocket.chat" / "livechat" / "build"

    def serve(route: Route) -> None:
        name = route.request.url.partition("?")[0].removeprefix(f"{server.url}/livechat").strip("/")
        if name:
            route.fulfill(path=built / name)
            return
        where = f"<script>SERVER_URL = '{server.url}'</script>"
        html = (built / "index.html").read_text().replace("<body>", f"<body>{where}")
        route.fulfill(body=html, content_type="text/html; charset=utf-8")

    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    context.route(f"{server.url}/livechat", serve)
    context.route(f"{server.url}/livechat?*", serve)
    context.route(f"{server.url}/livechat/*", serve)
    yield context.new_page()
    context.close()


@pytest.mark.usefixtures("by_hand")
def test_the_official_widget_holds_a_conversation(
    page: Page, site: Site, admin: Api, agent: Person
) -> None:
    # On another port of the same host: from other hosts the widget would find no storage.
    page.goto(site.page(_ARRIVAL).replace("localhost", "127.0.0.1"))
    widget = page.frame_locator("#rocketchat-iframe")
    field = widget.locator("[contenteditable]")
    field.fill("Where is my desk?")
    field.press("Enter")

    room_id = eventually(lambda: _room_of(admin, "official-widget"))
    assert inquiry_of(admin, room_id) is not None
    take(agent, admin, room_id)
    say_as_user(agent.api, room_id, "On its way")
    expect(widget.get_by_text("On its way")).to_be_visible()
    expect(widget.get_by_text("Where is my desk?")).to_be_visible()

    closing = {"rid": room_id, "comment": "solved"}
    assert agent.api.post("livechat/room.closeByUser", closing).is_success
    expect(widget.get_by_text("Chat finished")).to_be_visible()
    assert "open" not in room_of(admin, room_id)


def _room_of(admin: Api, token: str) -> str | None:
    found = admin.get(f"livechat/visitor/{token}/room").json().get("rooms") or []
    return str(found[0]["_id"]) if found else None
