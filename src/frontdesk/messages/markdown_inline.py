"""What stands inside one line of a message: marks, code, links, names and emoji.

One pass from left to right. What could have made a mark open stays plain text when nothing
closes it; each kind of mark is open at most once, so that the tree is never deep.
"""

import re
from typing import Any, TypeAlias

Node: TypeAlias = dict[str, Any]

_SPECIAL = re.compile(r"[*_~`\[@:\u203c-\u3299\U0001f004-\U0001faff]|https?://", re.IGNORECASE)
_RUN = re.compile(r"\*+|_+|~+")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
#: Characters that end a sentence rather than an address.
_AFTER_URL = ".,;:!?)]}'*_~"
_LINK = re.compile(r"\((https?://[^\s()<>]+|mailto:[^\s()<>]+|tel:[^\s()<>]+|/[^\s()<>]*)\)", re.I)
#: User names as the API's default rule has them (setting UTF8_User_Names_Validation).
_NAME = re.compile(r"@([0-9a-zA-Z_.-]{1,100})")
_SHORT_CODE = re.compile(r":([a-z0-9_+-]{1,50}):", re.IGNORECASE)
_ADDRESS_BEFORE = re.compile(r"[a-z0-9_.+-]{1,64}\Z", re.IGNORECASE)
_ADDRESS_AFTER = re.compile(r"@([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})", re.IGNORECASE)

_PICTOGRAPH = "[\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u27bf\u2934-\u2b55"
_PICTOGRAPH += "\u3030\u303d\u3297\u3299\U0001f004-\U0001faff]"
_ONE = f"{_PICTOGRAPH}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
#: A pictograph, or several joined into one; pairs of letters are flags.
_UNICODE = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_ONE}(?:\u200d{_ONE}){{0,6}}")

_MARKS = {"*": "BOLD", "_": "ITALIC", "~": "STRIKE"}


def plain(text: str) -> Node:
    """Return a node of text as it is."""
    return {"type": "PLAIN_TEXT", "value": text}


def inline(line: str) -> list[Node]:
    """Return the nodes of one line."""
    return _Reader(line).read()


def big_emoji(line: str) -> Node | None:
    """Return the node of a message that is nothing but one to three emoji, else None."""
    if len(line) > 200:
        return None
    emoji: list[Node] = []
    position = 0
    bare = line.strip()
    while position < len(bare):
        if bare[position] == " ":
            position += 1
            continue
        found = _emoji_at(bare, position)
        if found is None or len(emoji) == 3:
            return None
        node, position = found
        emoji.append(node)
    return {"type": "BIG_EMOJI", "value": emoji} if emoji else None


def _emoji_at(line: str, position: int) -> tuple[Node, int] | None:
    if line[position] == ":":
        found = _SHORT_CODE.match(line, position)
        # `10:30:45` is a time: a code has letters, apart from the thumbs and the hundred.
        if found is None or not (_has_letter(found[1]) or found[1] in ("+1", "-1", "100")):
            return None
        return {"type": "EMOJI", "value": plain(found[1]), "shortCode": found[1]}, found.end()
    found = _UNICODE.match(line, position)
    if found is None:
        return None
    return {"type": "EMOJI", "unicode": found[0]}, found.end()


def _has_letter(code: str) -> bool:
    return any(character.isalpha() for character in code)


class _Open:
    """A mark that waits for its end, and what was read since."""

    __slots__ = ("mark", "nodes")

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.nodes: list[Node] = []


class _Reader:
    """Reads one line. `_open` is the stack of open marks; at its bottom lies the line itself."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._open = [_Open("")]
        #: Where in the stack a mark is open. An earlier one of the same kind is forgotten.
        self._depth: dict[str, int] = {}
        self._text: list[str] = []
        #: From here on no backtick, or no end of a label, is left; they are looked for once.
        self._next_tick = 0
        self._next_label_end = 0

    def read(self) -> list[Node]:
        line = self._line
        position = 0
        while position < len(line):
            found = _SPECIAL.search(line, position)
            if found is None:
                break
            start = found.start()
            self._text.append(line[position:start])
            position = self._take(start)
        self._text.append(line[position:])
        self._flush()
        self._flatten(0)
        return self._open[0].nodes

    def _take(self, start: int) -> int:
        """Read what the special character at `start` may begin; return where to go on."""
        character = self._line[start]
        if character in _MARKS:
            return self._take_mark(start)
        if character == "`":
            return self._take_code(start)
        if character == "[":
            return self._take_link(start)
        if character in "hH":
            return self._take_url(start)
        if character == "@":
            return self._take_name(start)
        found = _emoji_at(self._line, start) if self._may_be_emoji(start) else None
        if found is None:
            return self._keep(start, start + 1)
        node, end = found
        self._add(node)
        return end

    def _may_be_emoji(self, start: int) -> bool:
        return self._line[start] != ":" or not self._letter_before(start)

    def _keep(self, start: int, end: int) -> int:
        self._text.append(self._line[start:end])
        return end

    def _flush(self) -> None:
        text = "".join(self._text)
        self._text.clear()
        if text:
            self._append(plain(text))

    def _append(self, node: Node) -> None:
        nodes = self._open[-1].nodes
        if node["type"] == "PLAIN_TEXT" and nodes and nodes[-1]["type"] == "PLAIN_TEXT":
            node = plain(nodes.pop()["value"] + node["value"])
        nodes.append(node)

    def _add(self, node: Node) -> None:
        self._flush()
        self._append(node)

    # Marks ---------------------------------------------------------------------------------

    def _take_mark(self, start: int) -> int:
        found = _RUN.match(self._line, start)
        assert found is not None
        mark, end = found[0], found.end()
        if len(mark) > 2:
            return self._keep(start, end)
        if mark in self._depth and self._may_close(start, end):
            self._flush()
            if self._close(mark):
                return end
        if self._may_open(start, end):
            self._flush()
            self._depth[mark] = len(self._open)
            self._open.append(_Open(mark))
            return end
        return self._keep(start, end)

    def _may_open(self, start: int, end: int) -> bool:
        line = self._line
        return end < len(line) and not line[end].isspace() and not self._letter_before(start)

    def _may_close(self, start: int, end: int) -> bool:
        line = self._line
        return not line[start - 1].isspace() and not (end < len(line) and line[end].isalnum())

    def _letter_before(self, start: int) -> bool:
        return start > 0 and self._line[start - 1].isalnum()

    def _close(self, mark: str) -> bool:
        depth = self._depth[mark]
        if depth == len(self._open) - 1 and not self._open[-1].nodes:
            return False
        self._flatten(depth)
        closed = self._open.pop()
        del self._depth[mark]
        self._append({"type": _MARKS[mark[0]], "value": closed.nodes})
        return True

    def _flatten(self, depth: int) -> None:
        """Turn the marks that are open above `depth` into text."""
        if len(self._open) - 1 <= depth:
            return
        left = self._open[depth + 1 :]
        del self._open[depth + 1 :]
        pieces: list[str] = []
        nodes = self._open[depth].nodes
        for index, each in enumerate(left, start=depth + 1):
            if self._depth.get(each.mark) == index:
                del self._depth[each.mark]
            pieces.append(each.mark)
            for node in each.nodes:
                if node["type"] == "PLAIN_TEXT":
                    pieces.append(node["value"])
                    continue
                _append_text(nodes, pieces)
                nodes.append(node)
        _append_text(nodes, pieces)

    # Code, links, names --------------------------------------------------------------------

    def _take_code(self, start: int) -> int:
        if self._next_tick <= start:
            self._next_tick = _find(self._line, "`", start + 1)
        end = self._next_tick
        if end == len(self._line) or end == start + 1:
            return self._keep(start, start + 1)
        self._add({"type": "INLINE_CODE", "value": plain(self._line[start + 1 : end])})
        return end + 1

    def _take_link(self, start: int) -> int:
        if self._next_label_end <= start:
            self._next_label_end = _find(self._line, "](", start + 1)
        end = self._next_label_end
        # The label of the innermost bracket: an earlier one is text.
        if end == len(self._line) or 0 <= self._line.find("[", start + 1, start + 1001) < end:
            return self._keep(start, start + 1)
        found = _LINK.match(self._line, end + 1)
        if found is None or end - start > 1000:
            return self._keep(start, start + 1)
        address = found[1]
        label = self._line[start + 1 : end]
        self._add(_link(address, label if label.strip() else address))
        return found.end()

    def _take_url(self, start: int) -> int:
        found = None if self._letter_before(start) else _URL.match(self._line, start)
        if found is None:
            return self._keep(start, start + 4)
        address = found[0].rstrip(_AFTER_URL)
        if len(address) <= len("https://"):
            return self._keep(start, found.end())
        self._add(_link(address, address))
        return start + len(address)

    def _take_name(self, start: int) -> int:
        if start > 0 and not self._line[start - 1].isspace() and self._line[start - 1] not in "(>":
            return self._take_address(start)
        found = _NAME.match(self._line, start)
        name = found[1].rstrip(".-") if found is not None else ""
        if not name:
            return self._keep(start, start + 1)
        self._add({"type": "MENTION_USER", "value": plain(name)})
        return start + 1 + len(name)

    def _take_address(self, start: int) -> int:
        """Read an e-mail address; what stands before the @ is at the end of the text so far."""
        before = _ADDRESS_BEFORE.search(self._text[-1][-64:]) if self._text else None
        after = _ADDRESS_AFTER.match(self._line, start)
        if before is None or after is None:
            return self._keep(start, start + 1)
        host = after[1].rstrip("-")
        address = f"{before[0]}@{host}"
        self._text[-1] = self._text[-1][: -len(before[0])]
        self._add(_link(f"mailto:{address}", address))
        return start + 1 + len(host)


def _append_text(nodes: list[Node], pieces: list[str]) -> None:
    text = "".join(pieces)
    pieces.clear()
    if not text:
        return
    if nodes and nodes[-1]["type"] == "PLAIN_TEXT":
        text = nodes.pop()["value"] + text
    nodes.append(plain(text))


def _link(address: str, label: str) -> Node:
    return {"type": "LINK", "value": {"src": plain(address), "label": [plain(label)]}}


def _find(line: str, what: str, start: int) -> int:
    """Return where `what` stands, or the line's length, which is never a place."""
    found = line.find(what, start)
    return found if found >= 0 else len(line)
