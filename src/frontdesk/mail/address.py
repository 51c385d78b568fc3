"""E-mail addresses: which ones the API accepts, and who our own mail comes from."""

import re
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Something, one @, something (messages notes, 1.10), without what could end the address in a
#: header or in a command to a mail server. What no header can hold is no address either: a mail
#: that cannot be written must not be promised.
_ADDRESS = re.compile(
    r"[^@\s<>,\x00-\x1f\x7f-\x9f\ud800-\udfff]+@[^@\s<>,\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
)
#: A host name in its ASCII form, or an address literal such as [192.0.2.1] (RFC 5321, 4.1.3).
DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[A-Za-z0-9.:]+\]")
#: An address whose last label has two to four letters (messages notes, 1.10).
_SENDER = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,4}\b")


def split_address(text: str) -> tuple[str, str] | None:
    """Return what stands before the @ and the domain in its ASCII form; None for no address."""
    if _ADDRESS.fullmatch(text) is None:
        return None
    local, domain = text.split("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return None
    # "=?" would be read as an encoded word and become another address.
    if not DOMAIN.fullmatch(domain) or local.startswith(".") or "=?" in local:
        return None
    return local, domain


def is_address(text: str) -> bool:
    """Tell whether the API accepts `text` as a recipient."""
    return split_address(text) is not None


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
