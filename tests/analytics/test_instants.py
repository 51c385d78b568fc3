"""Dates as JavaScript reads them."""

import re

import pytest

from frontdesk.analytics.instants import instant
from frontdesk.clock import iso
from frontdesk.errors import Refused


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server stand in Berlin: summer time is two hours ahead."""
    monkeypatch.setattr("frontdesk.analytics.instants.server_zone", lambda: "Europe/Berlin")


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2023", "2023-01-01T00:00:00.000Z"),
        ("2023-05", "2023-05-01T00:00:00.000Z"),
        ("2023-05-22", "2023-05-22T00:00:00.000Z"),
        (" 2023-05-22 ", "2023-05-22T00:00:00.000Z"),
        ("2023-05-22T10:00:00.5Z", "2023-05-22T10:00:00.500Z"),
        ("2023-05-22T10:00:00.123456Z", "2023-05-22T10:00:00.123Z"),
        ("2023-05-22T10:00+02:00", "2023-05-22T08:00:00.000Z"),
        ("2023-05-22T10:00:00-0130", "2023-05-22T11:30:00.000Z"),
        ("2023-05-22T24:00:00Z", "2023-05-23T00:00:00.000Z"),
        ("2020-02-30", "2020-03-01T00:00:00.000Z"),
    ],
)
def test_an_iso_date_is_in_utc_unless_it_says_otherwise(given: str, moment: str) -> None:
    assert iso(instant("start", given)) == moment


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2023-05-22T10:00", "2023-05-22T08:00:00.000Z"),
        ("2023-01-22T10:00:30", "2023-01-22T09:00:30.000Z"),
        ("May 22 2023", "2023-05-21T22:00:00.000Z"),
        ("May 22, 2023 3:04 PM", "2023-05-22T13:04:00.000Z"),
        ("22 May 2023 12:30 am", "2023-05-21T22:30:00.000Z"),
        ("5/22/2023", "2023-05-21T22:00:00.000Z"),
        ("2023-5-2", "2023-05-01T22:00:00.000Z"),
        ("Mon May 22 2023 10:00:00 GMT+0300 (somewhere)", "2023-05-22T07:00:00.000Z"),
        ("Mon, 22 May 2023 10:00:00 GMT", "2023-05-22T10:00:00.000Z"),
    ],
)
def test_other_spellings_are_in_the_zone_of_the_server_or_their_own(
    given: str, moment: str
) -> None:
    assert iso(instant("start", given)) == moment


@pytest.mark.parametrize(
    "given",
    [
        "",
        "x",
        "May",
        "2023-13-01",
        "2023-05-32",
        "2023-05-22T25:00Z",
        "0000-01-01",
        "9999-12-31T23:00-10:00",
        "May 22 2023 13:00 pm",
        "2023-05-22\x00",
        "1" * 1000,
    ],
)
def test_what_is_no_date_is_refused_by_name(given: str) -> None:
    with pytest.raises(Refused, match=re.escape('The "end" query parameter must be')):
        instant("end", given)
