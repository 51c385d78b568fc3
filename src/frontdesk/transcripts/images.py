"""What a picture is, told by its bytes and not by what it is called."""

import struct
from struct import unpack_from
from typing import Literal

from msgspec import Struct

# A PNG is unpacked to 4 bytes a pixel while a PDF is made: 100 MB at this limit.
MAX_PIXELS = 25_000_000

ImageFormat = Literal["png", "jpeg", "gif", "webp"]

_ORIENTATION_TAG = 0x0112
# Some programs write remarks of their own behind the end of a picture.
_TAIL = 4096
# Segments and fill bytes before the frame header of a JPEG: programs write some dozens.
_MOST_SEGMENTS = 2_000


class Image(Struct, frozen=True):
    """The format of a picture and its size in pixels as it is stored.

    `orientation` is that of EXIF, 1 to 8: how a camera was held. From 5 on, what is stored as
    width is seen as height.
    """

    format: ImageFormat
    width: int
    height: int
    orientation: int = 1

    def seen(self) -> tuple[int, int]:
        """Return width and height as a viewer sees them."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


def inspect_image(data: bytes) -> Image | None:
    """Read the head of a picture; None when it is none that can be shown or is too large.

    Beyond the head only the end of a PNG or JPEG is looked for, so other damage stays unseen.
    """
    try:
        image = _png(data) or _jpeg(data) or _gif(data) or _webp(data)
    except (struct.error, IndexError):
        return None
    if image is None or not 0 < image.width * image.height <= MAX_PIXELS:
        return None
    return image


def _png(data: bytes) -> Image | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        return None
    if b"IDAT" not in data or b"IEND" not in data[-_TAIL:]:
        return None
    return Image("png", *unpack_from(">II", data, 16))


def _jpeg(data: bytes) -> Image | None:
    """Walk the segments up to the frame header (SOF), which holds height and width."""
    if not data.startswith(b"\xff\xd8\xff") or b"\xff\xd9" not in data[-_TAIL:]:
        return None
    at, orientation = 2, 1
    for _ in range(_MOST_SEGMENTS):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (0xC0, 0xC1, 0xC2):  # the kinds that every viewer knows
            height, width = unpack_from(">HH", data, at + 5)
            return Image("jpeg", width, height, orientation)
        length = unpack_from(">H", data, at + 2)[0]
        if marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":
            orientation = _orientation(data[at + 10 : at + 2 + length])
        at += 2 + length
    return None


def _orientation(exif: bytes) -> int:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (at,) = unpack_from(f"{order}I", exif, 4)
        (count,) = unpack_from(f"{order}H", exif, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, value = unpack_from(f"{order}H6xH", exif, entry)
            if tag == _ORIENTATION_TAG and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass  # damaged remarks do not make the picture worse
    return 1


def _gif(data: bytes) -> Image | None:
    if not data.startswith((b"GIF87a", b"GIF89a")):
        return None
    return Image("gif", *unpack_from("<HH", data, 6))


def _webp(data: bytes) -> Image | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return None
    match data[12:16]:
        case b"VP8 ":
            width, height = unpack_from("<HH", data, 26)
            return Image("webp", width & 0x3FFF, height & 0x3FFF)
        case b"VP8L":
            (bits,) = unpack_from("<I", data, 21)
            return Image("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8X":
            sides = (int.from_bytes(side, "little") + 1 for side in unpack_from("3s3s", data, 24))
            return Image("webp", *sides)
        case _:
            return None
