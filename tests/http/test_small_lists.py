from typing import Any

from frontdesk.http.paging import Page
from frontdesk.http.small_lists import listed_page

DOCUMENTS: list[dict[str, Any]] = [
    {"name": "b", "size": 1, "by": {"name": "z"}},
    {"name": "a", "size": 2, "by": {"name": "y"}},
    {"name": "c", "size": 1},
]


def names(page: Page) -> str:
    """Return the names of a page, one letter each."""
    items = listed_page("items", DOCUMENTS, page, [("name", 1)])["items"]
    return "".join(each["name"] for each in items)


def test_a_page_is_cut_from_the_default_order() -> None:
    page = listed_page("items", DOCUMENTS, Page(1, 1, ()), [("name", 1)])

    assert page == {"items": [DOCUMENTS[0]], "count": 1, "offset": 1, "total": 3}


def test_a_sort_replaces_the_default_order() -> None:
    assert names(Page(0, None, (("size", 1), ("name", -1)))) == "cba"
    assert names(Page(0, None, (("name", -1),))) == "cba"


def test_a_path_leads_into_objects_and_what_is_missing_comes_first() -> None:
    assert names(Page(0, None, (("by.name", 1),))) == "cab"


def test_values_of_different_types_have_an_order() -> None:
    mixed: list[dict[str, Any]] = [{"x": []}, {"x": True}, {"x": "a"}, {"x": 1}, {}]

    items = listed_page("items", mixed, Page(0, None, (("x", 1),)), [])["items"]

    assert items == [{}, {"x": 1}, {"x": "a"}, {"x": True}, {"x": []}]
