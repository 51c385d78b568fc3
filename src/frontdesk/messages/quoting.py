"""Quotes: a link to another message of this workspace shows that message."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from frontdesk.clock import iso
from frontdesk.db import Tx
from frontdesk.messages.records import Message
from frontdesk.messages.storing import find_message

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Whether the author may read a message that the text links to.
MayQuote: TypeAlias = Callable[[Message], bool]

#: Links of one message that are looked at.
MOST_QUOTES = 5


def with_quotes(tx: Tx, settings: "Settings", message: Message, may_quote: MayQuote) -> Message:
    """Return the message with an attachment for each message of ours that its text links to.

    A link to what the author may not read stays a link. `message` itself is changed.
    """
    extras = message.extras or {}
    quotes = []
    for url in extras.get("urls", ())[:MOST_QUOTES]:
        quoted = _linked_message(tx, settings, url["url"])
        if quoted is None or quoted.hidden or quoted.id == message.id or not may_quote(quoted):
            continue
        quotes.append(_quote(settings, quoted, url["url"]))
    others = [each for each in extras.get("attachments", ()) if not is_quote(each)]
    if quotes or len(others) != len(extras.get("attachments", ())):
        message.extras = {**extras, "attachments": [*quotes, *others]}
    return message


def is_quote(attachment: dict[str, Any]) -> bool:
    """Tell whether an attachment shows another message of ours."""
    return "message_link" in attachment and "author_name" in attachment and "md" in attachment


def _linked_message(tx: Tx, settings: "Settings", address: str) -> Message | None:
    site = settings.text("Site_Url").rstrip("/")
    if not site or not address.startswith(f"{site}/"):
        return None
    message_ids = parse_qs(urlsplit(address).query).get("msg")
    return find_message(tx, message_ids[0]) if message_ids else None


def _quote(settings: "Settings", quoted: Message, address: str) -> dict[str, Any]:
    extras = quoted.extras or {}
    levels = settings.number("Message_QuoteChainLimit") - 1
    return {
        "text": quoted.text,
        "md": extras.get("md", []),
        "author_name": quoted.alias or quoted.author_username,
        "author_icon": f"/avatar/{quoted.author_username}",
        "message_link": address,
        "ts": iso(quoted.sent_at),
        "attachments": _nested(extras.get("attachments", []), levels),
    }


def _nested(attachments: list[dict[str, Any]], levels: int) -> list[dict[str, Any]]:
    """Return the attachments of a quoted message with `levels` of quotes left in them."""
    kept = []
    for each in attachments:
        if not is_quote(each):
            kept.append(each)
        elif levels > 0:
            inner = _nested(each.get("attachments", []), levels - 1)
            kept.append({**each, "attachments": inner})
    return kept
