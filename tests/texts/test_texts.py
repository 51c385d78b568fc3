"""The words of the server in its languages."""

import re
from importlib.resources import files
from tomllib import loads

import pytest

from frontdesk.texts import is_right_to_left, languages, text


def sentences(language: str) -> dict[str, str]:
    source = files("frontdesk.texts") / "languages" / f"{language}.toml"
    return loads(source.read_text(encoding="utf-8"))


def blanks(sentence: str) -> list[str]:
    """Return what is to be filled in, and the tags, in alphabetical order."""
    return sorted(re.findall(r"\{\{\w+\}\}|\[\w+\]|</?\w+/?>", sentence))


def test_a_sentence_comes_in_its_language() -> None:
    assert text("Chat_started", "en") == "Conversation started"
    assert text("Chat_started", "de") == "Gespräch begonnen"


@pytest.mark.parametrize("language", ["pt-BR", "pt_BR", "pt-br", "PT"])
def test_a_regional_language_falls_back_to_its_base(language: str) -> None:
    assert text("You", language) == "Você"


@pytest.mark.parametrize("language", ["", "xx", "en-GB", "../texts", "de/../en", "zh-Hant-TW"])
def test_an_unknown_language_is_english(language: str) -> None:
    assert text("You", language) == "You"


def test_a_sentence_missing_in_a_language_is_english() -> None:
    assert "Page_x_of_y" not in sentences("de")
    assert text("Page_x_of_y", "de", page=2, total=3) == "2 / 3"


def test_a_missing_key_renders_as_the_key() -> None:
    assert text("Nobody_wrote_this", "de") == "Nobody_wrote_this"


def test_placeholders_are_filled() -> None:
    assert text("Livechat_transfer_to_agent", "en", **{"from": "Ada", "to": "Bob"}) == (
        "Ada handed the conversation to Bob"
    )


def test_a_value_may_be_called_key() -> None:
    sentence = text("error-custom-field-not-allowed", "en", key="colour")
    assert sentence == "Custom field colour is not allowed"


def test_a_placeholder_without_a_value_is_empty() -> None:
    assert text("error-invalid-custom-field-value") == "Invalid value for  field"


def test_a_value_is_not_read_as_a_sentence() -> None:
    assert text("Conversation_closed", "en", comment="{{comment}} \\1") == (
        "Conversation closed: {{comment}} \\1"
    )


@pytest.mark.parametrize(
    ("key", "english"),
    [
        ("Closed_by_visitor", "Closed by visitor"),
        ("Livechat_offline_message_sent", "Livechat offline message sent"),
        ("Livechat_transcript_sent", "Livechat transcript sent"),
        ("Error_sending_livechat_offline_message", "Error sending Omnichannel offline message"),
        ("Error_sending_livechat_transcript", "Error sending Omnichannel transcript"),
        ("Attachment_format_not_supported", "Attachment format not supported"),
        ("pdf_success_message", "PDF Transcript successfully generated"),
        ("Monday", "Monday"),
    ],
)
def test_what_clients_compare_is_exact_in_english(key: str, english: str) -> None:
    assert text(key) == english


def test_ten_languages_are_there() -> None:
    expected = {"en", "de", "fr", "es", "pt", "it", "nl", "pl", "ar", "ja"}
    assert expected <= set(languages())


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_keys_and_placeholders_of_english(language: str) -> None:
    english = sentences("en")
    translated = sentences(language)
    assert set(translated) <= set(english)
    assert all(sentence.strip() for sentence in translated.values())
    differing = [key for key in translated if blanks(translated[key]) != blanks(english[key])]
    assert differing == []


def test_some_languages_run_from_right_to_left() -> None:
    assert is_right_to_left("ar")
    assert is_right_to_left("he-IL")
    assert not is_right_to_left("de")
    assert not is_right_to_left("")
