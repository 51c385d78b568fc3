"""A transcript as plain text, for mail programs and people that prefer it."""

from textwrap import indent

from frontdesk.texts import text
from frontdesk.transcripts.document import File, Line, Quote, Transcript
from frontdesk.transcripts.flow import MAX_QUOTES_DEEP, Flow
from frontdesk.transcripts.formats import Formats
from frontdesk.transcripts.markup import one_line, readable


def render_plain_text(transcript: Transcript, formats: Formats, flow: Flow) -> str:
    """Return the whole transcript as text; messages keep their Markdown, which reads well as it is.

    `flow` gives the header facts and what an author is called.
    """
    language = transcript.language
    site = one_line(transcript.site_name)
    end = transcript.opened_at if transcript.closed_at is None else transcript.closed_at
    parts = [
        f"{text('Chat_transcript', language)}\n{site}",
        text("Transcript_introduction", language, site=site),
        "\n".join(f"{fact.label}: {fact.value}" for fact in flow.facts()),
    ]
    writer = _Writer(language, formats, flow)
    day = ""
    for line in transcript.messages:
        if day != formats.day(line.ts):
            day = formats.day(line.ts)
            parts.append(f"--- {day} ---")
        parts.append(writer.line(line))
    if not transcript.messages:
        parts.append(text("No_messages", language))
    parts.append(text("Times_are_in", language, zone=formats.zone(end)))
    return "\n\n".join(part for part in parts if part) + "\n"


class _Writer:
    def __init__(self, language: str, formats: Formats, flow: Flow) -> None:
        self._language = language
        self._formats = formats
        self._flow = flow

    def line(self, line: Line) -> str:
        author = self._flow.author(line.author, line.kind)
        time = self._formats.time(line.ts)
        if line.system:
            sentence = one_line(line.text, 2_000)
            return f"[{time}] * {sentence}" + (f" ({author})" if author not in sentence else "")
        said = [self._quote(quote) for quote in line.quotes]
        said += [readable(line.text)] if line.text else []
        said += [self._file(file) for file in line.files]
        if not said:
            return ""
        return f"[{time}] {author}:\n" + indent("\n".join(said), "  ")

    def _quote(self, quote: Quote, depth: int = 1) -> str:
        author = self._flow.author(quote.author, quote.kind)
        time = "" if quote.ts is None else f" ({self._formats.moment(quote.ts)})"
        inner = quote.quotes if depth < MAX_QUOTES_DEEP else ()
        said = [f"{author}{time}:", *(self._quote(each, depth + 1) for each in inner)]
        return indent("\n".join([*said, readable(quote.text)]), "> ", lambda line: True)

    def _file(self, file: File) -> str:
        size = "" if file.size is None else f", {self._formats.size(file.size)}"
        return f"[{text('Attachment', self._language)}: {one_line(file.name)}{size}]"
