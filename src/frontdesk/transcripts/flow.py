"""A transcript laid out for the eye, the same for every renderer: days, turns of speech, notices.

Messages that one author sends within a few minutes form one turn with one name above it.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from frontdesk.texts import text
from frontdesk.transcripts.document import AuthorKind, File, Line, Quote, Transcript
from frontdesk.transcripts.formats import Formats
from frontdesk.transcripts.markup import Block, one_line, parse, runs_right_to_left

_TURN_MS = 5 * 60 * 1000
MAX_QUOTES_DEEP = 4
# Characters that fill about a quarter of a page; a line is about 60 of them.
_ONE_PIECE = 900
_LINE_LENGTH = 60
# Background of the initials; white on each of them has a contrast of at least 4.5 to 1 (WCAG AA).
_COLOURS = ("#4f46e5", "#0f766e", "#b45309", "#be185d", "#1d4ed8", "#7e22ce", "#15803d", "#b91c1c")


class Picture(Struct, frozen=True, omit_defaults=True):
    """An image that is shown: `source` and `width` are in the renderer's own terms."""

    source: str
    name: str
    width: int


class Attachment(Struct, frozen=True, omit_defaults=True):
    """A file that is only named: `badge` is its extension, `note` why it is not shown."""

    name: str
    badge: str
    size: str
    note: str


class QuoteView(Struct, frozen=True, omit_defaults=True):
    """A quoted message with its heading ("Ada · March 1, 2025 10:03 AM")."""

    author: str
    time: str
    blocks: list[Block]
    shortened: bool = False
    quotes: list["QuoteView"] = []


class Entry(Struct, frozen=True, omit_defaults=True):
    """One message of a turn; a `short` one had better not be torn apart by the end of a page."""

    time: str
    blocks: list[Block]
    shortened: bool = False
    quotes: list[QuoteView] = []
    pictures: list[Picture] = []
    files: list[Attachment] = []
    short: bool = False


class Turn(Struct, frozen=True, omit_defaults=True, tag_field="is"):
    """What one author says in a row."""

    author: str
    kind: AuthorKind
    time: str
    initials: str
    colour: str
    entries: list[Entry]


class Notice(Struct, frozen=True, omit_defaults=True, tag_field="is"):
    """A system message; `author` is empty when the sentence already names them."""

    text: str
    author: str
    time: str


class Day(Struct, frozen=True):
    """A day of the reader's zone and what happened on it."""

    label: str
    items: list[Turn | Notice]


class Fact(Struct, frozen=True):
    """A line of the header block; `kind` tells the long comment and the tags from the rest."""

    label: str
    value: str
    kind: Literal["line", "tags", "comment"] = "line"
    tags: list[str] = []
    rtl: bool | None = None


ShowPicture = Callable[[File], Picture | None]
NameAuthor = Callable[[str, AuthorKind], str]


class Flow:
    """Lays out one transcript.

    `show_picture` decides whether a file is drawn, and hands back how the renderer refers to it;
    `name_author` may rename authors (the visitor is "You" in an e-mail to them).
    """

    def __init__(
        self,
        transcript: Transcript,
        formats: Formats,
        show_picture: ShowPicture,
        name_author: NameAuthor = lambda author, kind: author,
    ) -> None:
        self._transcript = transcript
        self._formats = formats
        self._show_picture = show_picture
        self._name_author = name_author
        # What stands at an author's turns: name, initials, colour.
        self._authors: dict[tuple[str, AuthorKind], tuple[str, str, str]] = {}

    def days(self) -> list[Day]:
        """Return the messages by day, in the order they came."""
        days: list[Day] = []
        previous: Line | None = None
        for line in self._transcript.messages:
            label = self._formats.day(line.ts)
            if not days or days[-1].label != label:
                days.append(Day(label, []))
                previous = None
            if line.system:
                days[-1].items.append(self._notice(line))
                previous = None
                continue
            entry = self._entry(line)
            if entry is None:
                continue
            turn = days[-1].items[-1] if previous and _continues(previous, line) else None
            if not isinstance(turn, Turn):
                turn = self._turn(line)
                days[-1].items.append(turn)
            turn.entries.append(entry)
            previous = line
        return days

    def facts(self) -> list[Fact]:
        """Return the header block: who spoke, when, for how long, and how it ended."""
        transcript, formats, language = self._transcript, self._formats, self._transcript.language
        opened, closed = transcript.opened_at, transcript.closed_at
        visitor = text("Visitor", language)
        agent = one_line(transcript.agent or "") or text("Not_assigned", language)
        facts = [
            Fact(text("Customer", language), one_line(transcript.visitor) or visitor),
            Fact(text("Agent", language), agent),
        ]
        if transcript.department:
            facts.append(Fact(text("Department", language), one_line(transcript.department)))
        facts.append(Fact(text("Started", language), formats.moment(opened)))
        if closed is None:
            facts.append(Fact(text("Closed", language), text("Still_open", language)))
        else:
            facts.append(Fact(text("Closed", language), formats.moment(closed)))
            facts.append(Fact(text("Duration", language), formats.duration(closed - opened)))
        tags = [one_line(tag, 40) for tag in transcript.tags if tag.strip()]
        if tags:
            facts.append(Fact(text("Tags", language), ", ".join(tags), "tags", tags))
        comment = one_line(transcript.comment, 2_000)
        if comment:
            rtl = runs_right_to_left(comment)
            facts.append(Fact(text("Closing_comment", language), comment, "comment", rtl=rtl))
        return facts

    def author(self, author: str, kind: AuthorKind) -> str:
        """Return what an author is called; nobody but the system remains without a name."""
        name = one_line(self._name_author(author, kind))
        if name or kind == "system":
            return name
        return text("Visitor" if kind == "visitor" else "Agent", self._transcript.language)

    def _turn(self, line: Line) -> Turn:
        known = (line.author, line.kind)
        if known not in self._authors:
            name = self.author(*known)
            colour = _COLOURS[len(self._authors) % len(_COLOURS)]
            self._authors[known] = (name, initials(one_line(line.author)), colour)
        author, letters, colour = self._authors[known]
        return Turn(author, line.kind, self._formats.time(line.ts), letters, colour, [])

    def _entry(self, line: Line) -> Entry | None:
        """Return the message as it is drawn; None when nothing of it can be."""
        body = parse(line.text)
        pictures: list[Picture] = []
        files: list[Attachment] = []
        for file in line.files:
            picture = self._show_picture(file) if file.data else None
            if picture:
                pictures.append(picture)
            else:
                files.append(self._attachment(file))
        quotes = [self._quote(quote) for quote in line.quotes]
        if not (body.blocks or pictures or files or quotes):
            return None
        length = _length(line.text) + sum(map(_quote_length, line.quotes))
        short = length < _ONE_PIECE and len(line.files) <= 1
        time = self._formats.time(line.ts)
        return Entry(time, body.blocks, body.shortened, quotes, pictures, files, short)

    def _quote(self, quote: Quote, depth: int = 1) -> QuoteView:
        body = parse(quote.text)
        inner = quote.quotes if depth < MAX_QUOTES_DEEP else ()
        return QuoteView(
            self.author(quote.author, quote.kind),
            "" if quote.ts is None else self._formats.moment(quote.ts),
            body.blocks,
            body.shortened,
            [self._quote(each, depth + 1) for each in inner],
        )

    def _notice(self, line: Line) -> Notice:
        sentence = one_line(line.text, 2_000)
        author = self.author(line.author, line.kind)
        named = not author or author in sentence
        return Notice(sentence, "" if named else author, self._formats.time(line.ts))

    def _attachment(self, file: File) -> Attachment:
        note = text("Attachment_format_not_supported", self._transcript.language)
        size = "" if file.size is None else self._formats.size(file.size)
        name = one_line(file.name) or text("Attachment", self._transcript.language)
        extension = name.rpartition(".")[2] if "." in name else ""
        badge = extension.upper() if extension.isalnum() and len(extension) <= 4 else ""
        return Attachment(name, badge, size, note)


def initials(name: str) -> str:
    """Return one or two characters that stand for a name, "?" when it has no letters."""
    words = ["".join(filter(str.isalnum, word)) for word in name.split()]
    words = [word for word in words if word]
    if not words:
        return "?"
    first, last = words[0][0], words[-1][0]
    # Two letters of a script without capitals (Arabic, Han, Hebrew) do not read as initials.
    if len(words) == 1 or first.upper() == first.lower():
        return first.upper()[0]
    return first.upper()[0] + last.upper()[0]


def _length(text: str) -> int:
    return len(text) + _LINE_LENGTH * text.count("\n")


def _quote_length(quote: Quote) -> int:
    inner = sum(map(_quote_length, quote.quotes))
    return 2 * _LINE_LENGTH + _length(quote.text) + inner


def _continues(previous: Line, line: Line) -> bool:
    same = (previous.author, previous.kind) == (line.author, line.kind)
    return same and 0 <= line.ts - previous.ts < _TURN_MS
