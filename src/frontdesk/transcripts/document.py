"""What a transcript says: the input of both renderers, free of databases and wire formats."""

from typing import Literal

from msgspec import Struct

AuthorKind = Literal["visitor", "agent", "system"]


class File(Struct, frozen=True, kw_only=True):
    """A file that was sent with a message.

    `size` is in bytes, None when unknown. `data` holds the bytes of an image that should be shown;
    None (or bytes that turn out not to be a picture) makes the renderers draw a box with the name.
    """

    name: str
    content_type: str = ""
    size: int | None = None
    data: bytes | None = None


class Quote(Struct, frozen=True, kw_only=True):
    """A message that another message answers to; `ts` in ms, None when unknown."""

    author: str
    text: str
    kind: AuthorKind = "agent"
    ts: int | None = None
    quotes: tuple["Quote", ...] = ()


class Line(Struct, frozen=True, kw_only=True):
    """One message: `text` is its Markdown source, `ts` the moment it was sent in ms.

    `author` is shown as given, so the caller decides whether agents appear by name; only the
    e-mail renderer replaces it, by the word for "You" on the visitor's messages. With `system`
    the text is a ready sentence: it is shown in italics and not read as Markdown.
    """

    author: str
    kind: AuthorKind
    ts: int
    text: str = ""
    system: bool = False
    files: tuple[File, ...] = ()
    quotes: tuple[Quote, ...] = ()


class Transcript(Struct, frozen=True, kw_only=True):
    """A whole conversation, ready to be rendered.

    Times are ms since the epoch; `closed_at` is None while the conversation is open. `language` is
    a code like "de" or "pt-BR" and `time_zone` an IANA name; unknown ones count as English and UTC.
    `messages` are shown in the order given.
    """

    site_name: str
    visitor: str
    opened_at: int
    agent: str | None = None
    department: str | None = None
    closed_at: int | None = None
    tags: tuple[str, ...] = ()
    comment: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    messages: tuple[Line, ...] = ()
