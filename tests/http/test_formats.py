"""The string formats of schemas."""

import pytest

from frontdesk.http.formats import FORMATS

GOOD = {
    "basic_email": ["a@b", "a b@c d"],
    "rfc_email": ["a.b+c@d", "a@b-c.d1"],
    "email": ["a.b@c-d.e", "A@B.CO"],
    "date": ["2024-02-29", "0000-01-31"],
    "time": ["10:00:00Z", "10:00:00.5+01:30", "23:59:60Z", "22:59:60-01:00"],
    "iso-time": ["10:00:00", "10:00:00z"],
    "date-time": ["2024-05-01T10:00:00.000Z", "2024-05-01 10:00:00+0000"],
    "iso-date-time": ["2024-05-01T10:00:00"],
    "duration": ["P1Y2M3DT4H", "PT1S", "P2W"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000"],
    "ipv4": ["127.0.0.1"],
    "ipv6": ["::1", "::ffff:1.2.3.4"],
}
BAD = {
    "basic_email": ["foo", "a@b@c", "@b", "a@", ""],
    "rfc_email": ["a@b_c", "a@b-", "a@.b", "a b@c", "a@" + "b" * 64, "a@b\n"],
    "email": ["a@b", "a..b@c.de", "a@-b.co", "a@b-.co", "a@b.co\n"],
    "date": ["2023-02-29", "2024-13-01", "2024-00-01", "2024-1-1", "2024-01-32", "2024-01-01\n"],
    "time": ["10:00:00", "24:00:00Z", "12:00:60Z", "10:00:00+24:00", "10:00Z"],
    "iso-time": ["10:00"],
    "date-time": ["2024-05-01", "2024-05-01T10:00:00", "2024-05-01TT10:00:00Z"],
    "iso-date-time": ["2024-05-01T"],
    "duration": ["P", "PT", "1Y", "P1W1D"],
    "uuid": ["123e4567e89b12d3a456426614174000"],
    "ipv4": ["256.0.0.1", "01.2.3.4", "1.2.3"],
    "ipv6": ["1::2::3", "fe80::1%eth0", "1.2.3.4"],
}


def test_every_format_has_examples() -> None:
    assert FORMATS.keys() == GOOD.keys() == BAD.keys()


@pytest.mark.parametrize("name", GOOD)
def test_a_format_takes_what_fits_and_refuses_the_rest(name: str) -> None:
    assert [text for text in GOOD[name] if not FORMATS[name](text)] == []
    assert [text for text in BAD[name] if FORMATS[name](text)] == []
