import base64
import hashlib
import hmac
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders import (
    Person,
    create_agent,
    create_user,
    eventually,
    messages_of,
    open_conversation,
    register_visitor,
    retire,
    room_of,
    settings,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.messages.served import Served, close, error

PDF = b"%PDF-1.7 a bill"


def png(width: int, height: int) -> bytes:
    """Return a black picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" * (width + 1) for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def upload(
    api: Api,
    served: Served,
    file: tuple[str, bytes, str] = ("bill.pdf", PDF, "application/pdf"),
    *,
    field: str = "file",
    token: str | None = None,
    **fields: str,
) -> httpx.Response:
    """Send a file as the visitor and return the answer, whatever it is."""
    headers = {"x-visitor-token": served.visitor.token if token is None else token}
    return api.post(
        f"livechat/upload/{served.room_id}", files={field: file}, data=fields, headers=headers
    )


def media(
    api: Api, room_id: str, file: tuple[str, bytes, str] = ("bill.pdf", PDF, "application/pdf")
) -> httpx.Response:
    """Upload a file as a user and return the answer, whatever it is."""
    return api.post(f"rooms.media/{room_id}", files={"file": file})


def download(api: Api, path: str, params: Any = None, **headers: str) -> httpx.Response:
    return api.get(path, params, headers=headers)


def stored_bytes(server: FrontdeskProcess) -> set[str]:
    return {path.name for path in Path(server.directory / "data" / "files").glob("*")}


def test_a_visitors_file_becomes_a_message(api: Api, admin: Api, served: Served):
    before = room_of(admin, served.room_id)["msgs"]

    answer = upload(api, served, msg="Here it is", description="The *bill*")

    assert answer.status_code == 200, answer.text
    message = answer.json()
    assert (message["success"], message["newRoom"], message["showConnecting"]) == (
        True,
        False,
        False,
    )
    assert (message["msg"], message["rid"]) == ("Here it is", served.room_id)
    assert (message["token"], message["groupable"]) == (served.visitor.token, False)
    file_id = message["file"]["_id"]
    path = f"/file-upload/{file_id}/bill.pdf"
    assert message["file"] == message["files"][0]
    assert message["file"] == {
        "_id": file_id,
        "name": "bill.pdf",
        "type": "application/pdf",
        "size": len(PDF),
        "format": "pdf",
    }
    attachment = message["attachments"][0]
    assert attachment.pop("descriptionMd")[0]["type"] == "PARAGRAPH"
    assert attachment == {
        "title": "bill.pdf",
        "type": "file",
        "description": "The *bill*",
        "title_link": path,
        "title_link_download": True,
    }
    assert room_of(admin, served.room_id)["msgs"] == before + 1
    shown = messages_of(api, served.room_id, served.visitor)[0]
    assert shown["fileUpload"]["publicFilePath"].endswith(path)
    assert (shown["fileUpload"]["type"], shown["fileUpload"]["size"]) == (
        "application/pdf",
        len(PDF),
    )


def test_a_picture_is_shown_with_its_size(api: Api, served: Served):
    answer = upload(api, served, ("cat pic.png", png(7, 5), "image/png"))
    attachment = answer.json()["attachments"][0]
    assert attachment["image_url"].endswith("/cat%20pic.png")
    assert attachment["image_url"] == attachment["title_link"]
    assert attachment["image_type"] == "image/png"
    assert attachment["image_size"] == len(png(7, 5))
    assert attachment["image_dimensions"] == {"width": 7, "height": 5}


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_sounds_and_films_are_shown(api: Api, served: Served, kind: str):
    answer = upload(api, served, ("a.bin", b"data", f"{kind}/mp4"))
    attachment = answer.json()["attachments"][0]
    assert attachment[f"{kind}_url"] == attachment["title_link"]
    assert (attachment[f"{kind}_type"], attachment[f"{kind}_size"]) == (f"{kind}/mp4", 4)


def test_a_name_is_no_path(api: Api, served: Served):
    answer = upload(api, served, ("../../etc/pass\\wd", b"x", "text/plain"))
    assert answer.json()["file"]["name"] == "wd"


def test_only_the_visitor_of_an_open_conversation_uploads(api: Api, served: Served):
    stranger = register_visitor(api)
    for token in ("", "nobody", stranger.token):
        refused = upload(api, served, token=token)
        assert refused.status_code == 403
        assert refused.json() == {"success": False, "error": "unauthorized"}
    close(served)
    assert upload(api, served).status_code == 403


@pytest.mark.parametrize("switch", ["Livechat_fileupload_enabled", "FileUpload_Enabled"])
def test_uploads_may_be_switched_off(api: Api, admin: Api, served: Served, switch: str):
    values: dict[str, Any] = {switch: False}
    with settings(admin, **values):
        refused = upload(api, served)
    assert (refused.status_code, refused.json()) == (
        400,
        {"reason": "error-file-upload-disabled", "success": False},
    )


def test_types_may_be_refused(api: Api, served: Served, server: FrontdeskProcess):
    before = stored_bytes(server)
    refused = upload(api, served, ("x.svg", b"<svg/>", "image/svg+xml"))
    assert (refused.status_code, refused.json()) == (
        400,
        {"reason": "error-type-not-allowed", "success": False},
    )
    assert stored_bytes(server) == before


def test_the_size_limit_is_exact(api: Api, admin: Api, served: Served, server: FrontdeskProcess):
    with settings(admin, FileUpload_MaxFileSize=1000):
        assert upload(api, served, ("a.txt", b"x" * 1000, "text/plain")).status_code == 200
        before = stored_bytes(server)
        refused = upload(api, served, ("a.txt", b"x" * 1001, "text/plain"))
    assert error(refused) == "File size exceeds the allowed limit [error-file-too-large]"
    assert refused.json()["errorType"] == "error-file-too-large"
    assert stored_bytes(server) == before


def test_a_file_larger_than_memory_holds_arrives_whole(api: Api, served: Served):
    content = bytes(range(256)) * 16_384
    path = upload(api, served, ("a.bin", content, "application/zip")).json()["attachments"][0]
    proof = {"rc_room_type": "l", "rc_rid": served.room_id, "rc_token": served.visitor.token}
    assert download(api, path["title_link"], proof).content == content


def test_odd_forms_are_explained(api: Api, served: Served):
    headers = {"x-visitor-token": served.visitor.token}
    path = f"livechat/upload/{served.room_id}"

    assert error(upload(api, served, field="other")) == "[invalid-field]"
    two = [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]
    many = api.post(path, files=two, headers=headers)
    assert error(many) == "Too many files in upload [error-too-many-files]"
    none = api.post(path, files={"msg": (None, b"text")}, headers=headers)
    assert error(none) == "No file uploaded [error-no-file]"
    assert error(api.post(path, headers=headers)) == "Request has no body [error-no-body]"
    broken = api.post(
        path,
        content=b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nabc",
        headers={**headers, "content-type": "multipart/form-data; boundary=x"},
    )
    assert broken.json()["errorType"] == "error-upload-failed"
    json_body = api.post(path, {"file": "x"}, headers=headers)
    assert json_body.json()["errorType"] == "error-upload-failed"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"tmid": "x"}, "Match error: Unknown key in field tmid"),
        ({"groupable": "true"}, "Match error: Expected boolean, got string in field groupable"),
        ({"msg": "x" * 100_001}, "message-length-exceeds-character-limit"),
    ],
)
def test_fields_beside_the_file_are_checked(
    api: Api, served: Served, fields: dict[str, Any], text: str
):
    assert error(upload(api, served, **fields)) == text


def test_a_refused_message_leaves_no_file(api: Api, served: Served, server: FrontdeskProcess):
    before = stored_bytes(server)
    assert upload(api, served, msg="@all look").status_code == 400
    assert eventually(lambda: stored_bytes(server) == before)


def test_a_deleted_message_takes_its_file_along(api: Api, served: Served, server: FrontdeskProcess):
    message = upload(api, served).json()
    assert message["file"]["_id"] in stored_bytes(server)
    body = {"token": served.visitor.token, "rid": served.room_id}
    assert api.delete(f"livechat/message/{message['_id']}", body).status_code == 200
    assert eventually(lambda: message["file"]["_id"] not in stored_bytes(server))


def test_an_agent_uploads_and_confirms(api: Api, served: Served):
    user = served.agent.api
    uploaded = media(user, served.room_id, ("cat.png", png(3, 4), "image/png"))
    assert uploaded.status_code == 200, uploaded.text
    file = uploaded.json()["file"]
    assert file["url"] == f"/file-upload/{file['_id']}/cat.png"

    path = f"rooms.mediaConfirm/{served.room_id}/{file['_id']}"
    answer = user.post(path, {"msg": "Look", "description": "A cat", "fileName": "tiger.png"})

    assert answer.status_code == 200, answer.text
    message = answer.json()["message"]
    assert (message["msg"], message["file"]["name"]) == ("Look", "tiger.png")
    attachment = message["attachments"][0]
    assert (attachment["image_alt"], attachment["fileId"]) == ("A cat", file["_id"])
    assert attachment["image_dimensions"] == {"width": 3, "height": 4}
    assert message["fileUpload"]["type"] == "image/png"
    assert error(user.post(path, {})) == "[invalid-file]"
    assert messages_of(api, served.room_id, served.visitor)[0]["_id"] == message["_id"]


def test_other_files_show_their_format(served: Served):
    user = served.agent.api
    file = media(user, served.room_id).json()["file"]
    answer = user.post(f"rooms.mediaConfirm/{served.room_id}/{file['_id']}", {})
    attachment = answer.json()["message"]["attachments"][0]
    assert (attachment["format"], attachment["size"]) == ("PDF", len(PDF))


def test_uploads_are_confirmed_by_those_who_made_them(admin: Api, served: Served):
    file = media(served.agent.api, served.room_id).json()["file"]
    path = f"rooms.mediaConfirm/{served.room_id}/{file['_id']}"
    assert error(admin.post(path, {})) == "[invalid-file]"
    assert error(admin.post(f"rooms.mediaConfirm/GENERAL/{file['_id']}", {})) == "[invalid-file]"
    assert error(admin.post(f"rooms.mediaConfirm/{served.room_id}/none", {})) == "[invalid-file]"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"more": 1}, "Match error: Unknown key in field more"),
        ({"description": "x" * 5001}, "[error-message-size-exceeded]"),
        ({"alias": "The boss"}, "Not enough permission"),
        ({"customFields": '{"a": 1}'}, "Custom fields not enabled"),
    ],
)
def test_bad_confirmations_are_explained(served: Served, body: dict[str, Any], text: str):
    user = served.agent.api
    file = media(user, served.room_id).json()["file"]
    path = f"rooms.mediaConfirm/{served.room_id}/{file['_id']}"
    assert error(user.post(path, body)) == text
    assert user.post(path, {}).status_code == 200


def test_users_upload_only_where_they_may_write(admin: Api, served: Served):
    other = create_agent(admin)
    refused = media(other.api, served.room_id)
    assert (refused.status_code, refused.json()["error"]) == (403, "unauthorized")
    retire(admin, other)
    close(served)
    assert error(media(admin, served.room_id)) == "room-closed"


def test_what_users_upload_is_checked(admin: Api, served: Served):
    refused = media(admin, served.room_id, ("x.svg", b"<svg/>", "image/svg+xml"))
    assert error(refused) == "File type is not accepted. [error-invalid-file-type]"
    broken = admin.post(
        f"rooms.media/{served.room_id}",
        files={"file": ("a.txt", b"a", "text/plain")},
        data={"content": "{"},
    )
    assert error(broken) == "[invalid-field-content]"
    with settings(admin, FileUpload_Enabled=False):
        refused = media(admin, served.room_id)
    assert error(refused) == "File uploads are disabled. [error-file-upload-disabled]"


def test_old_clients_upload_and_send_in_one_step(served: Served):
    answer = served.agent.api.post(
        f"rooms.upload/{served.room_id}",
        files={"file": ("a.txt", b"hello", "text/plain")},
        data={"msg": "Look"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["message"]["msg"] == "Look"
    assert answer.json()["message"]["file"]["name"] == "a.txt"


def test_the_rooms_visitor_and_its_users_download(
    api: Api, admin: Api, agent: Person, served: Served
):
    path = upload(api, served).json()["attachments"][0]["title_link"]
    proof = {"rc_room_type": "l", "rc_rid": served.room_id, "rc_token": served.visitor.token}

    def statuses() -> list[int]:
        cookies = "; ".join(f"{name}={value}" for name, value in proof.items())
        login = {"rc_uid": served.agent.id, "rc_token": served.agent.api.token}
        return [
            download(api, path, proof).status_code,
            download(api, path, cookie=cookies).status_code,
            download(served.agent.api, path).status_code,
            download(api, path, login).status_code,
            download(admin, path).status_code,
        ]

    assert statuses() == [200] * 5
    close(served)
    assert statuses() == [200] * 5
    assert download(api, path, proof).content == PDF


def test_others_do_not_download(api: Api, admin: Api, served: Served):
    path = upload(api, served).json()["attachments"][0]["title_link"]
    other_room, other = open_conversation(api)
    stranger = create_user(admin)
    theirs = {"rc_room_type": "l", "rc_rid": other_room["_id"], "rc_token": other.token}
    mixed = {**theirs, "rc_rid": served.room_id}
    wrong = {"rc_uid": served.agent.id, "rc_token": "wrong"}
    for params in (None, theirs, mixed, wrong, {"token": "a.b.c"}):
        refused = download(api, path, params)
        assert (refused.status_code, refused.content) == (403, b"")
    assert download(stranger.api, path).status_code == 403
    assert download(admin, "/file-upload/none/x.pdf").status_code == 404


def test_files_may_be_for_everybody(api: Api, admin: Api, served: Served):
    path = upload(api, served).json()["attachments"][0]["title_link"]
    with settings(admin, FileUpload_ProtectFiles=False):
        assert download(api, path).status_code == 200


def test_a_signed_link_opens_its_file_only(api: Api, admin: Api, served: Served):
    with settings(admin, FileUpload_json_web_token_secret_for_files="secret"):
        first, second = upload(api, served).json(), upload(api, served).json()
        link = messages_of(api, served.room_id, served.visitor)[0]["fileUpload"]["publicFilePath"]
        token = httpx.URL(link).params["token"]
        second_path = second["attachments"][0]["title_link"]
        assert download(api, second_path, {"token": token}).status_code == 200
        first_path = first["attachments"][0]["title_link"]
        assert download(api, first_path, {"token": token}).status_code == 403
        assert download(api, second_path, {"token": token + "x"}).status_code == 403
        late = expired("secret", token)
        assert download(api, second_path, {"token": late}).status_code == 403


def expired(secret: str, token: str) -> str:
    """Return the same claims, signed well, from long ago."""
    head, body, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["exp"] = 1_000_000_000
    old = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    signature = hmac.new(secret.encode(), f"{head}.{old}".encode(), hashlib.sha256).digest()
    return f"{head}.{old}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    ("content_type", "disposition"),
    [
        ("image/png", "inline"),
        ("application/pdf", "inline"),
        ("video/mp4", "inline"),
        ("text/html", "attachment"),
        ("application/javascript", "attachment"),
        ("application/zip", "attachment"),
    ],
)
def test_nothing_runs_in_a_downloaded_file(
    api: Api, admin: Api, served: Served, content_type: str, disposition: str
):
    file = ("grüße.bin", b"<script>alert(1)</script>", content_type)
    path = upload(api, served, file).json()["attachments"][0]["title_link"]

    headers = download(admin, path).headers

    assert headers["content-type"] == content_type
    assert headers["content-disposition"] == (
        f"{disposition}; filename*=UTF-8''gr%C3%BC%C3%9Fe.bin"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert ("sandbox" in headers["content-security-policy"]) == (content_type != "application/pdf")


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-3", 206, PDF[:4]),
        ("bytes=5-", 206, PDF[5:]),
        ("bytes=-4", 206, PDF[-4:]),
        ("bytes=0-9999", 206, PDF),
        ("bytes=9999-", 416, b""),
        ("pages=1", 200, PDF),
        ("bytes=-", 200, PDF),
    ],
)
def test_players_ask_for_parts_of_a_file(
    api: Api, admin: Api, served: Served, wanted: str, status: int, content: bytes
):
    path = upload(api, served).json()["attachments"][0]["title_link"]
    answer = download(admin, path, range=wanted)
    assert (answer.status_code, answer.content) == (status, content)
    if status == 206:
        assert answer.headers["content-range"].endswith(f"/{len(PDF)}")


def test_a_message_is_deleted_by_its_file(api: Api, admin: Api, served: Served):
    message = upload(api, served).json()
    answer = admin.post("chat.delete", {"fileId": message["file"]["_id"]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["_id"] == message["_id"]
    refused = admin.post("chat.delete", {"fileId": message["file"]["_id"]})
    assert error(refused).startswith("No message found")
