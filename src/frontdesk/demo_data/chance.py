"""Chance that can be repeated: the same seed draws the same."""

import math
from collections.abc import Sequence
from random import Random
from statistics import NormalDist
from typing import TypeVar

from frontdesk.ids import ALPHABET, TOKEN_ALPHABET

T = TypeVar("T")

# A byte onto a character: not quite fair, which nothing here needs to be.
_ID = bytes(ord(ALPHABET[byte * len(ALPHABET) >> 8]) for byte in range(256))
_TOKEN = bytes(ord(TOKEN_ALPHABET[byte & 63]) for byte in range(256))
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_PAIR = len(_PAIRS)


class Chance(Random):
    """Random choices of a seed.

    Ids begin with a count, so that each stands after the one before: the indexes of a large store
    then grow at their ends, and only there. With ids that are random throughout, each would
    change a page of its own in every index. `drawn` is how many there were before.
    """

    def __init__(self, seed: str, drawn: int = 0) -> None:
        super().__init__(seed)
        self._drawn = drawn

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices; much faster than `choice`."""
        return choices[int(self.random() * len(choices))]

    def happens(self, share: float) -> bool:
        """Return True in this share of all cases (0 to 1)."""
        return self.random() < share

    def id(self) -> str:
        """Return an id of 17 characters."""
        return self._count() + self.randbytes(11).translate(_ID).decode()

    def hex_id(self) -> str:
        """Return an id of 24 hexadecimal characters."""
        self._drawn += 1
        return f"{self._drawn:08x}{self.randbytes(8).hex()}"

    def token(self) -> str:
        """Return a visitor's token: 43 characters."""
        return self._count() + self.randbytes(37).translate(_TOKEN).decode()

    def _count(self) -> str:
        """Return the next number as six characters that sort like it."""
        self._drawn += 1
        rest, low = divmod(self._drawn, _PAIR)
        return _PAIRS[rest // _PAIR] + _PAIRS[rest % _PAIR] + _PAIRS[low]


def delays(median: float, spread: float, longest: float) -> list[int]:
    """Return 512 delays in ms to pick from, log-normal as people's answers are.

    `median` and `longest` are seconds; `spread` is the standard deviation of the logarithm.
    """
    normal = NormalDist(math.log(median), spread)
    drawn = [math.exp(normal.inv_cdf((number + 0.5) / 512)) for number in range(512)]
    return [int(1000 * min(each, longest)) for each in drawn]
