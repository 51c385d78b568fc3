import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.messages.markdown import MAX_CHARACTERS, parse_markdown
from frontdesk.messages.reading_text import MOST_MENTIONS, members, read_text

BUILDING_BLOCKS = (
    *("*", "**", "_", "__", "~", "~~", "`", "```", "[", "]", "(", ")", "](", "@", ":", "> ", "# "),
    *("- ", "1. ", "\n", " ", "a", "hello", "é", "https://", "example.com/x", "mailto:", "\u200d"),
    *("👍", "🇩🇪", "\ufe0f", ":smile:", "[a](https://b.c)", "\\", '"', "<", "\u2028", "\x85"),
)
ANY_TEXT = st.one_of(
    st.text(max_size=300), st.lists(st.sampled_from(BUILDING_BLOCKS), max_size=80).map("".join)
)


def plain(text: str) -> dict[str, str]:
    return {"type": "PLAIN_TEXT", "value": text}


def paragraph(*nodes: Any) -> dict[str, Any]:
    return {"type": "PARAGRAPH", "value": list(nodes)}


def link(address: str, label: str | None = None) -> dict[str, Any]:
    return {"type": "LINK", "value": {"src": plain(address), "label": [plain(label or address)]}}


def texts(value: Any) -> str:
    """Return all the text in a tree, in its order."""
    if isinstance(value, list):
        return "".join(texts(each) for each in value)
    if isinstance(value, dict):
        if value.get("type") in ("PLAIN_TEXT",):
            return str(value["value"])
        return str(value.get("unicode", "")) + texts(value.get("value"))
    return ""


def depth(value: Any) -> int:
    if isinstance(value, list):
        return max((depth(each) for each in value), default=0)
    return 1 + depth(list(value.values())) if isinstance(value, dict) else 0


def test_a_plain_line_is_one_paragraph():
    assert parse_markdown("Hello World!") == [paragraph(plain("Hello World!"))]


def test_no_text_is_no_tree():
    assert parse_markdown("") == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("*x*", "BOLD"), ("**x**", "BOLD"), ("_x_", "ITALIC"), ("__x__", "ITALIC")),
        *(("~x~", "STRIKE"), ("~~x~~", "STRIKE")),
    ],
)
def test_marks_surround_what_they_mark(text: str, kind: str):
    assert parse_markdown(text) == [paragraph({"type": kind, "value": [plain("x")]})]


def test_marks_stand_inside_each_other():
    assert parse_markdown("*a _b_*") == [
        paragraph(
            {"type": "BOLD", "value": [plain("a "), {"type": "ITALIC", "value": [plain("b")]}]}
        )
    ]


@pytest.mark.parametrize(
    "text",
    ["2*3*4", "snake_case_name", "a * b * c", "*", "**", "x * *", "*a", "a_", "~a", "***x***"],
)
def test_marks_that_mark_nothing_are_text(text: str):
    assert parse_markdown(text) == [paragraph(plain(text))]


def test_crossing_marks_do_no_harm():
    bold = {"type": "BOLD", "value": [plain("a _b")]}
    assert parse_markdown("*a _b* c_") == [paragraph(bold, plain(" c_"))]


def test_code_in_a_line_is_kept_as_it_is():
    code = {"type": "INLINE_CODE", "value": plain("*a*")}
    assert parse_markdown("see `*a*`") == [paragraph(plain("see "), code)]


def test_fenced_code_keeps_its_lines_and_language():
    assert parse_markdown("```py\na = 1\n\n*b*\n```\nend") == [
        {
            "type": "CODE",
            "language": "py",
            "value": [
                {"type": "CODE_LINE", "value": plain("a = 1")},
                {"type": "CODE_LINE", "value": plain("")},
                {"type": "CODE_LINE", "value": plain("*b*")},
            ],
        },
        paragraph(plain("end")),
    ]


def test_fenced_code_of_one_line_has_no_language():
    code = [{"type": "CODE_LINE", "value": plain("one")}]
    assert parse_markdown("```one```") == [{"type": "CODE", "language": "none", "value": code}]


def test_a_code_block_without_an_end_is_closed():
    reading = read_text("```\ncode")
    assert reading.text == "```\ncode\n```"
    assert reading.tree[0]["type"] == "CODE"


def test_web_addresses_become_links_without_the_full_stop():
    assert parse_markdown("see https://example.com/a?b=1.") == [
        paragraph(plain("see "), link("https://example.com/a?b=1"), plain("."))
    ]


def test_links_have_labels():
    assert parse_markdown("[Our *site*](https://example.com)") == [
        paragraph(link("https://example.com", "Our *site*"))
    ]


@pytest.mark.parametrize(
    "text", ["[a](javascript:alert)", "[a](data:text/html)", "[a](vbscript:x)", "[a]()", "[a](x y)"]
)
def test_links_that_lead_nowhere_are_text(text: str):
    assert parse_markdown(text) == [paragraph(plain(text))]


def test_mail_addresses_become_links():
    assert parse_markdown("write to ann@example.com!") == [
        paragraph(plain("write to "), link("mailto:ann@example.com", "ann@example.com"), plain("!"))
    ]


def test_names_are_mentions():
    assert parse_markdown("@bea, hi") == [
        paragraph({"type": "MENTION_USER", "value": plain("bea")}, plain(", hi"))
    ]


def test_lines_are_paragraphs_and_blank_lines_are_breaks():
    assert parse_markdown("a\nb\n\nc") == [
        paragraph(plain("a")),
        paragraph(plain("b")),
        {"type": "LINE_BREAK"},
        paragraph(plain("c")),
    ]


def test_headings_have_a_level():
    assert parse_markdown("## Prices") == [
        {"type": "HEADING", "level": 2, "value": [plain("Prices")]}
    ]


def test_lists_hold_items():
    assert parse_markdown("- a\n- *b*\n3. c\n4. d") == [
        {
            "type": "UNORDERED_LIST",
            "value": [
                {"type": "LIST_ITEM", "value": [plain("a")]},
                {"type": "LIST_ITEM", "value": [{"type": "BOLD", "value": [plain("b")]}]},
            ],
        },
        {
            "type": "ORDERED_LIST",
            "value": [
                {"type": "LIST_ITEM", "value": [plain("c")], "number": 3},
                {"type": "LIST_ITEM", "value": [plain("d")], "number": 4},
            ],
        },
    ]


def test_quotes_hold_paragraphs():
    assert parse_markdown("> a\n>b\nc") == [
        {"type": "QUOTE", "value": [paragraph(plain("a")), paragraph(plain("b"))]},
        paragraph(plain("c")),
    ]


def test_emoji_have_codes():
    emoji = {"type": "EMOJI", "value": plain("smile"), "shortCode": "smile"}
    assert parse_markdown("hi :smile:") == [paragraph(plain("hi "), emoji)]
    assert parse_markdown(":smile:") == [{"type": "BIG_EMOJI", "value": [emoji]}]


def test_emoji_may_be_written_as_themselves():
    assert parse_markdown("👍🏽 👨‍👩‍👧") == [
        {
            "type": "BIG_EMOJI",
            "value": [
                {"type": "EMOJI", "unicode": "👍🏽"},
                {"type": "EMOJI", "unicode": "👨‍👩‍👧"},
            ],
        }
    ]


def test_a_time_is_no_emoji():
    assert parse_markdown("at 10:30:45") == [paragraph(plain("at 10:30:45"))]


def test_a_very_long_text_is_one_paragraph():
    text = "*a*\n" * MAX_CHARACTERS
    assert parse_markdown(text) == [paragraph(plain(text))]


@given(ANY_TEXT)
def test_any_text_becomes_a_tree_that_can_be_sent(text: str):
    tree = parse_markdown(text)
    msgspec.json.encode(tree)
    assert depth(tree) <= 12


@given(st.text("abc *_~`\n", max_size=200))
def test_words_are_never_lost(text: str):
    kept = texts(parse_markdown(text))
    assert [c for c in kept if c.isalpha()] == [c for c in text if c.isalpha()]


@given(ANY_TEXT)
def test_any_text_can_be_read(text: str):
    said = members(read_text(text), lambda name: None)
    assert said["mentions"] == [] or all(
        each["_id"] in ("all", "here") for each in said["mentions"]
    )
    assert all(each["url"].lower().startswith("http") for each in said["urls"])


def test_each_address_and_name_counts_once():
    reading = read_text("@bea @bea https://a.example https://a.example")
    assert (reading.names, reading.addresses) == (["bea"], ["https://a.example"])


def test_names_in_code_mention_nobody():
    assert read_text("`@bea`").names == []


def test_only_so_many_names_are_looked_up():
    asked: list[str] = []
    text = " ".join(f"@user{number}" for number in range(100))
    members(read_text(text), lambda name: asked.append(name))
    assert len(asked) == MOST_MENTIONS


def test_previews_are_made_of_the_wished_addresses_only():
    reading = read_text("https://a.example https://b.example")
    assert members(reading, lambda name: None, ["https://a.example"])["urls"] == [
        {"url": "https://a.example", "meta": {}},
        {"url": "https://b.example", "meta": {}, "ignoreParse": True},
    ]


def steps(use: Callable[[], object]) -> int:
    """Return how many calls, of our own functions and of built-in ones, `use` makes."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        use()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        *("*a ", "*_~", "[", "[](", "](", "`a``", "@", "a@", "http://", ":a", "👍\u200d", "\n"),
        *("1. a\n", "```\n", "```", "*a _b ~c **d __e ~~f ", "*a* ", "[a](", "a.a@", "- *\n"),
        *(">\n", "# "),
    ],
)
def test_the_work_grows_with_the_length_and_not_faster(unit: str):
    short = unit * (2_000 // len(unit))
    once = steps(lambda: parse_markdown(short))
    twice = steps(lambda: parse_markdown(short * 2))
    assert twice <= 2.2 * once + 50
