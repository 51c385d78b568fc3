"""Message text as the tree of nodes that clients draw (`md`).

The dialect is that of the API's clients: `*bold*` and `**bold**`, `_italic_` and `__italic__`,
`~strike~` and `~~strike~~`, `` `code` ``, fenced code, `[label](url)`, lists, headings and quotes.
Every line is a paragraph of its own. Shapes are those of the API's published examples.

Reading takes time linear in the length of the text, whatever the text is.
"""

import re
from typing import Any, TypeAlias

from frontdesk.messages.markdown_inline import big_emoji, inline, plain

Node: TypeAlias = dict[str, Any]

#: Longer texts become one plain paragraph. Agents' messages end at 5,000 characters (setting
#: Message_MaxAllowedSize); a tree is several times the size of its text.
MAX_CHARACTERS = 10_000

#: What may be more than a plain line: without any of it the text is one paragraph as it is.
_MARKUP = re.compile(
    r"[\n*_~`\[@:>#\u200d\u203c-\u3299\U0001f004-\U0001faff]|https?://|^[-+] |^[0-9]{1,9}\. ",
    re.IGNORECASE,
)
_HEADING = re.compile(r"(#{1,4})[ \t]+(\S.*)")
_BULLET = re.compile(r"[ \t]{0,8}[-*][ \t]+(\S.*)")
_NUMBER = re.compile(r"[ \t]{0,8}([0-9]{1,9})\.[ \t]+(\S.*)")
_FENCE = "```"


def parse_markdown(text: str) -> list[Node]:
    """Return the nodes of a message's text, none for an empty text; never fails."""
    if not text:
        return []
    if len(text) > MAX_CHARACTERS or not _MARKUP.search(text):
        return [{"type": "PARAGRAPH", "value": [plain(text)]}]
    lines = text.split("\n")
    if len(lines) == 1:
        emoji = big_emoji(text)
        if emoji is not None:
            return [emoji]
    return _blocks(lines)


def _blocks(lines: list[str]) -> list[Node]:
    nodes: list[Node] = []
    # A fence without an end is text; after the last fence none needs to be looked for.
    fences = [index for index, line in enumerate(lines) if line.startswith(_FENCE)]
    last_fence = fences[-1] if fences else -1
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.strip():
            nodes.append({"type": "LINE_BREAK"})
            index += 1
            continue
        if line.startswith(_FENCE):
            code, following = _code(lines, index, last_fence)
            if code is not None:
                nodes.append(code)
                index = following
                continue
        index = _add_block(nodes, lines, index)
    return nodes


def _code(lines: list[str], index: int, last_fence: int) -> tuple[Node | None, int]:
    """Return the code that the fence at `index` opens, and the line after it."""
    opening = lines[index][len(_FENCE) :]
    if len(opening) > len(_FENCE) and opening.endswith(_FENCE):
        return _code_node("", [opening[: -len(_FENCE)]]), index + 1
    if _FENCE in opening or index >= last_fence:
        return None, index
    end = index + 1
    while not lines[end].startswith(_FENCE):
        end += 1
    return _code_node(opening.strip(), lines[index + 1 : end]), end + 1


def _code_node(language: str, lines: list[str]) -> Node:
    return {
        "type": "CODE",
        "language": language or "none",
        "value": [{"type": "CODE_LINE", "value": plain(line)} for line in lines],
    }


def _add_block(nodes: list[Node], lines: list[str], index: int) -> int:
    """Add the block that starts at `index`; return the line after it."""
    line = lines[index]
    if line.startswith(">"):
        return _add_quote(nodes, lines, index)
    heading = _HEADING.fullmatch(line)
    if heading is not None:
        level, title = heading.groups()
        nodes.append({"type": "HEADING", "level": len(level), "value": [plain(title)]})
        return index + 1
    for kind, expression in (("UNORDERED_LIST", _BULLET), ("ORDERED_LIST", _NUMBER)):
        items, index = _items(lines, index, expression)
        if items:
            nodes.append({"type": kind, "value": items})
            return index
    nodes.append({"type": "PARAGRAPH", "value": inline(line)})
    return index + 1


def _add_quote(nodes: list[Node], lines: list[str], index: int) -> int:
    quoted = []
    while index < len(lines) and lines[index].startswith(">"):
        text = lines[index][1:].removeprefix(" ")
        quoted.append({"type": "PARAGRAPH", "value": inline(text)})
        index += 1
    nodes.append({"type": "QUOTE", "value": quoted})
    return index


def _items(lines: list[str], index: int, expression: re.Pattern[str]) -> tuple[list[Node], int]:
    items: list[Node] = []
    while index < len(lines):
        found = expression.fullmatch(lines[index])
        if found is None:
            break
        item: Node = {"type": "LIST_ITEM", "value": inline(found[found.re.groups])}
        if found.re.groups == 2:
            item["number"] = int(found[1])
        items.append(item)
        index += 1
    return items, index
