"""What is sent as a body and is none."""

import pytest

from tests.harness.client import Api

NO_JSON = (
    b"",
    b"{",
    b"1e999",
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"token": "\xed\xa0\x80"}',
    b'{"token": "\\ud800"}',
)


@pytest.mark.parametrize("body", NO_JSON, ids=lambda body: body[:24].decode("latin-1"))
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("livechat/visitor", "Match error: Missing key 'visitor'"),
        ("livechat/room.close", "must have required property 'token' [invalid-params]"),
    ],
)
def test_what_cannot_be_read_counts_as_nothing(api: Api, path: str, text: str, body: bytes) -> None:
    answer = api.post(path, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error"] == text
