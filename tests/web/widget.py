"""The widget as a visitor sees and uses it."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FrameLocator, Locator, Page, Request, expect

from tests.builders import eventually
from tests.harness.client import Api


class Widget:
    """The widget on a page, in English."""

    def __init__(self, page: Page) -> None:
        """Look at the widget of a page that is, or will be, loaded."""
        self.page = page
        self._token = ""
        page.on("request", self._note_token)
        self.frame: FrameLocator = page.frame_locator("#rocketchat-iframe")

    @property
    def button(self) -> Locator:
        """The round button."""
        return self.frame.get_by_role("button", name="Open chat")

    @property
    def field(self) -> Locator:
        """Where the visitor writes."""
        return self.frame.get_by_placeholder("Write a message")

    @property
    def log(self) -> Locator:
        """The list of messages."""
        return self.frame.get_by_role("log")

    @property
    def container(self) -> Locator:
        """The widget's place on the page."""
        return self.page.locator(".rocketchat-widget")

    def open(self) -> None:
        """Press the round button."""
        self.button.click()

    def register(self, name: str = "Ann", email: str = "ann@example.org") -> None:
        """Open the window and fill in the form, so that the visitor may write."""
        self.open()
        self.frame.get_by_label("Name").fill(name)
        self.frame.get_by_label("E-mail").fill(email)
        self.frame.get_by_role("button", name="Start chat").click()
        expect(self.field).to_be_visible()

    def say(self, text: str) -> None:
        """Write and send a message."""
        self.field.fill(text)
        self.field.press("Enter")

    def message(self, text: str) -> Locator:
        """The message with exactly this text."""
        return self.log.get_by_role("article").filter(has=self.frame.get_by_text(text, exact=True))

    def sees(self, *texts: str) -> None:
        """Wait until each of the messages is there once."""
        for text in texts:
            expect(self.message(text)).to_have_count(1)

    def has_sent(self, *texts: str) -> None:
        """Wait until the server has confirmed the messages."""
        self.sees(*texts)
        expect(self.frame.get_by_text("Sending…")).to_have_count(0)

    def token(self) -> str:
        """Return the visitor's secret."""
        return self._token

    def _note_token(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path.endswith("/livechat/config"):
            self._token = parse_qs(parts.query)["token"][0]

    def room(self, manager: Api) -> str:
        """Return the id of the visitor's open conversation, as soon as there is one."""
        token = self.token()

        def look() -> str | None:
            found = manager.get("livechat/config", {"token": token}).json()["config"]
            return str(found["room"]["_id"]) if "room" in found else None

        return eventually(look)


def said(api: Api, room_id: str, token: str) -> list[str]:
    """Return what was said in a conversation as the server has it, oldest first."""
    query = {"token": token, "limit": 1000}
    answer = api.get(f"livechat/messages.history/{room_id}", query)
    assert answer.status_code == 200, answer.text
    return [each["msg"] for each in reversed(answer.json()["messages"]) if "t" not in each]
