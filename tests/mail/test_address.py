import pytest

from frontdesk.errors import Coded
from frontdesk.mail.address import is_address, require_address, sender_address, workspace_sender
from frontdesk.settings.workspace import Settings


@pytest.mark.parametrize(
    "text", ["ada@example.org", "a@b", "ü@bücher.example", "a'b+c@x.y", "a@[::1]"]
)
def test_something_at_something_is_an_address(text: str) -> None:
    assert is_address(text)
    assert require_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@x@example.org",
        "ada@example.org\n",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada @example.org",
        "ada@example.org,eve@example.org",
        "<ada@example.org>",
        "ada@exam\x00ple.org",
        "ada@example\u2028.org",
        "ada@example\x85.org",
        "ada@example.org>",
        "ada@example.org.",
        "ada@example..org",
        "ada@ü..example",
        ".ada@example.org",
        "=?utf-8?q?ada?=@example.org",
    ],
)
def test_other_texts_are_refused_in_the_words_of_the_api(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(Coded) as refused:
        require_address(text)
    assert refused.value.body() == {
        "success": False,
        "error": "[invalid email]",
        "errorType": "invalid email",
    }


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("desk@example.org", "desk@example.org"),
        ("Front Desk <desk@example.org>", "desk@example.org"),
        ("first@example.org, second@example.org", "first@example.org"),
        ("desk@example.photography", "desk@example.photography"),
        ("nobody", "nobody"),
        ("", ""),
    ],
)
def test_the_sender_is_the_first_address_of_the_setting_or_all_of_it(
    setting: str, address: str
) -> None:
    assert sender_address(setting) == address


@pytest.mark.parametrize(
    ("from_email", "site_url", "address"),
    [
        ("Desk <desk@example.org>", "https://chat.example", "desk@example.org"),
        ("Desk <desk@example.photography>", "https://chat.example", "desk@example.photography"),
        ("", "https://chat.example:8443/path", "no-reply@chat.example"),
        ("the desk", "http://[::1]:3000", "no-reply@localhost"),
        ("", "", "no-reply@localhost"),
    ],
)
def test_a_workspace_without_a_usable_sender_writes_as_no_reply(
    from_email: str, site_url: str, address: str
) -> None:
    settings = Settings.initial(site_url).with_value("From_Email", from_email)
    assert workspace_sender(settings) == address
