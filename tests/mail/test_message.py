from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.mail.message import Outgoing, Part, compose, one_line, stable_message_id

NOON = 1_740_830_400_000
PIXEL = b"\x89PNG\r\n\x1a\n" + bytes(300)


def outgoing(**changes: Any) -> Outgoing:
    fields: dict[str, Any] = {
        "to": ["ada@example.org"],
        "subject": "Your conversation",
        "text": "Hello Ada",
        "from_address": "desk@example.com",
        "message_id": "<one@example.com>",
        "date": NOON,
    }
    return Outgoing(**{**fields, **changes})


def received(mail: Outgoing) -> EmailMessage:
    """Return the mail as somebody reads it who got its bytes."""
    return message_from_string(compose(mail).as_bytes().decode(), policy=policy.default)


def test_a_plain_mail_says_who_when_and_what() -> None:
    message = received(outgoing(from_name="Front Desk", reply_to="help@example.com"))
    assert message["From"] == "Front Desk <desk@example.com>"
    assert message["To"] == "ada@example.org"
    assert message["Reply-To"] == "help@example.com"
    assert message["Subject"] == "Your conversation"
    assert message["Date"] == "Sat, 01 Mar 2025 12:00:00 +0000"
    assert message["Message-ID"] == "<one@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().strip() == "Hello Ada"


def test_text_html_images_and_attachments_stand_where_readers_look_for_them() -> None:
    message = received(
        outgoing(
            html='<p>Grüße <img src="cid:photo"></p>',
            inline=[
                Part(name="p.png", content_type="image/png", content=PIXEL, content_id="photo")
            ],
            attachments=[
                Part(name="Gespräch.pdf", content_type="application/pdf", content=b"%PDF-1.7")
            ],
        )
    )
    assert message.get_content_type() == "multipart/mixed"
    alternative, attachment = message.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    plain, related = alternative.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    html, image = related.iter_parts()
    assert html.get_content().strip() == '<p>Grüße <img src="cid:photo"></p>'
    assert (image["Content-ID"], image.get_content()) == ("<photo>", PIXEL)
    assert image.get_content_disposition() == "inline"
    assert attachment.get_filename() == "Gespräch.pdf"
    assert attachment.get_content() == b"%PDF-1.7"
    assert attachment.get_content_disposition() == "attachment"


def test_everything_on_the_wire_is_ascii_in_short_lines() -> None:
    subject = ("Grüße " * 40).strip()
    mail = outgoing(subject=subject, text="日本語" * 500, html="<b>" + "ü" * 3000 + "</b>")
    raw = compose(mail).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = received(mail)
    assert message["Subject"] == subject
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "日本語" * 500


def test_a_domain_with_letters_of_its_language_travels_in_its_ascii_form() -> None:
    assert received(outgoing(to=["ada@bücher.example"]))["To"] == "ada@xn--bcher-kva.example"


def test_a_local_part_that_is_not_ascii_is_kept() -> None:
    assert received(outgoing(to=["grüße@example.org"]))["To"] == "grüße@example.org"


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028", "\x1b"])
@pytest.mark.parametrize(
    "place", ["subject", "from_name", "from_address", "reply_to", "reply_to_name", "message_id"]
)
def test_no_header_can_be_smuggled_in(place: str, end: str) -> None:
    base = {"reply_to": "help@example.com"}
    text = {"from_address": "a@x", "reply_to": "a@x", "message_id": "<a@x>"}.get(place, "Hello")
    for smuggled in (f"{text}{end}Bcc: eve@example.org", f"{text}{end}"):
        with pytest.raises(ValueError):
            compose(outgoing(**{**base, place: smuggled}))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\x00"])
def test_no_header_can_be_smuggled_into_recipients_and_files(end: str) -> None:
    evil = f"a{end}Bcc: eve@example.org"
    part = Part(name="a.txt", content_type="text/plain", content=b"a", content_id="a")
    attempts: list[dict[str, Any]] = [
        {"to": [f"{evil}@example.org"]},
        {"to": ["ada@example.org", f"b@example.org{end}"]},
        {"attachments": [msgspec.structs.replace(part, name=evil)]},
        {"html": "<p>", "inline": [msgspec.structs.replace(part, name=evil)]},
        {"html": "<p>", "inline": [msgspec.structs.replace(part, content_id=evil)]},
    ]
    for changes in attempts:
        with pytest.raises(ValueError):
            compose(outgoing(**changes))


def test_a_file_of_an_odd_type_is_a_file_like_any_other() -> None:
    for kind in ("text/plain\r\nX-Evil: 1", "nonsense", "", "message/rfc822", "multipart/mixed"):
        message = received(
            outgoing(attachments=[Part(name="a", content_type=kind, content=b"a\n")])
        )
        _, attachment = message.iter_parts()
        assert attachment.get_content_type() == "application/octet-stream"
        assert "X-Evil" not in attachment


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org;eve",
        "ada@example.org:eve",
        "ada@example.org(eve)",
        'ada@example.org"',
        "ada@example..org",
        ".ada@example.org",
        "=?utf-8?q?eve?=@example.org",
        "ada@[192.0.2.1]>",
    ],
)
def test_an_address_that_a_reader_would_take_for_another_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        compose(outgoing(to=[address]))


def test_a_mail_without_recipients_is_refused() -> None:
    with pytest.raises(ValueError, match="recipient"):
        compose(outgoing(to=[]))


def test_a_file_that_was_not_read_is_not_left_out_silently() -> None:
    part = Part(name="a.pdf", content_type="application/pdf", file_id="abc")
    with pytest.raises(ValueError, match="abc"):
        compose(outgoing(attachments=[part]))


LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=150)
TRICKY = st.text(st.sampled_from('ü,"<>@;:()\\ =?_.x\u00a0日'), max_size=150)
LOCAL = st.text(st.sampled_from('ab.;:"()\\[]|!%'), min_size=1, max_size=40)


@given(LINE | TRICKY, LINE | TRICKY, st.lists(LOCAL, min_size=1, max_size=5))
def test_whatever_subject_and_names_hold_the_mail_goes_to_its_recipients_only(
    subject: str, name: str, locals_: list[str]
) -> None:
    to = [f"{local}@example.org" for local in locals_ if not local.startswith(".")]
    if not to:
        return
    mail = outgoing(to=to, subject=one_line(subject), from_name=one_line(name))
    message = received(mail)
    assert [(each.username, each.domain) for each in message["To"].addresses] == [
        tuple(address.split("@")) for address in to
    ]
    assert [each.addr_spec for each in message["From"].addresses] == ["desk@example.com"]
    assert set(message.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }


@given(st.text())
def test_any_text_can_be_made_one_line_that_a_header_holds(text: str) -> None:
    compose(outgoing(subject=one_line(text)))


def test_the_message_id_of_a_key_is_always_the_same() -> None:
    first = stable_message_id("transcript of room 1", "example.org")
    assert first == stable_message_id("transcript of room 1", "example.org")
    assert first != stable_message_id("transcript of room 2", "example.org")
    assert first.endswith("@example.org>")
    assert stable_message_id("x", "bad domain\n").endswith("@localhost>")
    compose(outgoing(message_id=first))


def test_a_mail_is_kept_as_json_with_the_bytes_of_its_files() -> None:
    mail = outgoing(
        attachments=[Part(name="a.png", content_type="image/png", content=PIXEL)],
    )
    kept = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(mail)))
    assert msgspec.convert(kept, Outgoing) == mail


def test_an_answer_names_the_mails_before_it_whole() -> None:
    long = f"<{'a' * 120}@{'b' * 100}.example.org>"
    answer = outgoing(in_reply_to=long, references=["<one@x>", long, "no id\r\nBcc: x@y"])
    written = compose(answer).as_bytes().decode()
    assert f"In-Reply-To: {long}\r\n" in written
    assert f"References: <one@x>\r\n {long}\r\n" in written
    assert "Bcc" not in written


def test_what_a_person_wrote_is_not_automatic() -> None:
    assert received(outgoing(automatic=False))["Auto-Submitted"] is None
