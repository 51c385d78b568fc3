"""A transcript as a PDF, set by Typst.

Everything that people wrote reaches the template as one JSON document, and pictures as SVG beside
it, through `sys.inputs`; none of it ever becomes Typst source.
"""

import re
from base64 import b64encode
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from frontdesk.texts import is_right_to_left, text
from frontdesk.transcripts.document import File, Transcript
from frontdesk.transcripts.flow import Flow, Picture
from frontdesk.transcripts.formats import Formats
from frontdesk.transcripts.images import Image, inspect_image
from frontdesk.transcripts.markup import one_line

if TYPE_CHECKING:
    import typst

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

_REMEMBERED_RUNS = 10
_forgetting = Lock()  # a compiler serves one thread at a time


def render_pdf(transcript: Transcript) -> bytes:
    """Return the transcript as an A4 PDF document.

    Pictures (JPEG and PNG) that turn out to be damaged are replaced by a box with their name.
    The first call loads Typst and the list of fonts; both stay loaded for the next one. It may
    be called from several threads. Raises `typst.TypstError` only for a fault in the template.
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


def _document(transcript: Transcript, pictures: _Pictures) -> str:
    """Return what the template reads: labels, header facts and the days, as JSON."""
    language = transcript.language
    formats = Formats(language, transcript.time_zone)
    flow = Flow(transcript, formats, pictures.show)
    end = transcript.opened_at if transcript.closed_at is None else transcript.closed_at
    document = msgspec.json.encode(
        {
            "site": one_line(transcript.site_name),
            "title": text("Chat_transcript", language),
            "visitor": one_line(transcript.visitor, 60),
            "lang": formats.locale.language[:3],
            "rtl": is_right_to_left(language),
            "fonts": _installed(_text_fonts(transcript)),
            "code_fonts": _installed((*_CODE, *_text_fonts(transcript))),
            "times": text("Times_are_in", language, zone=formats.zone(end)),
            "page": text("Page_x_of_y", language, page="\0", total="\1"),
            "shortened": text("Message_shortened", language),
            "empty": text("No_messages", language),
            "facts": flow.facts(),
            "days": flow.days(),
        }
    )
    return document.decode()


def _text_fonts(transcript: Transcript) -> tuple[str, ...]:
    """Order the fonts: Chinese and Japanese share characters that each draws its own way."""
    language = transcript.language.replace("_", "-").lower()
    if language.startswith(("zh-hant", "zh-hk")):
        language = "zh-tw"
    first = _HAN.get(language) or _HAN.get(language[:2])
    if first is None and any(re.search("[\u3040-\u30ff]", m.text) for m in transcript.messages):
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
    try:
        return typst.compile(_template(), sys_inputs=data, font_paths=_fonts())
    finally:
        _forget()


def _draws(picture: str) -> bool:
    import typst

    source = b'#image(bytes(sys.inputs.picture), format: "svg")'
    try:
        typst.compile(source, sys_inputs={"picture": picture}, font_paths=_fonts())
    except typst.TypstError:
        return False
    return True


def _forget() -> None:
    """Push the document out of Typst's cache.

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
def _template() -> bytes:
    return (files("frontdesk.transcripts") / "templates" / "transcript.typ").read_bytes()


@lru_cache(maxsize=1)
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts()


@lru_cache(maxsize=1)
def _families() -> frozenset[str]:
    return frozenset(_fonts().families())
