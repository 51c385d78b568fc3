"""The table that a call prints, with the goals and whether they are reached."""

import msgspec

from bench.load import Outcome

_HEAD = (
    "what", "figure", "to the usual way", "to the floor", "p50 ms", "p99 ms", "core used",
    "goal", "reached",
)  # fmt: skip


class Row(msgspec.Struct):
    """A line: a figure with its unit, ratios where there is something to compare with, and the
    goal with whether it is reached (None: there is no goal).
    """

    what: str
    figure: str
    outcome: Outcome | None = None
    to_usual: float | None = None
    to_floor: float | None = None
    goal: str = ""
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """Return the line's texts in the order of the head."""
        done = self.outcome
        return (
            self.what,
            self.figure,
            "" if self.to_usual is None else f"{self.to_usual:.1f} x",
            "" if self.to_floor is None else f"{self.to_floor:.2f} x",
            "" if done is None else f"{done.p50 * 1000:.1f}",
            "" if done is None else f"{done.p99 * 1000:.1f}",
            "" if done is None else f"{done.core_use:.0%}",
            self.goal,
            "" if self.reached is None else "yes" if self.reached else "NO",
        )


def markdown(rows: list[Row]) -> str:
    """Return the rows as a Markdown table, set so that it can be read as it is."""
    lines = [_HEAD, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    text.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(text)
