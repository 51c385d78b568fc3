"""Message text into paragraphs, lists, quotes and code that any renderer can draw.

The dialect is that of the API's clients: `*bold*` and `**bold**`, `_italic_` and `__italic__`,
`~strike~` and `~~strike~~`, `` `code` ``, fenced code, `[label](url)`, lists, headings and quotes.
Line breaks are kept, HTML is text like any other.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# Agents' messages end at 5,000 characters (setting Message_MaxAllowedSize), visitors' do not end.
MAX_CHARACTERS = 10_000
MAX_LINES = 400

# Beyond this nothing readable is left of the page's width, and every level costs layout depth.
_MAX_NESTING = 10
# Every open bracket may start a link that the parser looks for to the end: n of them cost n * n.
_MAX_BRACKETS = 200

_MARKUP = re.compile(r"[*_~`\[\\#>]|^\s*(?:[-+]|\d{1,9}[.)])\s", re.M)
_URL = re.compile(r"https?://[^\s<>\"]+", re.I)
_SAFE_LINK = re.compile(r"(https?://|mailto:|tel:)", re.I)
_STRIKE = re.compile(r"~(?![~\s])([^~\n]+)(?<!\s)~(?!~)")
# Controls (tab and line feed excepted), halves of surrogate pairs, non-characters, and the two
# overrides of writing direction, which can only make a text read as something that it is not.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
# Accents piled on one letter by the hundred; no language needs more than a few.
_ACCENT = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILED_ACCENTS = re.compile(f"({_ACCENT}{{4}}){_ACCENT}+")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85]")
# More than two blank lines in a row.
_PARAGRAPH_ENDS = re.compile(r"\n[ \t]*\n")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}(?=\n)")


class Span(Struct, frozen=True, omit_defaults=True):
    """A piece of a line: one look, perhaps one link. `text` may hold line feeds."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    href: str = ""


class Block(Struct, frozen=True, omit_defaults=True):
    """A paragraph, heading or code (`spans`), or a quote or list (`items`, each made of blocks).

    `level` is that of a heading, `start` the first number of an ordered list, `rtl` whether the
    text runs from right to left (None when it has no letters that tell).
    """

    kind: Literal["text", "heading", "code", "quote", "list"]
    spans: list[Span] = []
    items: list[list["Block"]] = []
    level: int = 0
    start: int | None = None
    rtl: bool | None = None


class Body(Struct, frozen=True):
    """What a message says; `shortened` when its end was too long to be shown."""

    blocks: list[Block]
    shortened: bool


def parse(source: str) -> Body:
    """Read the Markdown source of a message of any length; never fails."""
    shown, shortened = _shorten(source)
    return Body(_blocks(shown), shortened)


def readable(source: str) -> str:
    """Return the source itself, shortened and without characters that cannot be shown."""
    shown, shortened = _shorten(source)
    return f"{shown} …" if shortened else shown


def one_line(name: str, limit: int = 120) -> str:
    """Return a name or title as a single printable line of at most `limit` characters."""
    line = " ".join(_clean(name[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def runs_right_to_left(text: str) -> bool | None:
    """Tell the direction from the first letter that has one; None when there is no such letter."""
    for character in text[:200]:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return None


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():  # as most are: a single line that needs no look
        return text
    printable = _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text))
    return _PILED_ACCENTS.sub(r"\1", printable)


def _shorten(source: str) -> tuple[str, bool]:
    kept = source[:MAX_CHARACTERS]
    text = _clean(kept)
    if "\n" not in text:
        return text, len(source) > len(kept)
    text = _BLANK_LINES.sub("\n", text).strip("\n")
    lines = text.split("\n", MAX_LINES)
    if len(lines) > MAX_LINES:
        return "\n".join(lines[:MAX_LINES]), True
    return text, len(source) > len(kept)


def _blocks(text: str) -> list[Block]:
    if not _MARKUP.search(text) or text.count("[") > _MAX_BRACKETS:
        return _paragraphs(text)
    if text[:1].isalpha() and "\n" not in text:  # no list, heading, quote or fence begins so
        tokens = _parser().parseInline(text.strip())
    else:
        tokens = _parser().parse(text)
    if any(token.level > _MAX_NESTING for token in tokens):
        return _paragraphs(text)
    # A text of marks without words ("#") would leave nothing.
    return _read(iter(tokens)) or _paragraphs(text)


def _paragraphs(text: str) -> list[Block]:
    parts = _PARAGRAPH_ENDS.split(text) if "\n" in text else [text]
    return [_block("text", _linked(part.strip())) for part in parts if part.strip()]


def _block(kind: Literal["text", "heading"], spans: list[Span], level: int = 0) -> Block:
    direction = runs_right_to_left("".join(span.text for span in spans[:20]))
    return Block(kind, spans=spans, level=level, rtl=direction)


def _group(
    kind: Literal["quote", "list"], items: list[list[Block]], start: int | None = None
) -> Block:
    direction = next((b.rtl for item in items for b in item if b.rtl is not None), None)
    return Block(kind, items=items, start=start, rtl=direction)


def _read(tokens: Iterator["Token"]) -> list[Block]:
    """Take blocks from the flat token stream up to the end of the enclosing list or quote."""
    blocks: list[Block] = []
    level = 0
    for token in tokens:
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
            case "inline":
                kind: Literal["text", "heading"] = "heading" if level else "text"
                if spans := _spans(token.children or []):
                    blocks.append(_block(kind, spans, level))
                level = 0
            case "fence" | "code_block":
                blocks.append(Block("code", spans=[Span(token.content.rstrip("\n"))]))
            case "blockquote_open":
                blocks.append(_group("quote", [_read(tokens)]))
            case "bullet_list_open":
                blocks.append(_group("list", _items(tokens)))
            case "ordered_list_open":
                blocks.append(_group("list", _items(tokens), int(token.attrs.get("start", 1))))
            case "list_item_close" | "blockquote_close":
                return blocks
            case "hr":
                blocks.append(Block("text", spans=[Span("———")]))
    return blocks


def _items(tokens: Iterator["Token"]) -> list[list[Block]]:
    items: list[list[Block]] = []
    for token in tokens:
        if token.type == "list_item_open":
            items.append(_read(tokens))
        elif token.type.endswith("_list_close"):
            break
    return items


def _spans(tokens: "list[Token]") -> list[Span]:
    """Flatten inline tokens; marks are counted, so that crossing ones do no harm."""
    spans: list[Span] = []
    bold = italic = strike = 0
    href = ""
    before_link = 0
    for token in tokens:
        match token.type:
            case "em_open" | "strong_open" | "em_close" | "strong_close":
                if token.markup.startswith("*"):
                    bold += token.nesting
                else:
                    italic += token.nesting
            case "s_open" | "s_close":
                strike += token.nesting
            case "link_open":
                href = _safe(str(token.attrGet("href") or ""))
                before_link = len(spans)
            case "link_close":
                if len(spans) == before_link:  # a link without a label
                    spans.append(_styled(Span(href, href=href), bold, italic, strike))
                href = ""
            case "softbreak" | "hardbreak":
                spans.append(Span("\n"))
            case "code_inline":
                spans.append(
                    _styled(Span(token.content, code=True, href=href), bold, italic, strike)
                )
            case "image":
                source = _safe(str(token.attrGet("src") or ""))
                label = Span(token.content or source, href=href or source)
                spans.append(_styled(label, bold, italic, strike))
            case "text" if token.content:
                found = [Span(token.content, href=href)] if href else _linked(token.content)
                spans.extend(_styled(span, bold, italic, strike) for span in found)
    return spans


def _styled(span: Span, bold: int, italic: int, strike: int) -> Span:
    return Span(span.text, bold > 0, italic > 0, strike > 0, span.code, span.href)


def _linked(text: str) -> list[Span]:
    """Split bare web addresses off the text around them."""
    if "://" not in text:
        return [Span(text)]
    spans: list[Span] = []
    end = 0
    for found in _URL.finditer(text):
        address = found[0].rstrip(".,;:!?)]}'*_~")
        spans += [Span(text[end : found.start()]), Span(address, href=address)]
        end = found.start() + len(address)
    spans.append(Span(text[end:]))
    return [span for span in spans if span.text]


def _safe(href: str) -> str:
    return href if _SAFE_LINK.match(href) else ""


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")
    # Indented code, underlined headings, references and entities are accidents in a chat.
    parser.disable(["code", "lheading", "reference", "entity"])
    parser.inline.ruler.before("strikethrough", "single_tilde", _single_tilde)
    return parser


def _single_tilde(state: "StateInline", silent: bool) -> bool:
    """Read `~strike~`, which Markdown itself does not know."""
    if state.src[state.pos] != "~" or state.src[state.pos - 1 : state.pos].isalnum():
        return False
    found = _STRIKE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        end = state.posMax
        state.push("s_open", "s", 1)
        state.pos, state.posMax = found.span(1)
        state.md.inline.tokenize(state)
        state.push("s_close", "s", -1)
        state.posMax = end
    state.pos = found.end()
    return True
