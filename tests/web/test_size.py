from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Response, expect

from tests.builders import Person
from tests.web.widget import Widget

#: All that a page loads of the widget before the first click, as it goes over the line; bytes.
BUDGET = 30 * 1024


def test_a_page_loads_less_than_the_budget_before_the_first_click(
    visit: Callable[..., Widget], agent: Person
) -> None:
    # Somebody whose language is not the one built in.
    widget = visit("about:blank", locale="ru-RU")
    answers: list[Response] = []
    widget.page.on("response", lambda answer: answers.append(answer))
    widget.page.goto(f"{agent.api.url}/demo")
    expect(widget.frame.get_by_role("button", name="Открыть чат")).to_be_visible()
    widget.page.wait_for_load_state("networkidle")

    sizes = {
        urlsplit(each.url).path: each.request.sizes()["responseBodySize"]
        for each in answers
        if urlsplit(each.url).path not in ("/demo", "/favicon.ico")
    }
    assert any(path.endswith("/frontdesk.js") for path in sizes)
    assert any("/livechat/main-" in path for path in sizes)
    assert sum(sizes.values()) < BUDGET, sizes
