"""Reading query strings and URL-encoded forms.

Query strings follow the rules of the JavaScript library `qs`, whose structures clients of the API
write: `a=1&a=2` and `a[]=1&a[]=2` are lists, `a[b]=c` is an object, `a[1]=y&a[0]=x` a list in the
order of its indexes. The result is what JSON could hold: text, lists and objects.
"""

import re
from urllib.parse import parse_qsl, unquote_plus

from frontdesk.errors import Refused

#: Elements of one array; more are refused (the API's own limit, as is the text).
MAX_ELEMENTS = 500
#: `parameterLimit` of qs; more are refused as well.
MAX_PARAMETERS = 1000
#: `depth` of qs: levels of brackets. What is deeper stays one key, spelled with its brackets.
MAX_DEPTH = 5

#: What every JavaScript object inherits. qs drops a parameter that names one of these on any level.
_INHERITED = frozenset(
    (
        *("__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"),
        *("__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable"),
        *("toLocaleString", "toString", "valueOf"),
    )
)
_INDEX = re.compile(r"0|[1-9][0-9]{0,14}")


def parse_query(raw: bytes | str) -> dict[str, object]:
    """Return the parameters of a query string (given without its `?`).

    `+` is a space; percent escapes that are not UTF-8 become U+FFFD. Raises
    Refused("Invalid query parameters") beyond MAX_ELEMENTS or MAX_PARAMETERS.
    """
    text = re.sub("%5b", "[", _text(raw), flags=re.IGNORECASE)
    text = re.sub("%5d", "]", text, flags=re.IGNORECASE)
    parts = text.split("&")
    if len(parts) > MAX_PARAMETERS:
        raise _too_much()
    given: dict[str, _Tree] = {}
    for part in parts:
        key, value = _key_and_value(part)
        if key in given:
            given[key] = _appended(given[key], value)
        elif key:
            given[key] = value
    root = _Object()
    for key, tree in given.items():
        path = _path(key)
        for segment in reversed(path):
            tree = _under(segment, tree)
        if path and not isinstance(tree, str):
            _merge_members(root, tree)
    return {name: _plain(member) for name, member in root.items()}


def parse_form(raw: bytes | str) -> dict[str, str]:
    """Return the fields of an `application/x-www-form-urlencoded` body; the last of a name counts.

    Names are taken as they are, brackets included. Raises Refused("Invalid request body") beyond
    MAX_PARAMETERS fields.
    """
    try:
        fields = parse_qsl(_text(raw), keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise Refused("Invalid request body") from error
    return dict(fields)


class _Array(dict[int, "_Tree"]):
    """An array that may have holes, by index; they close when it becomes a list."""

    def push(self, value: "_Tree") -> None:
        self[max(self, default=-1) + 1] = value


class _Object(dict[str, "_Tree"]):
    """An object by the names of its members."""


_Tree = str | _Array | _Object


def _text(raw: bytes | str) -> str:
    if isinstance(raw, str):
        raw = raw.encode(errors="replace")
    return raw.decode(errors="replace")


def _too_much() -> Refused:
    return Refused("Invalid query parameters")


def _key_and_value(part: str) -> tuple[str, str]:
    """Split at the first `=` behind a bracket, or else at the first `=`."""
    end = part.find("]=") + 1 or part.find("=")
    if end < 0:
        return unquote_plus(part), ""
    return unquote_plus(part[:end]), unquote_plus(part[end + 1 :])


def _path(key: str) -> list[str]:
    """Return `["a", "[b]", "[]"]` for `a[b][]`, nothing for a key that names what is inherited."""
    start = key.find("[")
    name = key if start < 0 else key[:start]
    path = [name] if name else []
    while start >= 0:
        end = _closing(key, start)
        if end < 0 or len(path) - bool(name) == MAX_DEPTH:
            path.append(f"[{key[start:]}]")
            break
        path.append(key[start : end + 1])
        start = key.find("[", end + 1)
    return [] if any(_bare(segment) in _INHERITED for segment in path) else path


def _closing(key: str, start: int) -> int:
    """Return where the bracket that opens at `start` closes, or -1."""
    level = 0
    for index in range(start, len(key)):
        level += (key[index] == "[") - (key[index] == "]")
        if level == 0:
            return index
    return -1


def _bare(segment: str) -> str:
    return segment[1:-1] if segment[0] == "[" and segment[-1] == "]" else segment


def _under(segment: str, tree: _Tree) -> _Tree:
    """Return the array or object that holds `tree` at `segment`."""
    if segment == "[]":
        return tree if isinstance(tree, _Array) else _Array({0: tree})
    name = _bare(segment)
    if name != segment and _INDEX.fullmatch(name):
        if int(name) >= MAX_ELEMENTS:
            raise _too_much()
        return _Array({int(name): tree})
    return _Object({name: tree})


def _appended(tree: _Tree, value: _Tree) -> _Array:
    array = tree if isinstance(tree, _Array) else _Array({0: tree})
    if len(array) >= MAX_ELEMENTS:
        raise _too_much()
    array.push(value)
    return array


def _merged(target: _Tree, source: _Tree) -> _Tree:
    """Return what two spellings of the same key give together, as qs joins them."""
    if source == "":
        return target
    if isinstance(source, str):
        return _appended(target, source)
    if isinstance(target, str):
        if isinstance(source, _Object):
            return _Array({0: target, 1: source})
        if len(source) >= MAX_ELEMENTS:
            raise _too_much()
        return _Array({0: target, **{index + 1: item for index, item in source.items()}})
    if isinstance(target, _Array) and isinstance(source, _Array):
        for index, item in source.items():
            there = target.get(index)
            if there is None and len(target) < MAX_ELEMENTS:
                target[index] = item
            elif there is None or isinstance(there, str) or isinstance(item, str):
                _appended(target, item)
            else:
                target[index] = _merged(there, item)
        return target
    if isinstance(target, _Array):
        target = _Object({str(index): item for index, item in sorted(target.items())})
    _merge_members(target, source)
    return target


def _merge_members(target: _Object, source: _Array | _Object) -> None:
    for key, value in source.items():
        name = str(key)
        target[name] = _merged(target[name], value) if name in target else value


def _plain(tree: _Tree) -> object:
    if isinstance(tree, _Array):
        return [_plain(tree[index]) for index in sorted(tree)]
    if isinstance(tree, _Object):
        return {name: _plain(member) for name, member in tree.items()}
    return tree
