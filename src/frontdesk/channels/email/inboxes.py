"""The inboxes of a workspace: which mailboxes are conversations.

Source: behaviour of the API, messages, section 8.1.
"""

from typing import Any

import msgspec

from frontdesk.channels import queries
from frontdesk.channels.email.schemas import InboxSearch, SaveInbox, inbox_document
from frontdesk.channels.records import Inbox, Watch
from frontdesk.db import Tx
from frontdesk.errors import Coded, NotFound, Refused
from frontdesk.http.call import Principal
from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page
from frontdesk.ids import hex_id
from frontdesk.mail.address import is_address
from frontdesk.mail.message import one_line
from frontdesk.workforce.finding import department_by_id_or_name

#: The stream that says that inboxes have changed; its key is the inbox.
CHANGED = "email-inbox"
#: What clients send to take the department away.
_NO_DEPARTMENT = ("All", "")


def list_inboxes(tx: Tx, page: Page) -> dict[str, Any]:
    """Return the inboxes, by name unless sorted otherwise."""
    documents = [inbox_document(each) for each in tx.all(queries.ALL_INBOXES)]
    return listed_page("emailInboxes", documents, page, [("name", 1)])


def read_inbox(tx: Tx, inbox_id: str) -> dict[str, Any]:
    """Return an inbox; raises NotFound."""
    return inbox_document(_inbox(tx, inbox_id))


def search_inbox(tx: Tx, query: InboxSearch) -> dict[str, Any]:
    """Return the inbox with exactly that address, or null."""
    found = tx.one(queries.INBOX_BY_EMAIL, email=query.email)
    return {"emailInbox": None if found is None else inbox_document(found)}


def save_inbox(tx: Tx, user: Principal, given: SaveInbox) -> dict[str, Any]:
    """Make an inbox, or change the one with the given id; return its id.

    Raises Refused `error-invalid-email-inbox` for an unknown id, `error-invalid-department`, and
    for an address that another inbox has what a database would say (clients look for `E11000`);
    Coded `error-invalid-email`.
    """
    before = tx.one(queries.INBOX, inbox_id=given.inbox_id) if given.inbox_id else None
    if given.inbox_id and before is None:
        raise Refused("error-invalid-email-inbox")
    if not is_address(given.email):
        shown = given.email[:254]
        raise Coded("error-invalid-email", f"Invalid email {shown}", {"email": shown})
    inbox = Inbox(
        id=hex_id() if before is None else before.id,
        name=given.name,
        email=given.email,
        active=given.active,
        description=given.description,
        sender_info=None if given.senderInfo is None else one_line(given.senderInfo),
        department_id=_department(tx, given.department, before),
        smtp=_account(given.smtp, None if before is None else before.smtp),
        imap=_account(given.imap, None if before is None else before.imap),
        created_by_id=user.id if before is None else before.created_by_id,
        created_by_username=user.username if before is None else before.created_by_username,
        created_at=tx.now if before is None else before.created_at,
        updated_at=tx.now if before is None else max(tx.now, before.updated_at + 1),
    )
    if before is not None:
        # Written anew, so that the unique rule decides about the address of either.
        tx.run(queries.DELETE_INBOX, inbox_id=inbox.id)
    if not tx.insert(queries.INSERT_INBOX, inbox):
        raise Refused(
            "E11000 duplicate key error collection: email_inbox index: email_1 dup key: "
            f'{{ email: "{inbox.email}" }}'
        )
    tx.insert(queries.INSERT_WATCH, Watch(inbox.id))
    if before is not None and _is_elsewhere(before, inbox):
        tx.patch(queries.PATCH_WATCH, inbox.id, uid_validity=None, last_uid=0, tries=0)
    tx.emit(CHANGED, inbox.id)
    return {"_id": inbox.id}


def delete_inbox(tx: Tx, inbox_id: str) -> dict[str, Any]:
    """Remove an inbox; conversations stay, and mails are not touched. Raises NotFound."""
    inbox = _inbox(tx, inbox_id)
    tx.run(queries.DELETE_INBOX, inbox_id=inbox.id)
    tx.run(queries.DELETE_WATCH, inbox_id=inbox.id)
    tx.run(queries.FORGET_HISTORY, inbox_id=inbox.id)
    tx.emit(CHANGED, inbox.id)
    return {"_id": inbox.id}


def inbox_by_address(tx: Tx, address: str) -> Inbox | None:
    """Return the inbox with exactly that address, if it is switched on."""
    found = tx.one(queries.INBOX_BY_EMAIL, email=address)
    return found if found is not None and found.active else None


def switch_off(tx: Tx, inbox: Inbox) -> None:
    """Switch an inbox off, unless it was changed since it was read."""
    now = tx.one(queries.INBOX, inbox_id=inbox.id)
    if now is not None and now.updated_at == inbox.updated_at:
        tx.patch(queries.PATCH_INBOX, inbox.id, active=False, updated_at=tx.now)
        tx.emit(CHANGED, inbox.id)


def _inbox(tx: Tx, inbox_id: str) -> Inbox:
    inbox = tx.one(queries.INBOX, inbox_id=inbox_id)
    if inbox is None:
        raise NotFound
    return inbox


def _department(tx: Tx, given: str | None, before: Inbox | None) -> str | None:
    if given in _NO_DEPARTMENT:
        return None
    if given is None:
        return None if before is None else before.department_id
    department = department_by_id_or_name(tx, given)
    if department is None:
        raise Refused("error-invalid-department")
    return department.id


def _account(given: msgspec.Struct, before: dict[str, Any] | None) -> dict[str, Any]:
    """Return an account as it is stored. Clients were never told the password: without one the
    stored one stays, but only for the server and the user that it belongs to.
    """
    account: dict[str, Any] = msgspec.to_builtins(given)
    if before is not None and not account["password"]:
        same = all(account[name] == before[name] for name in ("server", "port", "username"))
        account["password"] = before["password"] if same else ""
    return account


def _is_elsewhere(before: Inbox, after: Inbox) -> bool:
    return any(before.imap[name] != after.imap[name] for name in ("server", "port", "username"))
