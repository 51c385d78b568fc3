"""The PDF of a transcript, read back."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from msgspec.structs import replace
from pypdf import PdfReader

from frontdesk.transcripts.document import File, Quote, Transcript
from frontdesk.transcripts.pdf import render_pdf
from tests.harness.requirements import require
from tests.transcripts.conversations import START, from_visitor, line, transcript
from tests.transcripts.pictures import GIF, JPEG, jpeg_turned, png

UNSUPPORTED = "Attachment format not supported"


def pdf_text(document: Transcript, *options: str) -> str:
    """Return what the pages of the PDF say, read by pdftotext."""
    require("poppler")
    read = subprocess.run(
        ["pdftotext", "-layout", *options, "-", "-"],
        input=render_pdf(document),
        capture_output=True,
        check=True,
    )
    return read.stdout.decode().replace("\u200b", "")


def pictures_of(document: Transcript) -> list[tuple[int, int]]:
    """Return the sizes in pixels of the pictures in the PDF, largest first."""
    image = rb"/Subtype\s*/Image.*?/Width (\d+)\s*/Height (\d+)"
    found = re.findall(image, render_pdf(document), re.S)
    return sorted(((int(width), int(height)) for width, height in found), reverse=True)


def sent(name: str, data: bytes | None = None, content_type: str = "image/png") -> File:
    return File(name=name, content_type=content_type, size=1_234_567, data=data)


def test_the_header_tells_who_when_and_how_it_ended() -> None:
    said = pdf_text(transcript(line("Hello"), comment="Money returned"))
    for expected in (
        "Northwind",
        "Conversation transcript",
        "Customer",
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
        assert expected in said
    assert re.search(r"\b1 ?/ ?1\b", said)


def test_an_open_conversation_without_agent_or_messages_is_told_as_such() -> None:
    bare = Transcript(site_name="", visitor="", opened_at=START)
    said = pdf_text(bare)
    assert "Nobody" in said
    assert "Still open" in said
    assert "No messages were exchanged" in said


def test_messages_come_in_order_with_author_and_time() -> None:
    said = pdf_text(
        transcript(
            from_visitor("First words"),
            line("Second words", seconds=60),
            from_visitor("Third words", seconds=120),
        )
    )
    expected = ["First words", "Second words", "Third words"]
    assert re.findall(r"\w+ words", said) == expected
    assert "Ada Lovelace 10:03 AM" in re.sub(" +", " ", said)
    assert "Grace Hopper 10:04 AM" in re.sub(" +", " ", said)


def test_messages_in_a_row_have_one_name_and_every_new_minute_its_time() -> None:
    said = pdf_text(
        transcript(
            line("One", seconds=5), line("*Two* words", seconds=9), line("- Three", seconds=64)
        )
    )
    row = re.sub(r"\s+", " ", said)
    assert re.search("Grace Hopper 10:03 AM (GH )?One Two words 10:04 AM . Three", row)


def test_each_day_of_the_zone_has_a_divider() -> None:
    said = pdf_text(transcript(line("Late"), line("Later", seconds=14 * 3600)))
    assert said.index("Saturday, March 1, 2025") < said.index("Late")
    assert said.index("Sunday, March 2, 2025") < said.index("Later")


def test_a_system_message_is_a_sentence_with_its_time() -> None:
    notice = line("*Closed* by visitor", author="Ada", kind="system", system=True)
    said = re.sub(r"\s+", " ", pdf_text(transcript(notice)))
    assert "10:03 AM · *Closed* by visitor · Ada" in said


def test_markdown_is_drawn_and_its_marks_are_gone() -> None:
    source = (
        "# Title\n*bold* _italic_ ~strike~ `code`\n- point\n1. first\n"
        "> quoted\n\n[label](https://example.org/hidden)\n```\nblock\n```"
    )
    said = pdf_text(transcript(line(source)))
    for word in ("Title", "bold italic strike code", "point", "first", "quoted", "label", "block"):
        assert word in said
    assert not re.search(r"[*_~`#>\[]|hidden", said)


def test_a_link_can_be_followed() -> None:
    document = transcript(line("[label](https://example.org/a) [bad](javascript:alert(1))"))
    pages = PdfReader(BytesIO(render_pdf(document))).pages
    notes = [note.get_object() for page in pages for note in page.get("/Annots", [])]
    assert [note["/A"]["/URI"] for note in notes] == ["https://example.org/a"]


def test_quotes_are_nested_and_end_at_some_depth() -> None:
    quote = Quote(author="Ada", text="level 0")
    for depth in range(1, 60):
        quote = Quote(author="Bob", text=f"level {depth}", ts=START, quotes=(quote,))
    said = pdf_text(transcript(line("Answer", quotes=(quote,))))
    assert "Answer" in said
    assert re.findall(r"level \d+", said) == ["level 56", "level 57", "level 58", "level 59"]


@pytest.mark.parametrize(
    "source",
    [
        '#panic("no")',
        '#read("/etc/passwd")',
        '#image("x.png")',
        "$ sum_(i=0)^n $",
        "<label> @reference",
        "#set page(fill: red)",
        '#sys.inputs.transcript "] } , { "days": []',
        "\\u{41} \\",
        "// comment /* comment */ #{",
    ],
)
def test_typst_source_in_a_message_is_text(source: str) -> None:
    attacked = Transcript(
        site_name=source,
        visitor=source,
        agent=source,
        department=source,
        opened_at=START,
        tags=(source,),
        comment=source,
        messages=(
            line(source, author=source, files=(sent(source),), quotes=(quoting(source),)),
            line(source, author=source, system=True),
        ),
    )
    said = re.sub(r"\s+", "", pdf_text(attacked))
    assert said.count(re.sub(r"\s+", "", source)) >= 8


def quoting(source: str) -> Quote:
    return Quote(author=source, text=source)


def test_jpeg_and_png_are_embedded() -> None:
    files = (sent("a.png", png(40, 30)), sent("b.jpg", JPEG, "image/jpeg"))
    document = transcript(from_visitor("Look", files=files))
    assert UNSUPPORTED not in pdf_text(document)
    assert pictures_of(document) == [(40, 30), (12, 8)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_is_embedded(orientation: int) -> None:
    photograph = sent("c.jpg", jpeg_turned(orientation), "image/jpeg")
    assert UNSUPPORTED not in pdf_text(transcript(line("", files=(photograph,))))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("report.pdf", None),
        ("moving.gif", GIF),
        ("empty.png", b""),
        ("page.png", b"<html>"),
        ("short.png", png(40, 30)[:60]),
        ("torn.png", png(40, 30).replace(b"IDAT", b"IDOT")),
        ("damaged.png", png(40, 30)[:50] + b"damage" + png(40, 30)[50:]),
    ],
)
def test_other_files_and_broken_pictures_become_a_box(name: str, data: bytes | None) -> None:
    whole = sent("whole.png", png(20, 20))
    document = transcript(line("Files", files=(sent(name, data), whole)))
    said = pdf_text(document)
    assert name in said
    assert f"1.2 MB · {UNSUPPORTED}" in re.sub(" +", " ", said)
    assert pictures_of(document) == [(20, 20)]


def test_a_large_picture_fits_on_the_page() -> None:
    tall = transcript(line("Tall", files=(sent("tall.png", png(20, 5_000)),)))
    wide = transcript(line("Wide", files=(sent("wide.png", png(5_000, 20)),)))
    assert len(PdfReader(BytesIO(render_pdf(tall))).pages) == 1
    assert len(PdfReader(BytesIO(render_pdf(wide))).pages) == 1


def test_characters_that_cannot_be_printed_do_no_harm() -> None:
    everything = "".join(map(chr, range(0x3000))) + "\ud800\udfff\ufffe\U0010ffff\U000e0001"
    assert render_pdf(
        transcript(line(everything, author=everything, quotes=(quoting(everything),)))
    )


def test_a_message_of_ten_megabytes_is_cut_with_a_note() -> None:
    said = pdf_text(transcript(line("word " * 2_000_000), line("After", seconds=900)))
    assert "The rest of this message is too long" in said
    assert "After" in said


@pytest.mark.parametrize(
    "words", ["x" * 3_000, "https://example.org/" + "a/" * 900, "`" + "y" * 900 + "`", "日" * 900]
)
def test_words_without_end_stay_on_the_page(words: str) -> None:
    boxes = pdf_text(transcript(line(words, author=words, files=(sent(words),))), "-bbox")
    right_edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"', boxes)]
    assert right_edges
    assert max(right_edges) < 595 - 30


def test_a_message_of_many_short_lines_runs_over_pages() -> None:
    source = "\n".join(f"row{n}" for n in range(300))
    said = pdf_text(transcript(line(source)))
    assert len(set(re.findall(r"row\d+", said))) == 300


def test_five_thousand_messages_are_rendered() -> None:
    many = transcript(*(line(f"message{n}.", seconds=n * 40) for n in range(5_000)))
    said = pdf_text(many)
    assert len(set(re.findall(r"message\d+\.", said))) == 5_000
    last_page = re.findall(r"(\d+) ?/ ?(\d+)\n", said)[-1]
    assert last_page[0] == last_page[1]


def test_labels_are_in_the_language() -> None:
    german = pdf_text(transcript(line("Hallo"), language="de-AT"))
    assert "Gesprächsprotokoll" in german
    assert "1. März 2025 10:03" in german
    assert "Samstag, 1. März 2025" in german


@pytest.mark.parametrize("language", ["ar", "he", "ja", "zh-TW", "ko", "xx", "", "../en"])
def test_every_language_is_rendered(language: str) -> None:
    messages = (from_visitor("مرحبا 123 hello"), line("שלום *hello* 日本語 😀", seconds=5))
    assert render_pdf(transcript(*messages, language=language, comment="تم"))


def test_arabic_keeps_its_words() -> None:
    require("fonts-noto")
    said = pdf_text(transcript(from_visitor("مرحبا")))
    assert "مرحبا" in said or "ابحرم" in said


def test_japanese_and_emoji_keep_their_characters() -> None:
    require("fonts-cjk")
    require("fonts-emoji")
    said = pdf_text(transcript(from_visitor("日本語 😀"), language="ja"))
    assert "日本語" in said
    assert "会話記録" in said


def test_several_threads_may_render_at_once() -> None:
    documents = [
        transcript(line(f"thread {n}", files=(sent("a.png", png(9, 9)),))) for n in range(8)
    ]
    with ThreadPoolExecutor(4) as pool:
        rendered = list(pool.map(render_pdf, documents))
    assert rendered == [render_pdf(document) for document in documents]


def test_the_document_has_a_title() -> None:
    named = replace(transcript(line("Hello")), visitor="Ada")
    metadata = PdfReader(BytesIO(render_pdf(named))).metadata
    assert metadata is not None
    assert metadata.title is not None
    assert re.fullmatch("Conversation transcript . Ada", metadata.title)


def test_typst_is_not_loaded_before_it_is_needed() -> None:
    program = (
        "import sys, frontdesk.transcripts.pdf, frontdesk.transcripts.email\n"
        "assert not {'typst', 'jinja2', 'markdown_it'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
