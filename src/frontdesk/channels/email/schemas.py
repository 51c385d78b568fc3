"""E-mail inboxes on the wire."""

from typing import Annotated, Any

import msgspec

from frontdesk.channels.records import Inbox
from frontdesk.clock import iso
from frontdesk.http.paging import ListQuery

_Name = Annotated[str, msgspec.Meta(max_length=255)]
_Text = Annotated[str, msgspec.Meta(max_length=2_000)]
_Host = Annotated[str, msgspec.Meta(max_length=253)]
_Secret = Annotated[str, msgspec.Meta(max_length=1_000)]
_Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class SmtpAccount(msgspec.Struct, forbid_unknown_fields=True):
    """The server that sends. An empty password leaves the one that is stored."""

    server: _Host
    port: _Port
    username: _Name
    password: _Secret
    secure: bool


class ImapAccount(msgspec.Struct, forbid_unknown_fields=True):
    """The server that receives; after `maxRetries` failed connections the inbox is switched off."""

    server: _Host
    port: _Port
    username: _Name
    password: _Secret
    secure: bool
    maxRetries: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 5


class SaveInbox(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST email-inbox; with `_id` that inbox is changed."""

    name: _Name
    email: _Name
    active: bool
    smtp: SmtpAccount
    imap: ImapAccount
    inbox_id: str | None = msgspec.field(default=None, name="_id")
    description: _Text | None = None
    senderInfo: _Name | None = None
    department: _Name | None = None


class InboxSearch(msgspec.Struct, forbid_unknown_fields=True):
    """Query of GET email-inbox.search."""

    email: str


class InboxListQuery(ListQuery):
    """Query of GET email-inbox.list."""


class RunCommand(msgspec.Struct):
    """Body of POST commands.run."""

    command: str
    roomId: str
    params: str | None = None
    tmid: str | None = None
    triggerId: str | None = None


def inbox_document(inbox: Inbox) -> dict[str, Any]:
    """Return an inbox as the API sends it; passwords do not leave the server."""
    document = {
        "_id": inbox.id,
        "active": inbox.active,
        "name": inbox.name,
        "email": inbox.email,
        "description": inbox.description,
        "senderInfo": inbox.sender_info,
        "department": inbox.department_id,
        "smtp": {**inbox.smtp, "password": ""},
        "imap": {**inbox.imap, "password": ""},
        "_createdAt": iso(inbox.created_at),
        "_updatedAt": iso(inbox.updated_at),
        "_createdBy": {"_id": inbox.created_by_id, "username": inbox.created_by_username},
    }
    return {name: value for name, value in document.items() if value is not None}
