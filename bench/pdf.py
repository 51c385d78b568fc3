"""How long a PDF transcript takes: 200 messages, by the real renderer.

Twice: a chat as people type it, a message every 40 seconds, and one in which they write at length
all day, each message with a time of its own, with Markdown, links, lists and quotes.
"""

from statistics import median
from time import perf_counter, process_time

from bench.machine import SERVER_CORE, on_core
from frontdesk.transcripts.document import Line, Quote, Transcript
from frontdesk.transcripts.pdf import forget_documents, render_pdf

MESSAGES = 200
WARM_UPS = 3
TIMES = 30
_START = 1_760_000_000_000
_BETWEEN_SHORT = 40_000
_BETWEEN_LONG = 12 * 60_000
#: By whom (v: visitor) and what, in turns of one to three messages, as people chat.
_PLAIN = (
    ("v", "Hello, are you there?"),
    ("v", "I ordered a standing desk two weeks ago and it has still not arrived."),
    ("a", "Good morning! I am sorry to hear that."),
    ("a", "May I have your order number, please?"),
    ("v", "FD-2025-004711"),
    ("a", "Thank you. One moment, I am looking at what the carrier says."),
    ("v", "No problem, take your time."),
    ("a", "It left our warehouse on Tuesday."),
    ("a", "The house number is missing in the address, so it lies in the depot in Köln."),
    ("a", "Could you tell me the complete address?"),
)
_RICH = (
    "Hello! I ordered a *standing desk* two weeks ago and it has still not arrived.",
    "Good morning, I am sorry to hear that. May I have your order number, please?",
    "Of course: `FD-2025-004711`. The confirmation said three to five working days.",
    "Thank you. One moment, I am looking at what the carrier says.",
    "No problem, take your time.",
    "It left our warehouse on **Tuesday**, and since then the carrier has it in the depot in "
    "Köln. There seems to have been an address problem: the house number is missing. Could you "
    "tell me the complete address?",
    "Ah! It is Lindenstraße 48 b, 2nd floor, the bell says Ångström & Łukasz.",
    "I have passed it on:\n- house number *48 b*\n- bell: Ångström & Łukasz\n- second floor",
    "Can I follow it somewhere? https://tracking.example.org/parcels/FD-2025-004711",
    "Yes, that page shows it within the hour. Is there anything else I can do for you?",
)


def transcript(order: int, *, rich: bool) -> Transcript:
    """Return a conversation about an order, of two hours or, a rich one, of two days.

    In a rich one each tenth message answers to another.
    """
    between = _BETWEEN_LONG if rich else _BETWEEN_SHORT
    lines = []
    for number in range(MESSAGES):
        if rich:
            visitor, text = number % 2 == 0, _RICH[number % len(_RICH)]
        else:
            by, text = _PLAIN[number % len(_PLAIN)]
            visitor = by == "v"
        answers = rich and number % 10 == 9
        quotes = (Quote(author="Ada Example", text=_RICH[0]),) if answers else ()
        lines.append(
            Line(
                author="Ada Example" if visitor else "Bruno Beispiel",
                kind="visitor" if visitor else "agent",
                ts=_START + number * between,
                # No two messages are the same: Typst remembers what it has laid out before.
                text=f"{text} ({order}/{number})",
                quotes=quotes,
            )
        )
    return Transcript(
        site_name="Example Desks",
        visitor="Ada Example",
        agent="Bruno Beispiel",
        department="Shipping",
        opened_at=_START,
        closed_at=_START + MESSAGES * between,
        tags=("parcel", "address"),
        comment="Address completed, the parcel is on its way.",
        time_zone="Europe/Berlin",
        messages=tuple(lines),
    )


def milliseconds_per_pdf(*, rich: bool) -> tuple[float, float]:
    """Return the medians of the time and of the processor time of a PDF, on one core, after the
    fonts are loaded.
    """
    with on_core(SERVER_CORE):
        times, processor_times = [], []
        for order in range(WARM_UPS + TIMES):
            document = transcript(order, rich=rich)
            began, used = perf_counter(), process_time()
            render_pdf(document)
            times.append(perf_counter() - began)
            processor_times.append(process_time() - used)
            forget_documents()
    return median(times[WARM_UPS:]) * 1000, median(processor_times[WARM_UPS:]) * 1000
