"""A transcript as a PDF, set by Typst.

Everything that people wrote reaches the template as one JSON document, and pictures as SVG beside
it, through `sys.inputs`; none of it ever becomes Typst source.
"""

import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from frontdesk.texts import is_right_to_left, text
from frontdesk.transcripts.document import File, Transcript
from frontdesk.transcripts.flow import Entry, Flow, Notice, Picture, Turn
from frontdesk.transcripts.formats import Formats
from frontdesk.transcripts.images import Image, inspect_image
from frontdesk.transcripts.markup import Span, one_line

if TYPE_CHECKING:
    import typst

_TEMPLATE = Path(__file__).with_name("templates") / "transcript.typ"

# Points; a pixel is drawn as 1/96 inch when there is room.
_PICTURE_WIDTH = 270.0
_PICTURE_HEIGHT = 260.0
_POINTS_PER_PIXEL = 0.75

# SVG matrices that undo each EXIF orientation; {w} and {h} are the stored width and height.
_UPRIGHT = {
    1: "1 0 0 1 0 0",
    2: "-1 0 0 1 {w} 0",
    3: "-1 0 0 -1 {w} {h}",
    4: "1 0 0 -1 0 {h}",
    5: "0 1 1 0 0 0",
    6: "0 1 -1 0 {h} 0",
    7: "0 -1 -1 0 {h} {w}",
    8: "0 -1 1 0 0 {w}",
}

_LETTERS = ("Noto Sans", "Inter", "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica")
_SCRIPTS = ("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai", "Noto Sans Devanagari")
_HAN = {
    "ja": ("Noto Sans CJK JP", "Noto Sans JP"),
    "ko": ("Noto Sans CJK KR", "Noto Sans KR"),
    "zh-tw": ("Noto Sans CJK TC", "Noto Sans TC"),
    "zh": ("Noto Sans CJK SC", "Noto Sans SC"),
}
_EMOJI = ("Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", "Noto Emoji")
_SIGNS = ("Noto Sans Symbols", "Noto Sans Symbols2", "Noto Sans Math", "DejaVu Sans")
_CODE = ("Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono", "Courier New")
# Part of Typst itself, so a machine without any fonts still gets a transcript.
_EMBEDDED = ("Libertinus Serif",)

_KANA = re.compile("[\u3040-\u30ff]")
# Too long for a line, perhaps. The template lets such words break, but not where it gets a string.
_ENDLESS_WORD = re.compile("[!-~\xa1-\u052f]{32}")

_REMEMBERED_RUNS = 10
_forgetting = Lock()  # a compiler serves one thread at a time


def render_pdf(transcript: Transcript) -> bytes:
    """Return the transcript as an A4 PDF document.

    Pictures (JPEG and PNG) that turn out to be damaged are replaced by a box with their name.
    The first call loads Typst and the list of fonts; both stay loaded for the next one. It may
    be called from several threads. Call `forget_documents` afterwards. Raises `typst.TypstError`
    only for a fault in the template.
    """
    import typst

    pictures = _Pictures()
    document = _document(transcript, pictures)
    try:
        return _compile(document, pictures.drawings)
    except typst.TypstError:
        broken = {name for name, drawing in pictures.drawings.items() if not _draws(drawing)}
        if not broken:
            raise
    pictures = _Pictures(broken)
    document = _document(transcript, pictures)
    return _compile(document, pictures.drawings)


class _Pictures:
    """Collects the pictures to embed, named by the order in which they are met."""

    def __init__(self, broken: frozenset[str] | set[str] = frozenset()) -> None:
        self.drawings: dict[str, str] = {}
        self._broken = broken
        self._met = 0

    def show(self, file: File) -> Picture | None:
        image = inspect_image(file.data or b"")
        if image is None or image.format not in ("png", "jpeg"):
            return None
        self._met += 1
        name = f"picture-{self._met}"
        if name in self._broken:
            return None
        self.drawings[name] = _drawing(image, file.data or b"")
        seen_width, seen_height = image.seen()
        width = min(
            seen_width * _POINTS_PER_PIXEL,
            _PICTURE_WIDTH,
            _PICTURE_HEIGHT * seen_width / seen_height,
        )
        return Picture(name, one_line(file.name), max(round(width), 1))


def _drawing(image: Image, data: bytes) -> str:
    """Wrap a picture into SVG, turned upright.

    Typst takes data from memory as text only, and passes a JPEG inside an SVG on to the PDF
    without unpacking it. It does not look at EXIF there, hence the transform.
    """
    (width, height), (seen_width, seen_height) = (image.width, image.height), image.seen()
    turn = _UPRIGHT[image.orientation].format(w=width, h=height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{seen_width}" height="{seen_height}">'
        f'<image width="{width}" height="{height}" transform="matrix({turn})" '
        f'href="data:image/{image.format};base64,{b64encode(data).decode()}"/></svg>'
    )


class _Speaker(Struct, frozen=True, array_like=True):
    """What is the same at all turns of an author, so that Typst sets it once."""

    name: str
    initials: str
    colour: str
    mine: bool


class _Speech(Struct, frozen=True, array_like=True):
    """A turn: who (the place among the speakers), when, and what was said.

    Each message comes with its time, empty when that stands above it already. A turn that is
    `whole` had better not be torn apart by the end of a page.
    """

    speaker: int
    time: str
    whole: bool
    messages: list[tuple[str, str | list[Span] | Entry]]


def _document(transcript: Transcript, pictures: _Pictures) -> str:
    """Return what the template reads: labels, header facts, speakers and the days, as JSON."""
    language = transcript.language
    right_to_left = is_right_to_left(language)
    formats = Formats(language, transcript.time_zone)
    flow = Flow(transcript, formats, pictures.show)
    fonts = _text_fonts(transcript)
    speakers: dict[_Speaker, int] = {}
    days = [
        {"label": day.label, "items": [_item(item, speakers, right_to_left) for item in day.items]}
        for day in flow.days()
    ]
    end = transcript.opened_at if transcript.closed_at is None else transcript.closed_at
    document = msgspec.json.encode(
        {
            "site": one_line(transcript.site_name),
            "title": text("Chat_transcript", language),
            "visitor": one_line(transcript.visitor, 60),
            "lang": formats.locale.language[:3],
            "rtl": right_to_left,
            "fonts": _installed(fonts),
            "code_fonts": _installed((*_CODE, *fonts)),
            "times": text("Times_are_in", language, zone=formats.zone(end)),
            "page": text("Page_x_of_y", language, page="\0", total="\1"),
            "shortened": text("Message_shortened", language),
            "empty": text("No_messages", language),
            "facts": flow.facts(),
            "speakers": list(speakers),
            "days": days,
        }
    )
    return document.decode()


def _item(
    item: Turn | Notice, speakers: dict[_Speaker, int], right_to_left: bool
) -> _Speech | Notice:
    """Return an item of a day as the template reads it, and note its speaker."""
    if isinstance(item, Notice):
        return item
    speaker = _Speaker(item.author, item.initials, item.colour, item.kind == "visitor")
    number = speakers.setdefault(speaker, len(speakers))
    speech = _Speech(number, item.time, len(item.entries) == 1 and item.entries[0].short, [])
    shown = item.time
    for entry in item.entries:
        time = "" if entry.time == shown else entry.time
        speech.messages.append((time, _said(entry, right_to_left)))
        shown = entry.time
    return speech


def _said(entry: Entry, right_to_left: bool) -> str | list[Span] | Entry:
    """Return the words of a short plain message, the spans of a short line, or all of another.

    Most messages are a few words in the direction of the page. Typst sets them faster when it need
    not look for all the rest that a message may have.
    """
    blocks = entry.blocks
    more = entry.quotes or entry.pictures or entry.files or entry.shortened or len(blocks) != 1
    if more or not entry.short or blocks[0].kind != "text":
        return entry
    if blocks[0].rtl not in (None, right_to_left):
        return entry
    spans = blocks[0].spans
    words = spans[0].text
    plain = spans == [Span(words)] and not _ENDLESS_WORD.search(words)
    return words if plain else spans


def _text_fonts(transcript: Transcript) -> tuple[str, ...]:
    """Order the fonts: Chinese and Japanese share characters that each draws its own way."""
    language = transcript.language.replace("_", "-").lower()
    if language.startswith(("zh-hant", "zh-hk")):
        language = "zh-tw"
    first = _HAN.get(language) or _HAN.get(language[:2])
    if first is None and any(
        _KANA.search(m.text) for m in transcript.messages if not m.text.isascii()
    ):
        first = _HAN["ja"]
    han = [family for families in _HAN.values() for family in families]
    # One family of letters only: the next ones hold signs too, and would draw emoji in black.
    letters = _installed(_LETTERS)[:1]
    return (*letters, *_SCRIPTS, *(first or ()), *han, *_EMOJI, *_SIGNS, *_EMBEDDED)


def _installed(families: tuple[str, ...]) -> list[str]:
    return [family for family in dict.fromkeys(families) if family in _families()]


def _compile(document: str, pictures: dict[str, str]) -> bytes:
    import typst

    data = {"transcript": document, **pictures}
    # By its path: of a source given as bytes Typst keeps a little for ever, at each run.
    return typst.compile(_TEMPLATE, sys_inputs=data, font_paths=_fonts())


def _draws(picture: str) -> bool:
    import typst

    source = b'#image(bytes(sys.inputs.picture), format: "svg")'
    try:
        typst.compile(source, sys_inputs={"picture": picture}, font_paths=_fonts())
    except typst.TypstError:
        return False
    return True


def forget_documents() -> None:
    """Push the documents of earlier calls out of Typst's cache; for when nobody waits.

    Typst remembers the layout of whatever took part in the last ten runs, for editors that compile
    the same text again and again: about 10 MB for 200 messages. A transcript is made once, so ten
    runs of an empty document follow it (4 ms, most of them spent on freeing the memory).
    """
    with _forgetting:
        for _ in range(_REMEMBERED_RUNS + 1):
            _empty_compiler().compile(b"", format="svg")


@lru_cache(maxsize=1)
def _empty_compiler() -> "typst.Compiler":
    import typst

    return typst.Compiler(
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    )


@lru_cache(maxsize=1)
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts()


@lru_cache(maxsize=1)
def _families() -> frozenset[str]:
    return frozenset(_fonts().families())
