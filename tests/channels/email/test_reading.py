"""Reading mails that anybody may have written."""

from email.message import EmailMessage

import pytest

from frontdesk.channels.email.reading import LONGEST_TEXT, Mail, read_mail


def read(*lines: str, body: str = "Hello") -> Mail:
    """Read a mail with these header lines."""
    return read_mail("\r\n".join([*lines, "", body]).encode())


@pytest.mark.parametrize(
    ("given", "name", "address"),
    [
        ("Ann <Ann@Example.org>", "Ann", "ann@example.org"),
        ("ann@example.org", "", "ann@example.org"),
        ('"Doe, Ann" <ann@example.org>', "Doe, Ann", "ann@example.org"),
        ("=?utf-8?q?=C3=84nn?= <a@x.org>", "Änn", "a@x.org"),
        ("=?utf-8?b?////?= <a@x.org>", "=?utf-8?b?////?=", "a@x.org"),
        ("=?nonsense?q?a?= <a@x.org>", "=?nonsense?q?a?=", "a@x.org"),
        ("nobody", "", ""),
        ("<a@b@c>", "", ""),
        (f"{'a' * 300}@example.org", "", ""),
    ],
)
def test_the_sender_is_read(given: str, name: str, address: str):
    mail = read(f"From: {given}")
    assert (mail.sender_name, mail.sender) == (name, address)


def test_headers_in_folds_are_one_line():
    mail = read("Subject: one", "\ttwo", "From: Ann", " <a@x.org>")
    assert mail.subject == "one two"
    assert mail.sender == "a@x.org"


def test_references_are_read_the_oldest_first_and_once():
    mail = read("References: <a@x>,<b@x>", "\t<c@x>", "In-Reply-To: <c@x> (of yesterday)")
    assert mail.references == ["<a@x>", "<b@x>", "<c@x>"]


def test_only_the_newest_of_many_references_count():
    mail = read("References: " + "\r\n ".join(f"<{n}@x>" for n in range(300)))
    assert len(mail.references) == 50
    assert mail.references[-1] == "<299@x>"


@pytest.mark.parametrize("given", ["", "no brackets", "<>", "< a@b >", "<a b@c>"])
def test_what_is_no_message_id_is_none(given: str):
    assert read(f"Message-ID: {given}").message_id == ""


def test_a_mail_in_a_mail_is_a_file():
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("the inner text")
    outer = EmailMessage()
    outer.set_content("the outer text")
    outer.add_attachment(inner)
    mail = read_mail(outer.as_bytes())
    assert mail.text == "the outer text"
    [file] = mail.files
    assert b"the inner text" in file.content


@pytest.mark.parametrize("name", ["../../x", "a\x00b", "", "C:\\dir\\file.txt", "n" * 999])
def test_names_of_files_are_no_paths(name: str):
    message = EmailMessage()
    message.set_content("x")
    message.add_attachment(b"y", maintype="application", subtype="x", filename="PLACE")
    mail = read_mail(message.as_bytes().replace(b"PLACE", name.encode()))
    [file] = mail.files
    assert file.name
    assert len(file.name) <= 255
    assert not set(file.name) & set("/\\\x00")


def test_long_texts_are_cut():
    mail = read(body="x" * 100_000)
    assert mail.text == "x" * LONGEST_TEXT + "\u2026"


def test_texts_hold_no_control_characters():
    assert read(body="a\x00b\x1bc\td").text == "abc\td"


def test_of_a_part_of_a_mail_the_text_is_read():
    message = EmailMessage()
    message.set_content("the text")
    message.add_attachment(b"y" * 1000, maintype="application", subtype="x", filename="f")
    mail = read_mail(message.as_bytes()[:-500], complete=False)
    assert (mail.text, mail.files, mail.left_out) == ("the text", [], 1)


def test_nested_by_the_thousand_the_headers_are_still_read():
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(5000)
    )
    mail = read_mail(b"From: a@x.org\r\nMessage-ID: <a@x>\r\n" + parts)
    assert (mail.sender, mail.message_id) == ("a@x.org", "<a@x>")
