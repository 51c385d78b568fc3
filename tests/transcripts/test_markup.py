"""Message text as blocks and spans."""

import pytest

from frontdesk.transcripts.markup import (
    MAX_CHARACTERS,
    MAX_LINES,
    Block,
    Span,
    one_line,
    parse,
    readable,
    runs_right_to_left,
)


def spans(source: str) -> list[Span]:
    """Return the spans of a message that is one paragraph."""
    (block,) = parse(source).blocks
    assert block.kind == "text"
    return block.spans


def words(blocks: list[Block]) -> str:
    """Return all text of the blocks, as it would be read."""
    own = ["".join(span.text for span in block.spans) for block in blocks]
    inner = [words(item) for block in blocks for item in block.items]
    return " ".join(part for part in own + inner if part)


@pytest.mark.parametrize(
    ("source", "span"),
    [
        ("*a b*", Span("a b", bold=True)),
        ("**a b**", Span("a b", bold=True)),
        ("_a b_", Span("a b", italic=True)),
        ("__a b__", Span("a b", italic=True)),
        ("~a b~", Span("a b", strike=True)),
        ("~~a b~~", Span("a b", strike=True)),
        ("`a *b*`", Span("a *b*", code=True)),
        ("*_~a~_*", Span("a", bold=True, italic=True, strike=True)),
        ("[a](https://b.c/d)", Span("a", href="https://b.c/d")),
        ("[](https://b.c/d)", Span("https://b.c/d", href="https://b.c/d")),
        ("<https://b.c/d>", Span("https://b.c/d", href="https://b.c/d")),
        ("![a](https://b.c/d.png)", Span("a", href="https://b.c/d.png")),
        ("https://b.c/d_e_f?g=h", Span("https://b.c/d_e_f?g=h", href="https://b.c/d_e_f?g=h")),
    ],
)
def test_the_dialect_of_the_clients_is_read(source: str, span: Span) -> None:
    assert spans(source)[0] == span


@pytest.mark.parametrize(
    "source",
    ["snake_case_name", "a * b * c", "~ 5 ~ 6", "a~b~c", "1.5 - 2", "C:\\Users\\ada", "<b>x</b>"],
)
def test_what_only_looks_like_markup_stays(source: str) -> None:
    assert words(parse(source).blocks) == source


@pytest.mark.parametrize("source", ["#", "a &amp; b", "a\n---", "    four spaces", "[a]: b"])
def test_no_text_is_lost(source: str) -> None:
    shown = words(parse(source).blocks)
    assert shown.replace("———", "---").split() == source.split()


@pytest.mark.parametrize(
    "source",
    ["[a](javascript:alert(1))", "[a](data:text/html,x)", "[a](vbscript:x)", "[a](/relative)"],
)
def test_only_web_mail_and_phone_addresses_become_links(source: str) -> None:
    assert all(span.href == "" for span in spans(source))


def test_an_address_ends_before_the_full_stop() -> None:
    assert spans("See https://a.b/c, please (https://d.e).") == [
        Span("See "),
        Span("https://a.b/c", href="https://a.b/c"),
        Span(", please ("),
        Span("https://d.e", href="https://d.e"),
        Span(")."),
    ]


def test_line_breaks_are_kept_and_blank_lines_part_paragraphs() -> None:
    assert [words([block]) for block in parse("one\ntwo\r\n\r\nthree\u2028four").blocks] == [
        "one\ntwo",
        "three\nfour",
    ]
    assert words(parse("*one*\ntwo").blocks) == "one\ntwo"


def test_code_lists_headings_and_quotes_are_blocks() -> None:
    blocks = parse("# Title\n```py\nx = 1\n  y\n```\n- a\n  1. b\n\n3. c\n\n> d\n> e").blocks
    assert [block.kind for block in blocks] == ["heading", "code", "list", "list", "quote"]
    heading, code, bullets, numbers, quote = blocks
    assert heading.level == 1
    assert code.spans == [Span("x = 1\n  y")]
    assert bullets.start is None
    assert [block.kind for block in bullets.items[0]] == ["text", "list"]
    assert numbers.start == 3
    assert words(quote.items[0]) == "d\ne"


def test_an_unclosed_code_fence_holds_the_rest() -> None:
    (code,) = parse("```\na\n*b*").blocks
    assert code == Block("code", spans=[Span("a\n*b*")])


def test_a_long_message_is_cut_and_says_so() -> None:
    body = parse("word " * 2_000_000)
    assert body.shortened
    assert len(words(body.blocks)) <= MAX_CHARACTERS
    assert not parse("x" * MAX_CHARACTERS).shortened
    assert readable("y" * 20_000).endswith("y …")


def test_a_message_of_many_lines_is_cut() -> None:
    body = parse("a\n" * 1_000)
    assert body.shortened
    assert words(body.blocks).count("a") == MAX_LINES


def test_a_flood_of_blank_lines_dries_up() -> None:
    assert [words([block]) for block in parse("a" + "\n" * 5_000 + "b").blocks] == ["a", "b"]


@pytest.mark.parametrize(
    "source", [">" * 5_000, "- " * 4_000, "[" * 9_000, "**a_b~~" * 1_400, "`a" * 5_000]
)
def test_markup_without_end_is_still_text(source: str) -> None:
    assert words(parse(source).blocks)


def test_characters_that_cannot_be_shown_are_dropped() -> None:
    assert words(parse("a\x00b\x07c\ud800d\ufffee\x9ff\tg").blocks) == "abcdef\tg"


def test_a_text_cannot_be_turned_around_by_hidden_marks() -> None:
    assert words(parse("invoice\u202efdp.exe").blocks) == "invoicefdp.exe"
    assert one_line("A\u202eda") == "Ada"


def test_towers_of_accents_are_lowered() -> None:
    assert len(words(parse("e" + "\u0301" * 9_000).blocks)) <= 5


def test_a_name_is_one_short_line() -> None:
    assert one_line("  Ada\r\n\tLovelace\x00 ") == "Ada Lovelace"
    assert one_line("x" * 1_000, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "direction"),
    [("abc שלום", False), ("123 שלום abc", True), ("مرحبا", True), ("123 !?", None), ("", None)],
)
def test_the_first_letter_gives_the_direction(text: str, direction: bool | None) -> None:
    assert runs_right_to_left(text) is direction


def test_a_list_takes_the_direction_of_its_text() -> None:
    (block,) = parse("- שלום\n- hello").blocks
    assert block.rtl is True
