"""The widget in a real browser, in front of a real server of these tests' own.

What the widget does depends on no database engine, so the server here has the default one.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.builders import Person, create_agent, retire
from tests.harness.client import Api
from tests.harness.requirements import find_chromium, require
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer
from tests.web.line import Line, line_to
from tests.web.site import Site, site_of
from tests.web.widget import Widget

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 20_000  # milliseconds that anything may take on a loaded machine
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def mailbox() -> Iterator[SmtpServer]:
    """Return the SMTP server that the desk sends its mail to."""
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def desk(
    tmp_path_factory: pytest.TempPathFactory, mailbox: SmtpServer
) -> Iterator[FrontdeskProcess]:
    """Return the running server of these tests. A test that kills it starts it again."""
    process = FrontdeskProcess(
        tmp_path_factory.mktemp("desk"),
        environment={
            "OVERWRITE_SETTING_SMTP_Host": "127.0.0.1",
            "OVERWRITE_SETTING_SMTP_Port": str(mailbox.port),
            "OVERWRITE_SETTING_SMTP_IgnoreTLS": "true",
            "OVERWRITE_SETTING_From_Email": "desk@example.org",
        },
    )
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def manager(desk: FrontdeskProcess) -> Iterator[Api]:
    """Return a client of the desk that is logged in as its administrator."""
    with Api(desk.url) as api, api.login_as_administrator() as manager:
        yield manager


@pytest.fixture
def agent(manager: Api) -> Iterator[Person]:
    """Return the only agent, who is given every conversation."""
    agent = create_agent(manager)
    renamed = manager.post("users.update", {"userId": agent.id, "data": {"name": "Nora Lind"}})
    assert renamed.status_code == 200, renamed.text
    yield agent
    retire(manager, agent)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a running browser.

    For a module at a time: while playwright runs, this thread has an event loop, and tests of
    other modules need one of their own.
    """
    require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, desk: FrontdeskProcess) -> Iterator[Callable[..., Widget]]:
    """Return a function that has somebody new visit a page with the widget.

    It takes the page's address (by default the desk's demo page) and options of a browser
    context (`locale`, `viewport`, ...).
    """
    contexts = []

    def visit(url: str = "", **options: Any) -> Widget:
        context = browser.new_context(**{"locale": "en-GB", **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        widget = Widget(context.new_page())
        widget.page.goto(url or f"{desk.url}/demo")
        return widget

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture
def line(desk: FrontdeskProcess) -> Iterator[Line]:
    """Return a line to the desk that the test may cut."""
    with line_to(desk.port) as line:
        yield line


@pytest.fixture
def site(desk: FrontdeskProcess) -> Iterator[Site]:
    """Return somebody's website, on another host than the desk."""
    with site_of(desk.url) as site:
        yield site
