"""Small pictures of large ones: the blurred preview in a message, and the thumbnail beside it.

Pictures come from strangers. Only the usual formats are opened, nothing that unpacks to more than
`MOST_PIXELS` or takes for ever to unpack, one at a time, and never in the event loop. A picture
that cannot be read is shown from its own address.

Source of the sizes: behaviour of the API, messages, section 1.8, and settings of the workspace.
"""

import asyncio
import base64
import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from frontdesk.transcripts.images import Image, inspect_image

if TYPE_CHECKING:
    from PIL.Image import Image as Opened

    from frontdesk.settings.workspace import Settings

#: A picture takes four bytes of memory for each pixel while it is drawn: 64 MB at this limit.
MOST_PIXELS = 16_000_000
#: A JPEG may go over all its pixels as often as it likes, in 14 bytes each time. Programs write ten
#: scans; what else looks like one stands in films that cameras put behind the picture.
MOST_SCANS = 200
_SCAN = b"\xff\xda"
#: Sides of a preview, and of the largest thumbnail that a workspace can wish for; pixels.
PREVIEW = 32
LARGEST = 2_000
_BLUR = 1.0
_PREVIEW_QUALITY, _THUMBNAIL_QUALITY = 60, 80
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

_painter = ThreadPoolExecutor(1, thread_name_prefix="thumbnails")


class Thumbnail(msgspec.Struct, frozen=True):
    """A smaller picture: its bytes, media type, and size in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


class Picture(msgspec.Struct, frozen=True):
    """What is known of an uploaded picture: its size in pixels as it is seen; a tiny blurred JPEG
    in base64; a thumbnail where one is wished for and smaller than the picture.
    """

    width: int
    height: int
    preview: str | None = None
    thumbnail: Thumbnail | None = None


def thumbnail_bounds(settings: "Settings") -> tuple[int, int] | None:
    """Return the width and height that a thumbnail has at the most; None for no thumbnails."""
    if not settings.flag("Message_Attachments_Thumbnails_Enabled"):
        return None
    width = settings.number("Message_Attachments_Thumbnails_Width")
    height = settings.number("Message_Attachments_Thumbnails_Height")
    if width <= 0 or height <= 0:
        return None
    return min(width, LARGEST), min(height, LARGEST)


async def look_at(data: bytes, bounds: tuple[int, int] | None = None) -> Picture | None:
    """Return what is known of a picture, with a thumbnail within `bounds` if they are given.

    None for bytes that are no picture of a usual format.
    """
    image = inspect_image(data)
    if image is None:
        return None
    if image.width * image.height > MOST_PIXELS or _has_many_scans(data, image):
        return Picture(*image.seen())
    return await asyncio.get_running_loop().run_in_executor(_painter, _draw, data, image, bounds)


def _has_many_scans(data: bytes, image: Image) -> bool:
    return image.format == "jpeg" and data.count(_SCAN) > MOST_SCANS


def _draw(data: bytes, image: Image, bounds: tuple[int, int] | None) -> Picture:
    # Loaded at first use: a workspace without pictures does not pay for it.
    import PIL.Image
    from PIL import ImageOps

    width, height = image.seen()
    larger = bounds is not None and (width > bounds[0] or height > bounds[1])
    # An animation would stand still.
    wanted = bounds if larger and image.format != "gif" else None
    try:
        with PIL.Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return Picture(width, height)
            side = max(wanted or (2 * PREVIEW, 2 * PREVIEW))
            opened.draft("RGB", (side, side))  # a JPEG is unpacked no larger than needed
            upright = ImageOps.exif_transpose(opened)
            thumbnail = None if wanted is None else _thumbnail(upright, wanted)
            return Picture(width, height, _preview(upright), thumbnail)
    except Exception:  # whatever a damaged or hostile picture makes the decoder say
        return Picture(width, height)


def _preview(image: "Opened") -> str:
    from PIL import ImageFilter

    small = _flat(image)
    small.thumbnail((PREVIEW, PREVIEW))
    data = io.BytesIO()
    small.filter(ImageFilter.GaussianBlur(_BLUR)).save(data, "JPEG", quality=_PREVIEW_QUALITY)
    return base64.b64encode(data.getvalue()).decode()


def _thumbnail(image: "Opened", bounds: tuple[int, int]) -> Thumbnail:
    see_through = image.has_transparency_data
    small = image.convert("RGBA") if see_through else image.convert("RGB")
    small.thumbnail(bounds)
    data = io.BytesIO()
    if see_through:
        small.save(data, "PNG", optimize=True)
    else:
        small.save(data, "JPEG", quality=_THUMBNAIL_QUALITY)
    kind = "image/png" if see_through else "image/jpeg"
    return Thumbnail(data.getvalue(), kind, small.width, small.height)


def _flat(image: "Opened") -> "Opened":
    """Return a copy without transparency, on white."""
    import PIL.Image

    if not image.has_transparency_data:
        return image.convert("RGB")
    above = image.convert("RGBA")
    flat = PIL.Image.new("RGB", above.size, "white")
    flat.paste(above, mask=above)
    return flat
