"""The lines of the measurements that take a whole workspace: a day, a million rooms or messages, a
queue.
"""

from collections.abc import Callable, Mapping

from bench import day, live, scale, search, storm, waiting
from bench.load import Outcome
from bench.stores import ENGINES
from bench.table import Row

PARTS = ("day", "scale", "queue", "search", "live")


def day_rows(
    conversations: int, closes: Mapping[str, float], tell: Callable[[str], None]
) -> list[Row]:
    """Hold a working day on each engine; `closes` are the closes per second to compare with, by
    engines, where there are any.
    """
    rows = []
    for engine in ENGINES:
        tell(f"Measuring a working day on {engine} ...")
        held, broken = day.a_day_on(engine, conversations)
        per_second = held.done["closed"] / held.outcome.seconds
        beside = ""
        if engine in closes:
            beside = f", {held.outcome.rate / closes[engine]:.2f} x as many as closes alone"
        done = ", ".join(f"{count:,} {what}" for what, count in sorted(held.done.items()))
        tell(f"On {engine}: {done}; refused by the rules: {sum(held.refused.values()):,}")
        for finding in broken:
            tell(f"On {engine} broken: {finding}")
        rows += [
            Row(
                f"a day of {conversations:,} conversations, {engine}: **Frontdesk**",
                f"{per_second:,.0f} conversations/s, {held.outcome.rate:,.0f} calls/s{beside}",
                held.outcome,
            ),
            Row(
                f"rules of the store broken by that day, {engine}",
                str(len(broken)),
                goal="0",
                reached=not broken,
            ),
        ]
    return rows


def scale_rows(rooms: int, tell: Callable[[str], None]) -> list[Row]:
    """Compare a large workspace with a small one on each engine."""
    rows = []
    for engine in ENGINES:
        tell(f"Measuring {rooms:,} rooms on {engine}; to make them takes minutes ...")
        for each in scale.compare(engine, rooms):
            first = "" if each.first is None else f"; asked first: {each.first * 1000:,.0f} ms"
            rows.append(
                Row(
                    f"{each.what}, {rooms:,} rooms, {engine}",
                    f"p99 {each.ratio:.2f} x that of {scale.SMALL:,} rooms, "
                    f"{each.small.p99 * 1000:.1f} ms{first}",
                    each.large,
                    goal=f"<= {scale.TIMES_SMALL} x" if each.has_goal else "",
                    reached=each.ratio <= scale.TIMES_SMALL if each.has_goal else None,
                )
            )
            tell(f"  {' | '.join(rows[-1].cells())}")
    return rows


def search_rows(messages: int, tell: Callable[[str], None]) -> list[Row]:
    """Compare searches in a large workspace with those in a small one on each engine."""
    rows = []
    for engine in ENGINES:
        tell(f"Measuring {messages:,} messages on {engine}; to make them takes minutes ...")
        for each in search.compare(engine, messages):
            rows.append(
                Row(
                    f"{each.what}, {messages:,} messages, {engine}",
                    f"p99 {each.ratio:.2f} x that of {search.SMALL:,}, "
                    f"{each.small.p99 * 1000:.1f} ms",
                    each.large,
                    goal=f"<= {search.TIMES_SMALL} x",
                    reached=each.ratio <= search.TIMES_SMALL,
                )
            )
            tell(f"  {' | '.join(rows[-1].cells())}")
    return rows


def queue_rows(tell: Callable[[str], None]) -> list[Row]:
    """Compare assigning from a long queue with assigning from a short one on each engine."""
    rows = []
    for engine in ENGINES:
        tell(f"Measuring the queue on {engine} ...")
        few, many = (waiting.assigning_on(engine, count) for count in (waiting.FEW, waiting.MANY))
        times = many.p50 / few.p50
        rows += [
            _assigned(engine, waiting.FEW, few),
            Row(
                f"assigned from a queue of {waiting.MANY:,}, {engine}: **Frontdesk**",
                f"{many.p50 * 1000:.1f} ms, {times:.2f} x that of {waiting.FEW}",
                many,
                goal=f"<= {waiting.TIMES_FEW} x",
                reached=times <= waiting.TIMES_FEW,
            ),
        ]
    return rows


def _assigned(engine: str, count: int, outcome: Outcome) -> Row:
    what = f"assigned from a queue of {count:,}, {engine}: **Frontdesk**"
    return Row(what, f"{outcome.p50 * 1000:.1f} ms", outcome)


def live_rows(visitors: int, seconds: float, tell: Callable[[str], None]) -> list[Row]:
    """Let many visitors be connected at once."""
    tell(f"Measuring {visitors:,} connected visitors ...")
    lived = live.live_with(visitors, seconds)
    rows = []
    for what, each in (("idle", lived.idle), ("in a conversation", lived.talking)):
        reached = each <= live.KILOBYTES_EACH
        goal = f"<= {live.KILOBYTES_EACH:.0f} KB"
        what = f"memory for each of {visitors:,} visitors, {what}: **Frontdesk**"
        rows.append(Row(what, f"{each:.1f} KB", goal=goal, reached=reached))
    p50, p99 = (live.percentile(lived.arrivals, part) * 1000 for part in (0.5, 0.99))
    complete = len(lived.arrivals) == lived.sent * live.LISTENERS
    before, during = (
        live.percentile(calls, 0.99) * 1000 for calls in (lived.calls_before, lived.calls_during)
    )
    return [
        *rows,
        Row(
            f"{live.RATE:,} messages/s, each to {live.LISTENERS} clients: **Frontdesk**",
            f"p50 {p50:.1f} ms, p99 {p99:.1f} ms from sending to arrival; "
            f"{len(lived.arrivals):,} arrived",
            goal=f"all arrive, p99 < {live.MS_ON_ITS_WAY:.0f} ms",
            reached=complete and p99 < live.MS_ON_ITS_WAY,
        ),
        Row(
            f"REST while {storm.A_SECOND:,} clients connect every second: **Frontdesk**",
            f"p99 {during:.1f} ms, {before:.1f} ms before; "
            f"{storm.A_SECOND * storm.SECONDS:,} connected in {lived.storm:.1f} s",
        ),
    ]
