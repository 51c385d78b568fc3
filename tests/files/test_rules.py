from collections.abc import AsyncIterator
from typing import Any

import pytest

from frontdesk.errors import Coded
from frontdesk.files.rules import check_file, is_type_allowed, size_limit, size_text, within
from frontdesk.settings.workspace import Settings


def settings(**values: Any) -> Settings:
    result = Settings.initial("http://chat.example")
    for name, value in values.items():
        result = result.with_value(f"FileUpload_{name}", value)
    return result


def refusal(given: Settings, content_type: str = "image/png", size: int = 1) -> dict[str, Any]:
    with pytest.raises(Coded) as refused:
        check_file(given, content_type, size)
    return refused.value.body()


def test_uploads_may_be_switched_off() -> None:
    assert refusal(settings(Enabled=False)) == {
        "success": False,
        "error": "File uploads are disabled. [error-file-upload-disabled]",
        "errorType": "error-file-upload-disabled",
    }


def test_a_file_may_have_exactly_the_size_of_the_limit() -> None:
    given = settings(MaxFileSize=5_242_880)
    check_file(given, "image/png", 5_242_880)
    assert refusal(given, size=5_242_881) == {
        "success": False,
        "error": "File size exceeds upload limit of 5 MB. [error-file-too-large]",
        "errorType": "error-file-too-large",
    }


@pytest.mark.parametrize(("value", "limit"), [(0, 104_857_600), (-1, None), (7, 7)])
def test_a_limit_of_zero_is_the_default_and_a_negative_one_is_none(
    value: int, limit: int | None
) -> None:
    assert size_limit(settings(MaxFileSize=value)) == limit


def test_a_type_that_is_not_accepted_is_said() -> None:
    assert refusal(settings(), "image/svg+xml") == {
        "success": False,
        "error": "File type is not accepted. [error-invalid-file-type]",
        "errorType": "error-invalid-file-type",
    }


@pytest.mark.parametrize(
    ("white", "black", "content_type", "allowed"),
    [
        ("", "", "image/png", True),
        ("", "", "", True),
        ("*", "", "image/png", True),
        ("image/*", "", "image/png", True),
        ("image/*", "", "video/mp4", False),
        ("image/*,application/pdf", "", "application/pdf", True),
        (" image/* , application/pdf ", "", "application/pdf", True),
        ("application/pdf", "", "", False),
        ("", "image/*", "image/png", False),
        ("image/png", "image/*", "image/png", False),
        ("image/*", "image/svg+xml", "image/svg+xml", False),
        ("", "image/svg+xml", "IMAGE/SVG+XML; charset=utf-8", False),
        ("", "image/svg+xml", "image/png", True),
    ],
)
def test_the_black_list_goes_before_the_white_list(
    white: str, black: str, content_type: str, allowed: bool
) -> None:
    given = settings(MediaTypeWhiteList=white, MediaTypeBlackList=black)
    assert is_type_allowed(given, content_type) is allowed


async def test_an_upload_is_cut_off_at_the_limit() -> None:
    read: list[int] = []

    async def upload() -> AsyncIterator[bytes]:
        for number in range(10):
            read.append(number)
            yield bytes(100)

    assert sum([len(piece) async for piece in within(upload(), 1000)]) == 1000
    assert sum([len(piece) async for piece in within(upload(), None)]) == 1000
    read.clear()
    with pytest.raises(Coded, match=r"upload limit of 250 B\. \[error-file-too-large\]"):
        [piece async for piece in within(upload(), 250)]
    assert read == [0, 1, 2]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KB"),
        (1500, "1.46 KB"),
        (104_857_600, "100 MB"),
        (3 * 2**40, "3 TB"),
    ],
)
def test_sizes_are_written_for_people(size: int, text: str) -> None:
    assert size_text(size) == text
