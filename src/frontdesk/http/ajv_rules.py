"""The keywords of JSON-Schema as nodes (see `ajv_types`), with the texts AJV 8 has for failures."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from frontdesk.http.ajv_types import Node, Texts
from frontdesk.http.formats import FORMATS
from frontdesk.http.javascript import identity, is_blank, number_text, pattern, to_double

Test: TypeAlias = Callable[[Any], bool]


def accept(value: Any, errors: Texts) -> Any:
    """Take any value; what always holds compiles to this very function."""
    return value


def fails(text: str) -> Node:
    """Refuse any value with `text`."""

    def run(value: Any, errors: Texts) -> Any:
        errors.append(text)
        return value

    return run


def holds(test: Test, text: str) -> Node:
    """Refuse with `text` what does not pass `test`."""

    def run(value: Any, errors: Texts) -> Any:
        if not test(value):
            errors.append(text)
        return value

    return run


def sequence(nodes: Sequence[Node]) -> Node:
    """Run the nodes in order up to the first failure."""
    nodes = [node for node in nodes if node is not accept]
    if not nodes:
        return accept
    if len(nodes) == 1:
        return nodes[0]

    def run(value: Any, errors: Texts) -> Any:
        before = len(errors)
        for node in nodes:
            value = node(value, errors)
            if len(errors) != before:
                break
        return value

    return run


def both(first: Node, second: Node) -> Node:
    """Run `second` also when `first` failed."""
    if second is accept:
        return first
    return lambda value, errors: second(first(value, errors), errors)


# --- any type --------------------------------------------------------------------------------


def one_of_values(values: Sequence[Any], text: str) -> Node:
    """Take the given values only."""
    allowed = frozenset(map(identity, values))
    scalars_only = not any(isinstance(value, list | dict) for value in values)

    def test(value: Any) -> bool:
        if scalars_only and isinstance(value, list | dict):
            return False
        return identity(value) in allowed

    return holds(test, text)


def negation(node: Node) -> Node:
    """Take what `node` refuses."""

    def run(value: Any, errors: Texts) -> Any:
        texts: Texts = []
        value = node(value, texts)
        if not texts:
            errors.append("must NOT be valid")
        return value

    return run


def any_of(branches: Sequence[Node], as_is: Sequence[Node]) -> Node:
    """Take what one of the branches takes; `as_is` are the same branches without coercion."""

    def run(value: Any, errors: Texts) -> Any:
        for node in as_is:
            texts: Texts = []
            fitting = node(value, texts)
            if not texts:
                return fitting
        before = len(errors)
        for node in branches:
            count = len(errors)
            value = node(value, errors)
            if len(errors) == count:
                del errors[before:]
                return value
        errors.append("must match a schema in anyOf")
        return value

    return run


def one_of(branches: Sequence[Node]) -> Node:
    """Take what exactly one of the branches takes."""

    def run(value: Any, errors: Texts) -> Any:
        before = len(errors)
        matches = 0
        for node in branches:
            count = len(errors)
            value = node(value, errors)
            matches += len(errors) == count
            if matches > 1:
                break
        if matches == 1:
            del errors[before:]
        else:
            errors.append("must match exactly one schema in oneOf")
        return value

    return run


def conditional(condition: Node, then: Node, otherwise: Node, composite: bool) -> Node:
    """Run `then` for what `condition` takes, `otherwise` for the rest.

    Outside of branches AJV returns with the inner text and never comes to add its own.
    """
    if then is accept and otherwise is accept:
        return accept

    def run(value: Any, errors: Texts) -> Any:
        texts: Texts = []
        value = condition(value, texts)
        name, node = ("else", otherwise) if texts else ("then", then)
        before = len(errors)
        value = node(value, errors)
        if composite and len(errors) != before:
            errors.append(f'must match "{name}" schema')
        return value

    return run


# --- numbers and texts ---------------------------------------------------------------------------


def _multiple_of(step: int | float) -> Node:
    # AJV divides doubles and asks whether the quotient is whole as `parseInt` reads its text,
    # which it does not for texts with an exponent.
    def test(value: Any) -> bool:
        quotient = to_double(value) / step if step else 0.5
        return quotient.is_integer() and abs(quotient) < 1e21

    return holds(test, f"must be multiple of {number_text(step)}")


def _format(name: str) -> Node:
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}")
    return holds(FORMATS[name], f'must match format "{name}"')


def _pattern(source: str) -> Node:
    search = pattern(source).search
    return holds(lambda value: search(value) is not None, f'must match pattern "{source}"')


def _not_empty(wanted: bool) -> Node:
    text = 'must pass "isNotEmpty" keyword validation'
    return holds(lambda value: not is_blank(value), text) if wanted else accept


def _at_most(things: str, limit: int) -> Node:
    return holds(lambda value: len(value) <= limit, f"must NOT have more than {limit} {things}")


def _at_least(things: str, limit: int) -> Node:
    return holds(lambda value: len(value) >= limit, f"must NOT have fewer than {limit} {things}")


def _limit(sign: str, test: Callable[[Any, Any], bool]) -> Callable[[Any], Node]:
    return lambda limit: holds(
        lambda value: test(value, limit), f"must be {sign} {number_text(limit)}"
    )


def at_most_items(limit: int) -> Node:
    """Take arrays of up to `limit` items."""
    return _at_most("items", limit)


# --- arrays --------------------------------------------------------------------------------------


def items(node: Node, start: int) -> Node:
    """Run `node` for every item from index `start` on."""
    if node is accept:
        return accept

    def run(value: Any, errors: Texts) -> Any:
        before = len(errors)
        coerced = value
        for index in range(start, len(value)):
            item = node(value[index], errors)
            if item is not value[index]:
                if coerced is value:
                    coerced = list(value)
                coerced[index] = item
            if len(errors) != before:
                break
        return coerced

    return run


def prefix_items(nodes: Sequence[Node]) -> Node:
    """Run each node for the item at its own index."""

    def run(value: Any, errors: Texts) -> Any:
        before = len(errors)
        coerced = list(value)
        for index, node in enumerate(nodes[: len(value)]):
            coerced[index] = node(value[index], errors)
            if len(errors) != before:
                break
        return coerced

    return run


def contains(node: Node, composite: bool) -> Node:
    """Take arrays with an item that `node` takes."""

    def run(value: Any, errors: Texts) -> Any:
        texts: Texts = []
        coerced = list(value)
        for index, item in enumerate(value):
            before = len(texts)
            coerced[index] = node(item, texts)
            if len(texts) == before:
                return coerced
        errors.extend(texts if composite else ())
        errors.append("must contain at least 1 valid item(s)")
        return coerced

    return run


def unique_items(scalars: bool) -> Node:
    """Take arrays without two identical items.

    AJV looks from the end. It names the pair with the greatest second index, lower index first;
    with `scalars` (items of scalar types only) it walks another way and names the pair with the
    greatest first index, higher index first.
    """

    def run(value: Any, errors: Texts) -> Any:
        last: dict[Any, int] = {}
        pair: tuple[int, int] | None = None
        for index, item in enumerate(value):
            key = identity(item)
            earlier = last.get(key)
            if earlier is not None and (not scalars or pair is None or earlier > pair[1]):
                pair = (index, earlier) if scalars else (earlier, index)
            last[key] = index
        if pair is not None:
            errors.append(
                f"must NOT have duplicate items (items ## {pair[0]} and {pair[1]} are identical)"
            )
        return value

    return run


# --- objects -------------------------------------------------------------------------------------


def _required(names: Sequence[str]) -> Node:
    texts = [(name, f"must have required property '{name}'") for name in names]

    def run(value: Any, errors: Texts) -> Any:
        for name, text in texts:
            if name not in value:
                errors.append(text)
                break
        return value

    return run


def properties(nodes: Mapping[str, Node]) -> Node:
    """Run each node for the property of its name, where there is one."""
    named = [(name, node) for name, node in nodes.items() if node is not accept]
    if not named:
        return accept

    def run(value: Any, errors: Texts) -> Any:
        before = len(errors)
        coerced = value
        for name, node in named:
            if name in value:
                given = value[name]
                member = node(given, errors)
                if member is not given:
                    if coerced is value:
                        coerced = dict(value)
                    coerced[name] = member
                if len(errors) != before:
                    break
        return coerced

    return run


def no_additional_properties(known: frozenset[str]) -> Node:
    """Take objects with `known` properties only."""
    return holds(known.issuperset, "must NOT have additional properties")


def additional_properties(known: frozenset[str], node: Node) -> Node:
    """Run `node` for every property that is not `known`."""
    if node is accept:
        return accept

    def run(value: Any, errors: Texts) -> Any:
        before = len(errors)
        coerced = value
        for name, given in value.items():
            if name in known:
                continue
            member = node(given, errors)
            if member is not given:
                if coerced is value:
                    coerced = dict(value)
                coerced[name] = member
            if len(errors) != before:
                break
        return coerced

    return run


def property_names(node: Node) -> Node:
    """Run `node` for the names of the properties."""

    def run(value: Any, errors: Texts) -> Any:
        before = len(errors)
        for name in value:
            node(name, errors)
            if len(errors) != before:
                errors.append("property name must be valid")
                break
        return value

    return run if node is not accept else accept


def _dependent_required(needs: Mapping[str, Sequence[str]]) -> Node:
    texts = [
        (
            name,
            needed,
            f"must have {'property' if len(needed) == 1 else 'properties'} {', '.join(needed)}"
            f" when property {name} is present",
        )
        for name, needed in needs.items()
    ]

    def run(value: Any, errors: Texts) -> Any:
        for name, needed, text in texts:
            if name in value and not all(each in value for each in needed):
                errors.append(text)
                break
        return value

    return run


#: The keywords that need nothing but their own value.
SIMPLE: Mapping[str, Callable[[Any], Node]] = {
    "maximum": _limit("<=", lambda value, limit: value <= limit),
    "minimum": _limit(">=", lambda value, limit: value >= limit),
    "exclusiveMaximum": _limit("<", lambda value, limit: value < limit),
    "exclusiveMinimum": _limit(">", lambda value, limit: value > limit),
    "multipleOf": _multiple_of,
    "maxLength": partial(_at_most, "characters"),
    "minLength": partial(_at_least, "characters"),
    "pattern": _pattern,
    "format": _format,
    "isNotEmpty": _not_empty,
    "maxItems": partial(_at_most, "items"),
    "minItems": partial(_at_least, "items"),
    "maxProperties": partial(_at_most, "properties"),
    "minProperties": partial(_at_least, "properties"),
    "required": _required,
    "dependentRequired": _dependent_required,
}
