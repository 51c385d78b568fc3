"""Transcripts to render."""

from frontdesk.transcripts.document import AuthorKind, File, Line, Quote, Transcript

#: 2025-03-01T09:03:00Z, a Saturday.
START = 1_740_819_780_000


def line(
    text: str,
    *,
    seconds: int = 0,
    author: str = "Grace Hopper",
    kind: AuthorKind = "agent",
    system: bool = False,
    files: tuple[File, ...] = (),
    quotes: tuple[Quote, ...] = (),
) -> Line:
    """Return a message of an agent, sent so many seconds after the start."""
    return Line(
        author=author,
        kind=kind,
        ts=START + seconds * 1000,
        text=text,
        system=system,
        files=files,
        quotes=quotes,
    )


def from_visitor(
    text: str,
    *,
    seconds: int = 0,
    files: tuple[File, ...] = (),
    quotes: tuple[Quote, ...] = (),
) -> Line:
    """Return a message of the visitor Ada Lovelace."""
    return line(
        text, seconds=seconds, author="Ada Lovelace", kind="visitor", files=files, quotes=quotes
    )


def transcript(*messages: Line, language: str = "en", comment: str = "") -> Transcript:
    """Return a closed conversation of an hour and twelve minutes, in Berlin's zone."""
    return Transcript(
        site_name="Northwind",
        visitor="Ada Lovelace",
        agent="Grace Hopper",
        department="Billing",
        opened_at=START,
        closed_at=START + 72 * 60 * 1000,
        tags=("refund", "VIP"),
        comment=comment,
        language=language,
        time_zone="Europe/Berlin",
        messages=messages,
    )
