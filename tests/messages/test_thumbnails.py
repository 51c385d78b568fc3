"""Previews and thumbnails of pictures that people send, who may be anybody."""

import base64
import io
from typing import Any

import pytest
from PIL import Image

from frontdesk.messages.thumbnails import MOST_PIXELS, MOST_SCANS, look_at
from tests.builders import settings
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.messages.served import Served
from tests.messages.test_uploads import download, media, png, stored_bytes, upload

CONFIRM = "rooms.mediaConfirm/{}/{}"


def picture(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", **save: Any) -> bytes:
    data = io.BytesIO()
    Image.new(mode, (width, height), "orange").save(data, kind, **save)
    return data.getvalue()


def seen(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def send(served: Served, data: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    uploaded = media(served.agent.api, served.room_id, ("photo.jpg", data, kind))
    assert uploaded.status_code == 200, uploaded.text
    path = CONFIRM.format(served.room_id, uploaded.json()["file"]["_id"])
    answer = served.agent.api.post(path, {"msg": "look"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["message"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_a_picture_has_a_tiny_preview(kind: str):
    found = await look_at(picture(300, 150, kind))

    assert found is not None and found.preview is not None
    assert (found.width, found.height, found.thumbnail) == (300, 150, None)
    preview = seen(base64.b64decode(found.preview))
    assert (preview.format, preview.size) == ("JPEG", (32, 16))


async def test_a_thumbnail_is_made_of_a_picture_that_is_larger():
    found = await look_at(picture(900, 300), (480, 360))
    assert found is not None and found.thumbnail is not None
    small = seen(found.thumbnail.data)
    assert (small.format, small.size) == ("JPEG", (480, 160))
    assert (found.thumbnail.width, found.thumbnail.height) == (480, 160)

    fitting = await look_at(picture(480, 360), (480, 360))
    assert fitting is not None and fitting.thumbnail is None


async def test_a_thumbnail_keeps_what_is_transparent():
    found = await look_at(picture(900, 300, "PNG", "RGBA"), (480, 360))
    assert found is not None and found.thumbnail is not None
    assert found.thumbnail.content_type == "image/png"


async def test_a_picture_is_turned_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6
    found = await look_at(picture(900, 300, exif=exif.tobytes()), (480, 360))
    assert found is not None and found.thumbnail is not None
    assert (found.width, found.height) == (300, 900)
    small = seen(found.thumbnail.data)
    assert small.size == (120, 360)
    assert not small.getexif()


async def test_an_animation_has_no_thumbnail_that_stands_still():
    found = await look_at(picture(900, 300, "GIF"), (480, 360))
    assert found is not None and found.preview is not None
    assert found.thumbnail is None


async def test_what_would_fill_the_memory_is_not_unpacked():
    side = int(MOST_PIXELS**0.5) + 1
    found = await look_at(png(side, side), (480, 360))
    assert found is not None
    assert (found.width, found.preview, found.thumbnail) == (side, None, None)


async def test_a_jpeg_that_goes_over_its_pixels_again_and_again_is_not_unpacked():
    whole = picture(600, 600, mode="L", progressive=True)
    last_scan = whole[whole.rindex(b"\xff\xda") : -2]
    usual = await look_at(whole)
    assert usual is not None and usual.preview is not None

    found = await look_at(whole[:-2] + MOST_SCANS * last_scan + whole[-2:])
    assert found is not None
    assert (found.width, found.height, found.preview) == (600, 600, None)


@pytest.mark.parametrize("cut", [60, 200, 900])
async def test_a_damaged_picture_has_no_preview(cut: int):
    whole = picture(600, 600)
    found = await look_at(whole[:cut] + b"\xff\xd9", (100, 100))
    assert found is None or found.thumbnail is None or found.preview is not None


async def test_what_is_no_picture_is_nothing():
    assert await look_at(b"<svg onload='alert(1)'>") is None
    assert await look_at(b"") is None


def test_the_preview_is_in_a_visitors_message(api: Api, served: Served):
    answer = upload(api, served, ("photo.jpg", picture(300, 150), "image/jpeg"))

    (attachment,) = answer.json()["attachments"]
    assert attachment["image_dimensions"] == {"width": 300, "height": 150}
    assert seen(base64.b64decode(attachment["image_preview"])).size == (32, 16)
    assert len(answer.json()["files"]) == 1


def test_an_agents_large_picture_is_shown_by_its_thumbnail(api: Api, served: Served):
    data = picture(900, 300)

    message = send(served, data)

    (attachment,) = message["attachments"]
    assert attachment["image_dimensions"] == {"width": 480, "height": 160}
    assert attachment["image_type"] == "image/jpeg"
    original, thumbnail = message["files"]
    assert message["file"] == original
    assert thumbnail["name"] == "thumb-photo.jpg"
    assert thumbnail["_id"] in attachment["image_url"]
    assert original["_id"] in attachment["title_link"]
    visitor = {
        "rc_room_type": "l",
        "rc_rid": served.room_id,
        "rc_token": served.visitor.token,
    }
    shown = download(api, attachment["image_url"], visitor)
    assert seen(shown.content).size == (480, 160)
    assert download(api, attachment["title_link"], visitor).content == data
    assert download(api, attachment["image_url"]).status_code == 403


def test_thumbnails_may_be_switched_off(admin: Api, served: Served):
    with settings(admin, Message_Attachments_Thumbnails_Enabled=False):
        message = send(served, picture(900, 300))

    assert message["attachments"][0]["image_dimensions"] == {"width": 900, "height": 300}
    assert len(message["files"]) == 1


def test_a_thumbnail_goes_with_its_message(admin: Api, served: Served, server: FrontdeskProcess):
    message = send(served, picture(900, 300))
    ids = {each["_id"] for each in message["files"]}
    assert ids <= stored_bytes(server)

    body = {"roomId": served.room_id, "msgId": message["_id"]}
    assert admin.post("chat.delete", body).status_code == 200

    for each in message["files"]:
        gone = download(admin, f"/file-upload/{each['_id']}/{each['name']}")
        assert gone.status_code == 404


def test_a_file_of_nothing_is_sent_as_nothing(api: Api, admin: Api, served: Served):
    path = upload(api, served, ("empty.txt", b"", "text/plain")).json()["attachments"][0]
    answer = download(admin, path["title_link"])
    assert (answer.status_code, answer.content) == (200, b"")
    part = download(admin, path["title_link"], range="bytes=0-")
    assert part.status_code == 416
