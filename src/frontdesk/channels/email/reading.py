"""Reading a mail as it came from the server: never trusting it, and never failing over it.

Mails are written by anybody and by bad programs. Every header is read on its own; what cannot be
read is left out; sizes and numbers are bounded.
"""

import email
import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message as Part
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parseaddr
from typing import Any

import msgspec

from frontdesk.channels.email.html_text import html_to_text
from frontdesk.mail.address import is_address
from frontdesk.mail.message import one_line
from frontdesk.messages.upload_form import file_name

#: Bytes of a mail that are read at the most. Of a larger one only the beginning is, for its text.
LARGEST = 25 * 1024 * 1024
BEGINNING = 1024 * 1024
#: Parts that are looked at, and files that are kept.
MOST_PARTS = 200
MOST_FILES = 20
#: Lines that are taken apart: more than the largest mail has that any program would write.
MOST_LINES = 1_000_000
#: Bytes of HTML; the time that broken HTML takes grows faster than its size.
LARGEST_HTML = 128 * 1024
#: Characters of a text, of a header, and of the Message-ID of another mail.
LONGEST_TEXT = 30_000
LONGEST_HEADER = 10_000
LONGEST_ID = 250
LONGEST_SUBJECT = 500
LONGEST_NAME = 255
LONGEST_ADDRESS = 254
#: Mails before this one that are looked for.
MOST_REFERENCES = 50

_ID = re.compile(r"<[^<>\s]{1,400}>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}")
#: Marks of mails that no person wrote, besides `Auto-Submitted` (RFC 3834). Not `Precedence: list`:
#: many a support address is a list that passes mails on.
_RESPONDERS = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply")
_MASSES = ("bulk", "junk", "auto_reply")


class MailFile(msgspec.Struct, frozen=True):
    """A file that came with a mail."""

    name: str
    content_type: str
    content: bytes


class Mail(msgspec.Struct, frozen=True):
    """A mail, understood. `references` are the Message-IDs of the mails before it, the oldest
    first; `left_out` counts files that are not among `files`.
    """

    message_id: str
    sender: str
    sender_name: str
    reply_to: str
    subject: str
    references: list[str]
    automatic: bool
    text: str
    files: list[MailFile]
    left_out: int


def read_mail(content: bytes, *, complete: bool = True) -> Mail:
    """Return what a mail says; not `complete`, only its beginning is given and its files are not
    looked at. Any bytes will do: what is missing is empty.
    """
    if content.count(b"\n") > MOST_LINES:
        content, complete = content[:BEGINNING], False
    try:
        message = email.message_from_bytes(content, policy=compat32)
    except Exception:  # for instance where parts are nested by the thousand
        message, complete = _headers_of(content), False
    sender_name, sender = _mailbox(message, "from")
    body = _Body(message, complete=complete)
    return Mail(
        message_id=_message_id(message),
        sender=sender,
        sender_name=sender_name,
        reply_to=_mailbox(message, "reply-to")[1] or sender,
        subject=_header(message, "subject")[:LONGEST_SUBJECT],
        references=_references(message),
        automatic=_is_automatic(message),
        text=body.text(),
        files=body.files,
        left_out=body.left_out,
    )


def _headers_of(content: bytes) -> Part:
    try:
        return BytesHeaderParser(policy=compat32).parsebytes(content)
    except Exception:
        return Part(policy=compat32)


# Headers -------------------------------------------------------------------------------------


def _raw(message: Part, name: str) -> str:
    try:
        value = message.get(name)
        return "" if value is None else str(value)[:LONGEST_HEADER]
    except Exception:
        return ""


def _decoded(raw: str) -> str:
    try:
        text = str(make_header(decode_header(raw)))
    except Exception:
        text = raw
    return one_line(text)


def _header(message: Part, name: str) -> str:
    return _decoded(_raw(message, name))


def _mailbox(message: Part, name: str) -> tuple[str, str]:
    """Return the name and the address (in lower case) of the first mailbox in a header."""
    try:
        shown, address = parseaddr(" ".join(_raw(message, name).split()))
    except Exception:
        return "", ""
    if len(address) > LONGEST_ADDRESS or not is_address(address):
        return "", ""
    return _decoded(shown)[:LONGEST_NAME], address.lower()


def _message_id(message: Part) -> str:
    found = _ID.search(_raw(message, "message-id"))
    return found.group() if found else ""


def _references(message: Part) -> list[str]:
    text = f"{_raw(message, 'references')} {_raw(message, 'in-reply-to')}"
    ids = [each for each in _ID.findall(text) if len(each) <= LONGEST_ID]
    return list(dict.fromkeys(ids))[-MOST_REFERENCES:]


def _is_automatic(message: Part) -> bool:
    submitted = _raw(message, "auto-submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _raw(message, "precedence").strip().lower() in _MASSES
        or any(_raw(message, name).strip() for name in _RESPONDERS)
        or _raw(message, "return-path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
    )


# Body ----------------------------------------------------------------------------------------


class _Body:
    """The texts and files among the parts of a mail."""

    def __init__(self, message: Part, *, complete: bool) -> None:
        self.files: list[MailFile] = []
        self.left_out = 0
        self._plain: str | None = None
        self._html: str | None = None
        for part in _leaves(message):
            try:
                self._take(part, complete=complete)
            except Exception:  # one broken part is no reason to lose the others
                self.left_out += 1

    def text(self) -> str:
        """Return the text of the HTML part, else the plain one."""
        html, plain = self._html, self._plain
        if html is not None and plain is not None and len(html) > LARGEST_HTML:
            html = None
        text = html_to_text(html[:LARGEST_HTML]) if html is not None else ""
        text = _CONTROL.sub("", (text or plain or "").replace("\r\n", "\n")).strip()
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\u2026"

    def _take(self, part: Part, *, complete: bool) -> None:
        kind = part.get_content_type().lower()
        name = part.get_filename()
        inline = (part.get_content_disposition() or "inline") == "inline" and not name
        if inline and kind == "text/plain" and self._plain is None:
            self._plain = _text(part)
        elif inline and kind == "text/html" and self._html is None:
            self._html = _text(part)
        elif not complete or len(self.files) == MOST_FILES:
            self.left_out += 1
        else:
            self._keep(part, kind, name)

    def _keep(self, part: Part, kind: str, name: str | None) -> None:
        content = _bytes(part)
        if not content:
            return
        shown = file_name(_decoded(str(name))) if name else f"{kind.partition('/')[0]}"
        kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
        self.files.append(MailFile(shown, kind, content))


def _leaves(message: Part) -> Iterator[Part]:
    """Return the parts that hold something, in their order. A mail in a mail is one of them."""
    waiting: list[Any] = [message]
    seen = 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list) and part.get_content_maintype() != "message":
            waiting.extend(reversed(payload[:MOST_PARTS]))
        else:
            yield part


def _bytes(part: Part) -> bytes:
    if part.is_multipart():  # a mail in a mail
        inner: Any = part.get_payload(0)
        return bytes(inner.as_bytes())
    content: Any = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Part) -> str:
    content = _bytes(part)
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):  # a character set that nobody knows
        return content.decode("utf-8", "replace")
