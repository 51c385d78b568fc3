"""Dates, lengths of time and sizes in people's own way."""

import pytest

from frontdesk.transcripts.formats import Formats

MOMENT = 526_249_800_000  # 1986-09-04T20:30:00Z


@pytest.mark.parametrize(
    ("language", "zone", "written"),
    [
        ("en", "UTC", "September 4, 1986 8:30 PM"),
        ("en-GB", "Europe/London", "4 September 1986 21:30"),
        ("de", "Europe/Berlin", "4. September 1986 22:30"),
        ("pt-BR", "America/Sao_Paulo", "4 de setembro de 1986 17:30"),
        ("ja", "Asia/Tokyo", "1986年9月5日 5:30"),
        ("xx", "Nowhere/Land", "September 4, 1986 8:30 PM"),
        ("", "", "September 4, 1986 8:30 PM"),
        ("../en", "../etc/passwd", "September 4, 1986 8:30 PM"),
    ],
)
def test_a_moment_is_written_in_language_and_zone(language: str, zone: str, written: str) -> None:
    assert Formats(language, zone).moment(MOMENT) == written


def test_a_day_has_its_weekday() -> None:
    assert Formats("en", "UTC").day(MOMENT) == "Thursday, September 4, 1986"


def test_the_zone_is_told_with_its_offset() -> None:
    assert Formats("en", "Asia/Tokyo").zone(MOMENT) == "Asia/Tokyo (GMT+09:00)"
    assert Formats("en", "America/Sao_Paulo").zone(MOMENT) == "America/Sao Paulo (GMT-03:00)"
    assert Formats("en", "UTC").zone(MOMENT) == "UTC"


@pytest.mark.parametrize("ms", [-(10**18), 10**18])
def test_absurd_moments_are_moved_into_range(ms: int) -> None:
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert Formats("en", zone).moment(ms)


@pytest.mark.parametrize(
    ("language", "ms", "written"),
    [
        ("en", 0, "0 seconds"),
        ("en", -5_000, "0 seconds"),
        ("en", 65_999, "1 minute 5 seconds"),
        ("en", 3_600_000, "1 hour"),
        ("en", 90_060_000, "1 day 1 hour"),
        ("de", 7_320_000, "2 Stunden 2 Minuten"),
        ("es", 3_600_000, "1 hora"),
        ("ja", 3_660_000, "1 時間 1 分"),
    ],
)
def test_a_length_of_time_has_its_largest_units(language: str, ms: int, written: str) -> None:
    assert Formats(language, "UTC").duration(ms) == written


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ar", "ja"])
def test_every_language_has_words_for_lengths_of_time(language: str) -> None:
    formats = Formats(language, "UTC")
    written = [formats.duration(ms) for ms in (1_000, 60_000, 3_600_000, 86_400_000, 180_000_000)]
    assert not [each for each in written if "duration" in each]


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_500, "1,5 kB"),
        (999_900, "1 MB"),
        (12_345_678, "12 MB"),
        (5 * 10**12, "5.000 GB"),
    ],
)
def test_a_size_is_rounded(size: int, written: str) -> None:
    assert Formats("de", "UTC").size(size) == written
