"""`frontdesk demo`: one real conversation on a running server, through the public API only."""

import hashlib
import time
from pathlib import Path
from typing import Any

import click
import httpx

from frontdesk.access.first_start import read_first_admin
from frontdesk.ids import random_id

#: What is said, by turns: the visitor begins.
SCRIPT = (
    ("visitor", "Hello! I ordered a desk lamp last week and it has not arrived 😕"),
    ("agent", "Hi Ann, I am sorry to hear that. Could you give me the *order number*?"),
    ("visitor", "Sure, it is `FD-2041`"),
    ("agent", "Thank you. It left our warehouse on Monday and is with the carrier since."),
    ("agent", "It should be with you **tomorrow before noon**. Shall I text you when it is near?"),
    ("visitor", "Yes please. Merci beaucoup, شكرا, ありがとう!"),
    ("agent", "Done. You will also get this conversation by e-mail. Have a good day!"),
)
PATIENCE = 30.0


class DemoFailed(Exception):
    """The server refused or was not there; the text says what to do."""


def run_demo(
    *, url: str, username: str, password: str | None, data_dir: str, database_url: str | None
) -> int:
    """Hold the conversation, a line per step; return the exit code of the command.

    Without a password the one that the first start left in `data_dir` is used.
    """
    del database_url
    folder = Path(data_dir)
    try:
        if password is None:
            admin = read_first_admin(folder)
            if admin is None:
                raise DemoFailed(
                    "Whose password? Give --username and --password of an administrator "
                    "(or ADMIN_USERNAME and ADMIN_PASS)."
                )
            username, password = admin.username, admin.password
        with httpx.Client(base_url=f"{url.rstrip('/')}/api/v1/", timeout=30) as http:
            _converse(_Desk(http), username, password, folder)
    except DemoFailed as error:
        click.echo(f"✗ {error}", err=True)
        return 1
    except httpx.TransportError as error:
        click.echo(f"✗ No server answers at {url} ({error}). Start one with: make run", err=True)
        return 1
    return 0


class _Desk:
    """The API as the demo uses it: every refusal is an error that says what was refused."""

    def __init__(self, http: httpx.Client, headers: dict[str, str] | None = None) -> None:
        self._http = http
        self._headers = headers or {}

    def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Call an endpoint and return its body; waits where the server asks to slow down."""
        while True:
            answer = self._http.request(method, path, headers=self._headers, **options)
            if answer.status_code != 429:
                break
            pause = int(answer.headers["x-ratelimit-reset"]) / 1000 - time.time()
            _step(f"The server asks for a pause of {pause:.0f} seconds", "…")
            time.sleep(max(0.1, pause))
        if answer.status_code != 200:
            raise DemoFailed(f"{method} {path} was refused: {answer.text}")
        return dict(answer.json())

    def log_in(self, username: str, password: str) -> "_Desk":
        """Return the API as that user sees it."""
        data = self.call("POST", "login", json={"user": username, "password": password})["data"]
        return _Desk(
            self._http,
            {
                "X-User-Id": data["userId"],
                "X-Auth-Token": data["authToken"],
                # The second proof that an older log-in is asked for when it changes users.
                "X-2fa-Method": "password",
                "X-2fa-Code": hashlib.sha256(password.encode()).hexdigest(),
            },
        )

    def fetch(self, path: str) -> bytes:
        """Return the bytes of a file."""
        answer = self._http.get(path, headers=self._headers)
        if answer.status_code != 200:
            raise DemoFailed(f"the file {path} was refused: {answer.status_code}")
        return answer.content


def _converse(desk: _Desk, username: str, password: str, folder: Path) -> None:
    admin = desk.log_in(username, password)
    _step(f"Signed in as {username}")
    name, secret = f"maya-{random_id(5).lower()}", random_id(20)
    agent = _agent(desk, admin, name, secret)
    department = _department(admin, agent["_id"])
    at_desk = desk.log_in(name, secret)
    at_desk.call("POST", "users.setStatus", json={"status": "online", "message": "At the desk"})
    _step(f"{agent['name']} ({name}) is at the desk")

    token = random_id()
    visitor = {"token": token, "name": "Ann Example", "email": "ann@example.org"}
    desk.call("POST", "livechat/visitor", json={"visitor": visitor | {"department": department}})
    room = desk.call("GET", "livechat/room", params={"token": token})["room"]
    rid = room["_id"]
    _step(f"Ann opened a conversation: {rid}")
    if room.get("servedBy", {}).get("_id") != agent["_id"]:
        inquiry = at_desk.call("GET", "livechat/inquiries.getOne", params={"roomId": rid})
        taken = {"inquiryId": inquiry["inquiry"]["_id"]}
        at_desk.call("POST", "livechat/inquiries.take", json=taken)
    _step(f"{agent['name']} has it")
    for speaker, text in SCRIPT:
        if speaker == "visitor":
            said = {"token": token, "rid": rid, "msg": text}
            desk.call("POST", "livechat/message", json=said)
        else:
            at_desk.call("POST", "chat.sendMessage", json={"message": {"rid": rid, "msg": text}})
        _step(f"{'Ann' if speaker == 'visitor' else agent['name']}: {text}", "»")

    at_desk.call(
        "POST",
        "livechat/room.closeByUser",
        json={
            "rid": rid,
            "comment": "Delivery explained, text message promised",
            "tags": ["delivery"],
            "generateTranscriptPdf": True,
            "transcriptEmail": {
                "sendToVisitor": True,
                "requestData": {"email": "ann@example.org", "subject": "Our conversation"},
            },
        },
    )
    _step(f"Closed, with a comment and a tag: {rid}")
    _show_pdf(desk, at_desk, rid, token, folder)
    _show_email(desk, folder)


def _agent(desk: _Desk, admin: _Desk, username: str, password: str) -> dict[str, Any]:
    del desk
    made: dict[str, Any] = admin.call(
        "POST",
        "users.create",
        json={
            "username": username,
            "name": "Maya",
            "email": f"{username}@example.org",
            "password": password,
            "verified": True,
        },
    )["user"]
    admin.call("POST", "livechat/users/agent", json={"username": username})
    return made


def _department(admin: _Desk, agent_id: str) -> str:
    made = admin.call(
        "POST",
        "livechat/department",
        json={
            "department": {
                "name": f"Demo {random_id(5)}",
                "email": "demo@example.org",
                "enabled": True,
                "showOnRegistration": False,
                "showOnOfflineForm": False,
            },
            "agents": [{"agentId": agent_id}],
        },
    )
    return str(made["department"]["_id"])


def _show_pdf(desk: _Desk, at_desk: _Desk, rid: str, token: str, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        query = {"token": token, "limit": 20}
        messages = desk.call("GET", f"livechat/messages.history/{rid}", params=query)["messages"]
        for message in messages:
            if "file" in message:
                link = message["attachments"][0]["title_link"]
                path = folder / "demo" / message["file"]["name"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(at_desk.fetch(f"../..{link}"))
                _step(f"The PDF transcript: {path}")
                return
        time.sleep(0.7)
    raise DemoFailed("the PDF transcript did not come within half a minute")


def _show_email(desk: _Desk, folder: Path) -> None:
    if desk.call("GET", "../../readyz")["mail"] == "smtp":
        _step("The e-mail transcript is on its way to ann@example.org through your SMTP server")
        return
    deadline = time.monotonic() + PATIENCE
    written: list[Path] = []
    while not written and time.monotonic() < deadline:
        written = sorted((folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime)
        time.sleep(0.2)
    if written:
        _step(f"The e-mail, written to a file because no SMTP server is set: {written[-1]}")
    else:
        _step(f"No SMTP server is set: the e-mail is in the mail folder of {folder}")


def _step(text: str, mark: str = "✓") -> None:
    click.echo(f"{mark} {text}")
