"""Telling pictures by their bytes."""

import struct

import pytest

from frontdesk.transcripts.images import Image, inspect_image
from tests.transcripts.pictures import GIF, JPEG, jpeg_turned, png


@pytest.mark.parametrize(
    ("data", "image"),
    [
        (png(30, 20), Image("png", 30, 20)),
        (JPEG, Image("jpeg", 12, 8)),
        (GIF, Image("gif", 1, 1)),
        (
            b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x63\0\0\x31\0\0",
            Image("webp", 100, 50),
        ),
        (
            b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 99 | 49 << 14),
            Image("webp", 100, 50),
        ),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 100, 50), Image("webp", 100, 50)),
    ],
)
def test_format_and_size_are_read_from_the_head(data: bytes, image: Image) -> None:
    assert inspect_image(data) == image


def test_a_camera_held_upright_swaps_width_and_height() -> None:
    image = inspect_image(jpeg_turned(6))
    assert image == Image("jpeg", 12, 8, orientation=6)
    assert image.seen() == (8, 12)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_impossible_orientation_is_none(orientation: int) -> None:
    assert inspect_image(jpeg_turned(orientation)) == Image("jpeg", 12, 8)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        png(30, 20)[:60],
        png(30, 20)[:-8],
        png(30, 20).replace(b"IDAT", b"IDOT"),
        JPEG[:300],
        JPEG[:8] + b"\xff\xd9",
        GIF[:8],
        b"RIFF\0\0\0\0WEBPVP8X",
        b"RIFF\0\0\0\0WEBPXXXX",
    ],
)
def test_what_is_no_whole_picture_is_none(data: bytes) -> None:
    assert inspect_image(data) is None


@pytest.mark.parametrize("piece", [b"\xff", b"\xff\xfe\0\2"])
def test_a_head_is_not_read_without_end(piece: bytes) -> None:
    assert inspect_image(JPEG[:2] + piece * 1_000 + JPEG[2:]) == Image("jpeg", 12, 8)
    assert inspect_image(JPEG[:2] + piece * 2_000 + JPEG[2:]) is None


def test_a_picture_that_would_fill_the_memory_is_none() -> None:
    data = bytearray(png(10, 10))
    data[16:24] = struct.pack(">II", 50_000, 50_000)
    assert inspect_image(bytes(data)) is None
    data[16:24] = struct.pack(">II", 0, 10)
    assert inspect_image(bytes(data)) is None
