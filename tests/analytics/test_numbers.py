import pytest

from frontdesk.analytics.numbers import clock_time, mean, plain, rounded, two_decimals


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00:00"),
        (5, "00:00:05"),
        (59.4, "00:00:59"),
        (59.5, "00:01:00"),
        (3599.5, "01:00:00"),
        (86_400, "24:00:00"),
        (360_000, "100:00:00"),
    ],
)
def test_times_are_rounded_before_they_are_split(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0.00"), (0.125, "0.13"), (0.625, "0.63"), (1.005, "1.00"), (33.333, "33.33")],
)
def test_exact_ties_go_up(number: float, text: str) -> None:
    assert two_decimals(number) == text
    assert rounded(0.125) == 0.13
    assert rounded(2.0) == 2


def test_numbers_are_written_without_trailing_zeros() -> None:
    assert (plain(11.0), plain(5.5), str(plain(100 / 3))) == (11, 5.5, "33.333333333333336")
    assert isinstance(plain(11.0), int)


def test_a_mean_over_nothing_is_zero() -> None:
    assert (mean(3, 2), mean(3, 0)) == (1.5, 0)
