"""A transcript as an e-mail to the visitor: HTML, and plain text written for itself.

Pictures travel as inline parts of the message, named by `cid:` addresses in the HTML: the mail
composer adds each of `RenderedEmail.inline` with `Content-ID: <cid>`. Data URIs would save
that step, but the most used web mails do not show them.
"""

from functools import lru_cache
from hashlib import blake2s
from typing import TYPE_CHECKING

from msgspec import Struct

from frontdesk.texts import is_right_to_left, text
from frontdesk.transcripts.document import AuthorKind, File, Transcript
from frontdesk.transcripts.flow import Flow, Picture
from frontdesk.transcripts.formats import Formats
from frontdesk.transcripts.images import inspect_image
from frontdesk.transcripts.markup import one_line
from frontdesk.transcripts.plain_text import render_plain_text

if TYPE_CHECKING:
    from jinja2 import Template

# Pixels: what the reference allows a picture in a transcript mail (behaviour notes 02, 2.6).
_PICTURE_WIDTH = 400
_PICTURE_HEIGHT = 240
# Mail servers often take no more than 25 MB, and a part grows by a third on its way.
_MAX_INLINE_BYTES = 10_000_000


class InlineImage(Struct, frozen=True, kw_only=True):
    """A picture that the HTML shows as `cid:` and this `cid`, which has no angle brackets."""

    name: str
    content_type: str
    data: bytes
    cid: str


class RenderedEmail(Struct, frozen=True, kw_only=True):
    """The parts of a message, without its envelope; `subject` is a single line."""

    subject: str
    text: str
    html: str
    inline: tuple[InlineImage, ...]


def render_email(transcript: Transcript) -> RenderedEmail:
    """Return the transcript as a mail to its visitor, in the transcript's language and zone.

    The visitor's messages are headed "You"; other authors appear as given. `subject` is the
    default one, for when nobody chose another. JPEG, PNG, GIF and WebP pictures are shown, 10 MB
    of them at most; all other files are listed by name. Everything that people wrote is escaped.
    """
    language = transcript.language
    formats = Formats(language, transcript.time_zone)
    images = _InlineImages()

    def called(author: str, kind: AuthorKind) -> str:
        return text("You", language) if kind == "visitor" else author

    flow = Flow(transcript, formats, images.show, called)
    site = one_line(transcript.site_name)
    end = transcript.opened_at if transcript.closed_at is None else transcript.closed_at
    html = _template().render(
        site=site,
        title=text("Chat_transcript", language),
        introduction=text("Transcript_introduction", language, site=site),
        times=text("Times_are_in", language, zone=formats.zone(end)),
        shortened=text("Message_shortened", language),
        empty=text("No_messages", language),
        lang=str(formats.locale).replace("_", "-"),
        rtl=is_right_to_left(language),
        facts=flow.facts(),
        days=flow.days(),
    )
    return RenderedEmail(
        subject=text("Transcript_of_your_livechat_conversation", language),
        text=render_plain_text(transcript, formats, flow),
        html=html,
        inline=tuple(images.parts),
    )


class _InlineImages:
    """Collects the pictures that the HTML refers to."""

    def __init__(self) -> None:
        self.parts: list[InlineImage] = []
        self._room = _MAX_INLINE_BYTES

    def show(self, file: File) -> Picture | None:
        data = file.data or b""
        image = inspect_image(data)
        if image is None or len(data) > self._room:
            return None
        self._room -= len(data)
        # Content ids must differ between messages, or mail programs show the wrong picture.
        digest = blake2s(data, digest_size=12).hexdigest()
        part = InlineImage(
            name=one_line(file.name),
            content_type=f"image/{image.format}",
            data=data,
            cid=f"{len(self.parts) + 1}.{digest}@transcript",
        )
        self.parts.append(part)
        width, height = image.seen()
        shown = min(width, _PICTURE_WIDTH, round(_PICTURE_HEIGHT * width / height))
        return Picture(f"cid:{part.cid}", part.name, max(shown, 1))


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("frontdesk.transcripts", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("transcript.html")
