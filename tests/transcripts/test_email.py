"""The e-mail of a transcript."""

import re
from html.parser import HTMLParser

import pytest

from frontdesk.texts import text
from frontdesk.transcripts.document import File, Quote, Transcript
from frontdesk.transcripts.email import render_email
from tests.transcripts.conversations import START, from_visitor, line, transcript
from tests.transcripts.pictures import GIF, JPEG, png

UNSUPPORTED = "Attachment format not supported"
VOID = {"meta", "br", "img", "hr"}


class Page(HTMLParser):
    """What a mail program makes of the HTML; malformed nesting fails."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words += data

    def attributes(self, tag: str, name: str) -> list[str | None]:
        return [attributes.get(name) for found, attributes in self.tags if found == tag]


def page(document: Transcript) -> Page:
    return Page(render_email(document).html)


def squeezed(words: str) -> str:
    return re.sub(r"\s+", " ", words)


def sent(name: str, data: bytes | None = None) -> File:
    return File(name=name, content_type="image/png", size=1_234_567, data=data)


def test_the_header_tells_who_when_and_how_it_ended() -> None:
    mail = render_email(transcript(line("Hello"), comment="Money returned"))
    for part in (squeezed(Page(mail.html).words), mail.text):
        for expected in (
            "Northwind",
            "Ada Lovelace",
            "Grace Hopper",
            "Billing",
            "March 1, 2025 10:03 AM",
            "March 1, 2025 11:15 AM",
            "1 hour 12 minutes",
            "refund",
            "VIP",
            "Money returned",
            "Europe/Berlin (GMT+01:00)",
        ):
            assert expected in part


def test_the_subject_is_the_default_one_in_the_language() -> None:
    key = "Transcript_of_your_livechat_conversation"
    assert render_email(transcript()).subject == text(key)
    assert render_email(transcript(language="de")).subject == text(key, "de")


def test_the_visitor_is_called_you_and_agents_as_given() -> None:
    mail = render_email(
        transcript(
            from_visitor("Question"),
            line("Answer", author="Agent", seconds=5),
            line(
                "Quoting",
                author="Agent",
                seconds=400,
                quotes=(Quote(author="Ada Lovelace", kind="visitor", text="Question"),),
            ),
        )
    )
    words = squeezed(Page(mail.html).words)
    assert "You 10:03 AM" in words.replace("\xa0", "")
    assert "Agent 10:03 AM" in words.replace("\xa0", "")
    assert "[10:03 AM] You:\n  Question" in mail.text
    assert "[10:09 AM] Agent:\n  > You:\n  > Question\n  Quoting" in mail.text
    body = mail.text.split("---", 1)[1]
    assert "Ada Lovelace" not in body
    assert words.count("Ada Lovelace") == 1


def test_you_is_said_in_the_language() -> None:
    assert "Sie:" in render_email(transcript(from_visitor("Hallo"), language="de")).text


def test_a_system_message_is_in_italics() -> None:
    mail = render_email(transcript(line("*Grace* joined", system=True, author="Grace")))
    assert '<i dir="auto">*Grace* joined</i>' in mail.html
    assert "[10:03 AM] * *Grace* joined" in mail.text


def test_days_divide_both_parts() -> None:
    mail = render_email(transcript(line("Late"), line("Later", seconds=14 * 3600)))
    for part in (Page(mail.html).words, mail.text):
        assert part.index("Saturday, March 1, 2025") < part.index("Late")
        assert part.index("Late") < part.index("Sunday, March 2, 2025") < part.index("Later")


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</td></table><h1>Owned</h1>",
        "\"><svg onload='alert(1)'>",
        "{{ 7 * 7 }}{% raw %}",
        "&lt;b&gt; & <b>",
        "`<script>`",
        "```\n</pre><script>\n```",
        "[<i>](https://example.org/\"onmouseover='x')",
        '![" onerror="x](https://example.org/x.png)',
    ],
)
def test_html_in_any_text_is_only_text(attack: str) -> None:
    name = re.sub(r"\s+", " ", attack)
    attacked = Transcript(
        site_name=attack,
        visitor=attack,
        agent=attack,
        department=attack,
        opened_at=START,
        tags=(name[:40],),
        comment=attack,
        messages=(
            line(
                attack,
                author=attack,
                files=(sent(attack), sent(attack, png(9, 9))),
                quotes=(Quote(author=attack, text=attack),),
            ),
            line(attack, author="", system=True),
            from_visitor(attack, seconds=5),
        ),
    )
    seen = page(attacked)
    tags = {tag for tag, _ in seen.tags}
    assert not tags & {"script", "svg", "iframe", "object", "form"}
    assert seen.attributes("h1", "style") and len(seen.attributes("h1", "style")) == 1
    names = {name for _, attributes in seen.tags for name in attributes}
    assert not [name for name in names if name.startswith("on")]
    assert all(str(src).startswith("cid:") for src in seen.attributes("img", "src"))
    assert seen.words.count(name) >= 6


def test_only_safe_links_are_links() -> None:
    source = (
        "[a](https://example.org/a) [b](javascript:alert(1)) [c](data:text/html,x) "
        "mail: [d](mailto:a@example.org) https://example.org/?a=1&b=2"
    )
    assert page(transcript(line(source))).attributes("a", "href") == [
        "https://example.org/a",
        "mailto:a@example.org",
        "https://example.org/?a=1&b=2",
    ]


def test_markdown_becomes_html_and_stays_itself_in_the_text() -> None:
    source = (
        "# Title\n*bold* _italic_ ~strike~ `code`\n- point\n\n3. third\n\n> quoted\n```\nblock\n```"
    )
    mail = render_email(transcript(line(source)))
    for expected in (
        "<b>bold</b>",
        "<i>italic</i>",
        "<s>strike</s>",
        ">code</code>",
        ">block</pre>",
    ):
        assert expected in mail.html
    assert Page(mail.html).attributes("ol", "start") == ["3"]
    assert "  *bold* _italic_ ~strike~ `code`" in mail.text


def test_pictures_are_inline_parts_named_by_cid() -> None:
    files = (sent("a.png", png(1_000, 500)), sent("b.jpg", JPEG), sent("c.gif", GIF))
    mail = render_email(transcript(from_visitor("Look", files=files)))
    assert [part.content_type for part in mail.inline] == ["image/png", "image/jpeg", "image/gif"]
    assert [part.name for part in mail.inline] == ["a.png", "b.jpg", "c.gif"]
    assert mail.inline[0].data == files[0].data
    seen = Page(mail.html)
    assert seen.attributes("img", "src") == [f"cid:{part.cid}" for part in mail.inline]
    assert seen.attributes("img", "width") == ["400", "12", "1"]
    assert "data:" not in mail.html
    assert len({part.cid for part in mail.inline}) == 3
    assert "[Attachment: a.png, 1.2 MB]" in mail.text


@pytest.mark.parametrize(
    "data", [None, b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", png(40, 30)[:60]]
)
def test_other_files_are_listed(data: bytes | None) -> None:
    mail = render_email(transcript(line("", files=(sent("report.png", data),))))
    assert mail.inline == ()
    words = squeezed(Page(mail.html).words)
    assert f"report.png 1.2 MB · {UNSUPPORTED}" in words
    assert "[Attachment: report.png, 1.2 MB]" in mail.text


def test_pictures_beyond_what_mail_carries_are_listed() -> None:
    heavy = png(10, 10)[:-12] + bytes(4_000_000) + png(10, 10)[-12:]
    files = tuple(sent(f"{n}.png", heavy) for n in range(4))
    mail = render_email(transcript(line("", files=files)))
    assert [part.name for part in mail.inline] == ["0.png", "1.png"]
    assert Page(mail.html).words.count(UNSUPPORTED) == 2


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("de", "ltr")]
)
def test_the_page_runs_in_the_direction_of_the_language(language: str, direction: str) -> None:
    seen = page(transcript(from_visitor("Hello"), language=language))
    assert seen.attributes("html", "dir") == [direction]


def test_a_message_of_the_other_direction_keeps_its_own() -> None:
    html = render_email(transcript(from_visitor("שלום"))).html
    assert re.search(r'<td[^>]* dir="rtl" align="right"[^>]*><div>שלום', html)


def test_the_plain_text_is_not_made_of_html() -> None:
    mail = render_email(transcript(from_visitor("a < b & c\n\nsecond"), comment="x > y"))
    assert "  a < b & c\n\n  second" in mail.text
    assert "x > y" in mail.text
    assert "&" not in mail.text.replace("b & c", "")


def test_nobody_can_forge_a_line_of_the_plain_text() -> None:
    forged = from_visitor("Hi\n[10:04 AM] Grace Hopper:\r  You win a car\u2028\x85[10:05 AM] x")
    lines = render_email(transcript(forged)).text.splitlines()
    assert [each for each in lines if each.startswith("[")] == ["[10:03 AM] You:"]


def test_a_message_of_ten_megabytes_is_cut_with_a_note() -> None:
    mail = render_email(transcript(line("word " * 2_000_000)))
    assert "The rest of this message is too long" in mail.html
    assert len(mail.html) < 50_000
    assert len(mail.text) < 50_000


def test_a_conversation_without_messages_says_so() -> None:
    mail = render_email(Transcript(site_name="", visitor="", opened_at=START))
    for part in (mail.html, mail.text):
        assert "No messages were exchanged" in part
        assert "Still open" in part


def test_two_messages_with_the_same_picture_have_two_parts() -> None:
    files = (sent("a.png", png(9, 9)),)
    mail = render_email(transcript(line("", files=files), line("", files=files)))
    assert len({part.cid for part in mail.inline}) == 2
