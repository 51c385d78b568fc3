"""E-mail addresses: which ones the API accepts, and who our own mail comes from."""

import re
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Something, one @, something (messages notes, 1.10), without what could end the address in a
#: header or in a command to a mail server.
_ADDRESS = re.compile(
    r"[^@\s<>,\x00-\x1f\x7f-\x9f\ud800-\udfff]+@[^@\s<>,\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
)
#: An address whose last label has two to four letters (messages notes, 1.10).
_SENDER = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,4}\b")


def is_address(text: str) -> bool:
    """Tell whether the API accepts `text` as a recipient."""
    return _ADDRESS.fullmatch(text) is not None


def require_address(text: str) -> str:
    """Return `text`; raise Coded `invalid email` if it is no recipient."""
    if not is_address(text):
        raise Coded("invalid email")
    return text


def sender_address(from_email: str) -> str:
    """Return the address in a `From_Email` setting: the first one found, else all of the text."""
    found = _SENDER.search(from_email)
    return found.group() if found else from_email


def workspace_sender(settings: "Settings") -> str:
    """Return the address that mail of this workspace comes from.

    Where `From_Email` holds no usable address it is `no-reply` at the host of `Site_Url`, so
    that a workspace nobody has configured yet still produces mail.
    """
    from_email = settings.text("From_Email").strip()
    for candidate in (sender_address(from_email), parseaddr(from_email)[1]):
        if is_address(candidate):
            return candidate
    host = urlsplit(settings.text("Site_Url")).hostname or ""
    return f"no-reply@{host if host and ':' not in host else 'localhost'}"
