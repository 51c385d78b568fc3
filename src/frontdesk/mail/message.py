"""A mail as features describe it, and as it goes over the wire (RFC 5322, MIME)."""

import hashlib
import re
from datetime import UTC, datetime
from email import message_from_string
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, Policy, default
from typing import Any

import msgspec

from frontdesk.mail.address import DOMAIN, split_address


class _MessageIds(UnstructuredHeader, BaseHeader):
    """A header of Message-IDs: one to a line, whole, where the standard library would encode long
    ones so that nobody recognised them.
    """

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(self.split()) + policy.linesep


_headers = HeaderRegistry()
_headers.map_to_type("in-reply-to", _MessageIds)
_headers.map_to_type("references", _MessageIds)

#: Plain ASCII on the wire: every server takes it, and nobody on the way re-encodes it.
_POLICY = SMTP.clone(cte_type="7bit", header_factory=_headers)
#: Control characters, line and paragraph separators, and halves of surrogate pairs.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,128}@[A-Za-z0-9.-]{1,255}>")
_CONTENT_ID = re.compile(r"[A-Za-z0-9._+-]+(?:@[A-Za-z0-9.-]+)?")
_MEDIA_TYPE = re.compile(r"([A-Za-z0-9!#$&^_.+-]+)/([A-Za-z0-9!#$&^_.+-]+)")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A file in a mail: its bytes, or the id of a stored file that is read at sending."""

    name: str
    content_type: str
    content: bytes = b""
    file_id: str | None = None
    content_id: str = ""
    """How the HTML refers to an inline image: `<img src="cid:...">`."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to be sent. `date` is in milliseconds.

    What is left empty is filled in: sender, `message_id` (with angle brackets) and `date` by
    `sending`. Texts from outside that go into `subject` or a name pass through `one_line`.
    """

    to: list[str]
    subject: str
    text: str
    html: str | None = None
    inline: list[Part] = []
    attachments: list[Part] = []
    from_address: str = ""
    from_name: str = ""
    reply_to: str | None = None
    reply_to_name: str = ""
    message_id: str = ""
    date: int = 0
    in_reply_to: str = ""
    references: list[str] = []
    """Message-IDs of the mails before this one, the oldest first; odd ones are left out."""
    automatic: bool = True
    """Whether nobody wrote this mail, so that nobody's vacation shall answer (RFC 3834)."""


def one_line(text: str) -> str:
    """Return a text from outside as one line that a header can hold."""
    return " ".join(_FORBIDDEN.sub(" ", text).split())


def stable_message_id(key: str, domain: str) -> str:
    """Return the Message-ID for a key; the same key gives the same id."""
    host = domain if DOMAIN.fullmatch(domain) and "[" not in domain else "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def compose(outgoing: Outgoing) -> EmailMessage:
    """Return the message: headers, text, HTML with its images, attachments.

    Raises ValueError for an address that no header can hold, for a control character in an
    address, a name, the subject or the Message-ID, and for a part whose file was not read.
    """
    sender = _mailbox(outgoing.from_address, outgoing.from_name)
    recipients = [_mailbox(address) for address in outgoing.to]
    if not recipients:
        raise ValueError("a mail needs a recipient")
    reply_to = outgoing.reply_to and _mailbox(outgoing.reply_to, outgoing.reply_to_name)
    mailboxes = [sender, *recipients, *([reply_to] if reply_to else [])]
    plain = all(mailbox.addr_spec.isascii() for mailbox in mailboxes)
    message = EmailMessage(policy=_POLICY.clone(utf8=not plain))
    message["From"] = sender
    message["To"] = recipients
    if reply_to:
        message["Reply-To"] = reply_to
    message["Subject"] = _header_text(outgoing.subject)
    message["Date"] = datetime.fromtimestamp(outgoing.date / 1000, UTC)
    if not _MESSAGE_ID.fullmatch(outgoing.message_id):
        raise ValueError(f"not a Message-ID: {outgoing.message_id!r}")
    message["Message-ID"] = outgoing.message_id
    if is_message_id(outgoing.in_reply_to):
        message["In-Reply-To"] = outgoing.in_reply_to
    before = [each for each in outgoing.references if is_message_id(each)]
    if before:
        message["References"] = " ".join(before)
    if outgoing.automatic:
        message["Auto-Submitted"] = "auto-generated"
    _check_headers(message, sender, recipients)
    _add_content(message, outgoing)
    return message


def is_message_id(text: str) -> bool:
    """Tell whether a text is a Message-ID, with its angle brackets, that a header can hold."""
    return _MESSAGE_ID.fullmatch(text) is not None


def _mailbox(address: str, name: str = "") -> Address:
    parts = split_address(address)
    if parts is None:
        raise ValueError(f"not an address: {address!r}")
    local, domain = parts
    return Address(_header_text(name), local, domain)


def _header_text(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError(f"a header holds no control characters: {text!r}")
    return text


def _check_headers(message: EmailMessage, sender: Address, recipients: list[Address]) -> None:
    """Read the headers as a mail server does: what they say must be what was meant.

    The folding of long headers in the standard library has had mistakes (CVE-2025-1795).
    """
    read = message_from_string(message.as_bytes().decode(), policy=default)
    mailboxes = [*read["From"].addresses, *read["To"].addresses]
    if [mailbox.addr_spec for mailbox in mailboxes] != [
        mailbox.addr_spec for mailbox in (sender, *recipients)
    ] or read.keys() != message.keys():
        raise ValueError("the headers of the mail cannot be written")


def _add_content(message: EmailMessage, outgoing: Outgoing) -> None:
    message.set_content(outgoing.text)
    if outgoing.html is not None:
        message.add_alternative(outgoing.html, subtype="html")
        html = message.get_body(("html",))
        assert html is not None
        for part in outgoing.inline:
            if not _CONTENT_ID.fullmatch(part.content_id):
                raise ValueError(f"not a Content-ID: {part.content_id!r}")
            _add_related(html, part)
    for part in outgoing.attachments:
        maintype, subtype = _media_type(part)
        message.add_attachment(
            _bytes(part), maintype=maintype, subtype=subtype, filename=_header_text(part.name)
        )


def _add_related(html: MIMEPart, part: Part) -> None:
    maintype, subtype = _media_type(part)
    html.add_related(
        _bytes(part),
        maintype=maintype,
        subtype=subtype,
        cid=f"<{part.content_id}>",
        filename=_header_text(part.name),
        disposition="inline",
    )


def _media_type(part: Part) -> tuple[str, str]:
    found = _MEDIA_TYPE.fullmatch(part.content_type.partition(";")[0].strip())
    # Bytes cannot be a message or several parts; an odd type is a file like any other.
    if found is None or found[1].lower() in ("message", "multipart"):
        return "application", "octet-stream"
    return found[1], found[2]


def _bytes(part: Part) -> bytes:
    if part.file_id is not None:
        raise ValueError(f"the file {part.file_id} was not read")
    return part.content
