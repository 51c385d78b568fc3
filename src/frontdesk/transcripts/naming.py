"""The file name of a PDF transcript."""

import re

from frontdesk.transcripts.document import Transcript
from frontdesk.transcripts.formats import Formats

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


def pdf_name(transcript: Transcript) -> str:
    """Return `Transcript_<site>_<M-D-YYYY>_<visitor>.pdf`, free of what file systems forbid.

    The day is that of the close in the transcript's zone (messages and transcripts, 2.8).
    """
    moment = Formats("en", transcript.time_zone).local(transcript.closed_at or transcript.opened_at)
    day = f"{moment.month}-{moment.day}-{moment.year}"
    visitor = transcript.visitor or "Visitor"
    parts = (_UNSAFE.sub(" ", part).strip()[:80] for part in (transcript.site_name, day, visitor))
    return f"Transcript_{'_'.join(parts)}.pdf"
