"""Patterns of custom fields: regular expressions that managers write and strangers' texts are held
against.

The usual way to match, which tries one way after the other, may take for ever: `(a+)+$` doubles the
work with every `a`. So Python's parser reads the expression, and all ways are followed side by side
(Thompson, "Regular Expression Search Algorithm", 1968): the work is at most the length of the text
times the size of the expression. What cannot be matched like that, back-references above all, is
no pattern here.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

from frontdesk.http.javascript import pattern as translated

# Python's own parser has no types.
op: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

#: Steps of a program at the most; an expression of the usual kind has some dozens.
LONGEST_PROGRAM = 2_000

#: Whether something holds of a text at a place.
Test: TypeAlias = Callable[[str, int], bool]


class Unfit(Exception):
    """An expression that cannot be matched in this way."""


class _Step:
    """A step of a program: go on to each of `next`, if the test holds; `eats`: past a character.

    Without a test and without anything that follows it is the end: the text fits.
    """

    __slots__ = ("eats", "next", "test")

    def __init__(self, test: Test | None = None, *, eats: bool = False) -> None:
        self.test = test
        self.eats = eats
        self.next: list[_Step] = []


def is_pattern(source: str) -> bool:
    """Tell whether a text is a regular expression that can be held against values."""
    return _program(source) is not None


def fits_pattern(source: str, value: str) -> bool:
    """Tell whether a value matches somewhere; to an expression that is none nothing fits."""
    program = _program(source)
    if program is None:
        return False
    return any(True for _ in _ends(program, value, 0, anywhere=True))


@lru_cache(maxsize=256)
def _program(source: str) -> _Step | None:
    try:
        # The translation of what JavaScript says differently is checked by compiling it, too.
        expression = translated(source)
        read = parser.parse(expression.pattern, re.ASCII)
        if read.state.flags & ~(re.ASCII | re.UNICODE):
            return None  # JavaScript has no flags inside of an expression
        return _Compiler().compile(read)
    except (re.error, RecursionError, OverflowError, Unfit):
        return None


class _Compiler:
    """Makes programs of what Python's parser has read. Works from the end to the beginning, so that
    each step knows what follows.
    """

    def __init__(self) -> None:
        self._size = 0
        self._looks_around = False

    def compile(self, nodes: Any, after: _Step | None = None) -> _Step:
        """Return the first step of a sequence; raises Unfit."""
        entry = self._step() if after is None else after
        for kind, details in reversed(list(nodes)):
            entry = self._compiled(kind, details, entry)
        return entry

    def _count(self) -> None:
        self._size += 1
        if self._size > LONGEST_PROGRAM:
            raise Unfit("too long")

    def _step(self, test: Test | None = None, *following: _Step, eats: bool = False) -> _Step:
        self._count()
        step = _Step(test, eats=eats)
        step.next.extend(following)
        return step

    def _compiled(self, kind: Any, details: Any, after: _Step) -> _Step:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            return self._step(_character(kind, details), after, eats=True)
        if kind is op.AT:
            return self._step(_place(details), after)
        if kind is op.BRANCH:
            return self._step(None, *(self.compile(each, after) for each in details[1]))
        if kind is op.SUBPATTERN:
            _, added, taken, nodes = details
            if added or taken:
                raise Unfit("flags")
            return self.compile(nodes, after)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, nodes = details
            return self._repeated(least, most, nodes, after)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return self._step(self._around(kind is op.ASSERT, *details), after)
        raise Unfit(str(kind))

    def _repeated(self, least: int, most: int, nodes: Any, after: _Step) -> _Step:
        entry = after
        if most == op.MAXREPEAT:
            entry = self._step()
            entry.next += [self.compile(nodes, entry), after]
        else:
            for _ in range(most - least):
                entry = self._step(None, self.compile(nodes, entry), after)
        for _ in range(least):
            self._count()  # also of nothing, which has no steps
            entry = self.compile(nodes, entry)
        return entry

    def _around(self, wanted: bool, direction: int, nodes: Any) -> Test:
        """Return the test of what stands before or behind a place; one inside of another would
        take the square of the square of the time.
        """
        if self._looks_around:
            raise Unfit("looks around while it looks around")
        self._looks_around = True
        program = self.compile(nodes)
        self._looks_around = False
        if direction > 0:
            return lambda text, place: any(True for _ in _ends(program, text, place)) == wanted
        width = nodes.getwidth()[0]

        def stands_before(text: str, place: int) -> bool:
            start = place - width
            return (start >= 0 and place in _ends(program, text, start)) == wanted

        return stands_before


def _ends(program: _Step, text: str, start: int, *, anywhere: bool = False) -> Iterator[int]:
    """Return the places at which a program ends that begins at `start`, or `anywhere` behind."""
    waiting = [program]
    for place in range(start, len(text) + 1):
        if anywhere and place > start:
            waiting.append(program)
        seen: set[_Step] = set()
        eating: list[_Step] = []
        while waiting:
            step = waiting.pop()
            if step in seen:
                continue
            seen.add(step)
            if step.eats:
                eating.append(step)
            elif step.test is None or step.test(text, place):
                if not step.next:
                    yield place
                waiting += step.next
        if place < len(text):
            for step in eating:
                if step.test is not None and step.test(text, place):
                    waiting += step.next
        if not waiting and not anywhere:
            return


def _character(kind: Any, details: Any) -> Test:
    """Return the test of the character at a place."""
    if kind is op.ANY:
        return lambda text, place: text[place] != "\n"
    if kind is op.LITERAL:
        return lambda text, place: ord(text[place]) == details
    if kind is op.NOT_LITERAL:
        return lambda text, place: ord(text[place]) != details
    negated = details[0][0] is op.NEGATE
    parts = [_part(*each) for each in details[negated:]]
    return lambda text, place: any(fits(text[place]) for fits in parts) != negated


def _part(kind: Any, details: Any) -> Callable[[str], bool]:
    if kind is op.LITERAL:
        return lambda character: ord(character) == details
    if kind is op.RANGE:
        low, high = details
        return lambda character: low <= ord(character) <= high
    if kind is op.CATEGORY and details in _CATEGORIES:
        expression = _CATEGORIES[details]
        return lambda character: expression.fullmatch(character) is not None
    raise Unfit(str(kind))


_CATEGORIES = {
    op.CATEGORY_DIGIT: re.compile(r"\d", re.ASCII),
    op.CATEGORY_NOT_DIGIT: re.compile(r"\D", re.ASCII),
    op.CATEGORY_SPACE: re.compile(r"\s", re.ASCII),
    op.CATEGORY_NOT_SPACE: re.compile(r"\S", re.ASCII),
    op.CATEGORY_WORD: re.compile(r"\w", re.ASCII),
    op.CATEGORY_NOT_WORD: re.compile(r"\W", re.ASCII),
}
_WORD = _CATEGORIES[op.CATEGORY_WORD]


def _place(kind: Any) -> Test:
    """Return the test of a place between characters."""
    if kind in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
        return lambda text, place: place == 0
    if kind in (op.AT_END, op.AT_END_STRING):
        return lambda text, place: place == len(text)
    if kind in (op.AT_BOUNDARY, op.AT_NON_BOUNDARY):
        return lambda text, place: _at_boundary(text, place) == (kind is op.AT_BOUNDARY)
    raise Unfit(str(kind))


def _at_boundary(text: str, place: int) -> bool:
    before = place > 0 and _WORD.fullmatch(text[place - 1]) is not None
    behind = place < len(text) and _WORD.fullmatch(text[place]) is not None
    return before != behind
