import pytest

from frontdesk.visitors.language import first_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de-AT"),
        ("pt-BR;q=0.7", "pt-BR"),
        (" zh-Hant-TW , en", "zh-Hant-TW"),
        ("*", None),
        ("", None),
        (None, None),
        ("../../etc/passwd", None),
        ("en\u00fc", None),
    ],
)
def test_the_first_sane_tag_is_taken(header: str | None, language: str | None) -> None:
    assert first_language(header) == language
