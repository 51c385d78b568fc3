"""What a message's text says besides its words: names, addresses, and the tree that is drawn."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import msgspec

from frontdesk.messages.markdown import Node, parse_markdown

#: Resolves a user name to the user as `mentions` has it, or None.
Resolve: TypeAlias = Callable[[str], dict[str, Any] | None]

#: Names of one message that are looked up at the most.
MOST_MENTIONS = 20
#: Names that mean everybody, or everybody who is online.
GROUPS = ("all", "here")
_FENCE = "```"


class TextReading(msgspec.Struct, frozen=True):
    """What was read: the text with its last code block closed, its tree, the names and the web
    addresses in it, each once and in their order.
    """

    text: str
    tree: list[Node]
    names: list[str]
    addresses: list[str]


def read_text(text: str) -> TextReading:
    """Read a message's text (behaviour of the API, messages, 1.4, step 4)."""
    if _FENCE in text and text.count(_FENCE) % 2:
        text = f"{text}\n{_FENCE}"
    tree = parse_markdown(text)
    names: dict[str, None] = {}
    addresses: dict[str, None] = {}
    if "@" in text or "//" in text:
        for node in _nodes(tree):
            if node["type"] == "MENTION_USER":
                names[node["value"]["value"]] = None
            elif node["type"] == "LINK":
                address = node["value"]["src"]["value"]
                if address[:4].lower() == "http":
                    addresses[address] = None
    return TextReading(text, tree, list(names), list(addresses))


def members(
    reading: TextReading, resolve: Resolve, previews: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the members of the message document that follow from a text.

    `previews` are the addresses whose pages a client wants to see previews of; None: all.
    """
    urls: list[dict[str, Any]] = []
    for address in reading.addresses:
        url: dict[str, Any] = {"url": address, "meta": {}}
        if previews is not None and address not in previews:
            url["ignoreParse"] = True
        urls.append(url)
    found: dict[str, Any] = {
        "urls": urls,
        "mentions": _mentions(reading.names, resolve),
        "channels": [],
    }
    if reading.tree:
        found["md"] = reading.tree
    return found


def _mentions(names: Sequence[str], resolve: Resolve) -> list[dict[str, Any]]:
    mentions = []
    for name in names[:MOST_MENTIONS]:
        mentioned = {"_id": name, "username": name} if name in GROUPS else resolve(name)
        if mentioned is not None:
            mentions.append(mentioned)
    return mentions


def _nodes(tree: list[Node]) -> Iterator[Node]:
    waiting = list(reversed(tree))
    while waiting:
        node = waiting.pop()
        yield node
        value = node.get("value")
        if isinstance(value, list):
            waiting.extend(reversed(value))
