"""The HTTP face of e-mail inboxes."""

from typing import Any

from frontdesk.channels.email import inboxes
from frontdesk.channels.email.commands import run_command
from frontdesk.channels.email.schemas import (
    InboxListQuery,
    InboxSearch,
    RunCommand,
    SaveInbox,
)
from frontdesk.channels.email.testing import send_test
from frontdesk.http import Call, Routes
from frontdesk.http.paging import page

routes = Routes("Email Inbox")

_PERMISSIONS = ("manage-email-inbox",)
_ACCOUNT = {
    "server": "mail.example.org",
    "port": 465,
    "username": "help@example.org",
    "password": "",
    "secure": True,
}
_REQUEST = {
    "name": "Help",
    "email": "help@example.org",
    "active": False,
    "senderInfo": "The help desk",
    "smtp": {**_ACCOUNT, "password": "correct horse"},
    "imap": {**_ACCOUNT, "port": 993, "password": "correct horse"},
}
_INBOX = {
    "_id": "65f1c0ffee65f1c0ffee65f1",
    **_REQUEST,
    "smtp": _ACCOUNT,
    "imap": {**_ACCOUNT, "port": 993, "maxRetries": 5},
    "_createdAt": "2026-03-01T10:00:00.000Z",
    "_updatedAt": "2026-03-01T10:00:00.000Z",
    "_createdBy": {"_id": "rbAXPnMktTFbNpwtJ", "username": "admin"},
}
_ID = {"_id": _INBOX["_id"]}


@routes.get(
    "email-inbox.list",
    permissions=_PERMISSIONS,
    style="typed",
    example={"emailInboxes": [_INBOX], "count": 1, "offset": 0, "total": 1},
)
async def list_inboxes(call: Call, query: InboxListQuery) -> dict[str, Any]:
    """List the e-mail inboxes.

    By name unless sorted otherwise. Passwords are never told.
    """
    return await call.read(inboxes.list_inboxes, page(call.settings, query))


@routes.post(
    "email-inbox",
    permissions=_PERMISSIONS,
    style="typed",
    request=_REQUEST,
    example=_ID,
    refusals=(
        "error-invalid-email-inbox",
        "error-invalid-department",
        "Invalid email <email> [error-invalid-email]",
        "E11000 duplicate key error collection: email_inbox index: email_1 dup key: "
        '{ email: "<email>" }',
    ),
)
async def save_inbox(call: Call, body: SaveInbox) -> dict[str, Any]:
    """Make or change an e-mail inbox.

    With `_id` that inbox is changed; an empty password then leaves the stored one, as long as
    server, port and user name stay. `department` is an id or a name, `All` takes it away. While it
    is active, what arrives at the inbox becomes conversations.
    """
    return await call.write(inboxes.save_inbox, call.user, body)


@routes.get(
    "email-inbox.search", permissions=_PERMISSIONS, style="typed", example={"emailInbox": _INBOX}
)
async def search_inbox(call: Call, query: InboxSearch) -> dict[str, Any]:
    """Find the e-mail inbox with an address.

    Exactly that address; null if there is none.
    """
    return await call.read(inboxes.search_inbox, query)


@routes.get("email-inbox/{_id}", permissions=_PERMISSIONS, style="typed", example=_INBOX)
async def inbox(call: Call) -> dict[str, Any]:
    """Read an e-mail inbox.

    404 for an unknown id.
    """
    return await call.read(inboxes.read_inbox, call.path["_id"])


@routes.delete("email-inbox/{_id}", permissions=_PERMISSIONS, style="typed", example=_ID)
async def delete_inbox(call: Call) -> dict[str, Any]:
    """Remove an e-mail inbox.

    Its conversations stay, but no answers can be sent any more. 404 for an unknown id.
    """
    return await call.write(inboxes.delete_inbox, call.path["_id"])


_TEST: dict[str, Any] = {
    "permissions": _PERMISSIONS,
    "style": "typed",
    "example": _ID,
    "refusals": ("inbox-not-found", "user-without-verified-email"),
}


@routes.get("email-inbox.send-test/{_id}", **_TEST)
async def send_test_mail(call: Call) -> dict[str, Any]:
    """Send a test mail by an e-mail inbox.

    To the caller's own verified address.
    """
    return await call.write(send_test, call.settings, call.user, call.path["_id"])


routes.post("email-inbox.send-test/{_id}", **_TEST)(send_test_mail)

commands = Routes("Commands")


@commands.post(
    "commands.run",
    request={"command": "sendEmailAttachment", "roomId": "k3V", "params": "hG7kQn2ZxTzP4mWc9"},
    example={"result": {}},
    refusals=("The command provided does not exist (or is disabled).",),
)
async def run(call: Call, body: RunCommand) -> dict[str, Any]:
    """Run a slash command.

    There is one: `sendEmailAttachment`, whose `params` is the id of a message with a file, in a
    conversation by mail.
    """
    await call.write(run_command, call.settings, call.user, body.command, body.params or "")
    return {"result": {}}
