from typing import Any

import pytest

from frontdesk.workforce.limits import chat_limit, whole_number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (5.9, 5),
        ("10", 10),
        (" 7 ", 7),
        ("", None),
        ("many", None),
        (None, None),
        (True, None),
        ([3], None),
        (10**30, 2**31 - 1),
        ("-1e300", -(2**31 - 1)),
    ],
)
def test_numbers_are_read_as_clients_keep_them(value: Any, number: int | None) -> None:
    assert whole_number(value) == number


@pytest.mark.parametrize(("value", "limit"), [("3", 3), (0, None), (-2, None), ("", None)])
def test_only_a_number_above_zero_is_a_limit(value: Any, limit: int | None) -> None:
    assert chat_limit(value) == limit
