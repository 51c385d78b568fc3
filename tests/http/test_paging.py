"""List parameters over HTTP: count, offset, sort, and those that are ignored."""

from typing import Any

import pytest

from tests.builders import settings
from tests.harness.client import Api

LIST = "settings.public"


def listed(api: Api, **query: Any) -> dict[str, Any]:
    """Return a page of the public settings, a list of more than a hundred items."""
    answer = api.get(LIST, query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("given", "count"),
    [
        (None, 50),
        ("", 50),
        ("7", 7),
        ("2.9", 2),
        ("1e1", 10),
        ("-3", 3),
        ("100", 100),
        ("101", 100),
        ("1e300", 100),
        (["7"], 7),
    ],
)
def test_count_is_at_most_a_hundred_and_fifty_if_nothing_is_said(
    api: Api, given: Any, count: int
) -> None:
    page = listed(api, **({} if given is None else {"count": given}))

    assert page["count"] == len(page["settings"]) == count
    assert page["offset"] == 0
    assert page["total"] > 100
    assert page["success"] is True


def test_count_zero_is_all_unless_the_workspace_says_otherwise(api: Api, admin: Api) -> None:
    everything = listed(api, count=0)
    assert everything["count"] == everything["total"] > 100
    with settings(admin, API_Allow_Infinite_Count=False):
        assert listed(api, count=0)["count"] == 50


def test_the_workspace_sets_both_limits(api: Api, admin: Api) -> None:
    with settings(admin, API_Upper_Count_Limit=20, API_Default_Count=5):
        assert listed(api)["count"] == 5
        assert listed(api, count=1000)["count"] == 20
    with settings(admin, API_Upper_Count_Limit=-1, API_Default_Count=-1):
        assert listed(api)["count"] == 50
        assert listed(api, count=1000)["count"] == 100


@pytest.mark.parametrize(("given", "offset"), [("", 0), ("0", 0), ("3", 3), ("3.9", 3), ("-3", 0)])
def test_offset_says_where_a_page_begins(api: Api, given: str, offset: int) -> None:
    page = listed(api, count=2, offset=given)

    assert page["offset"] == offset
    everything = listed(api, count=0)["settings"]
    assert page["settings"] == everything[offset : offset + 2]


def test_behind_the_end_there_is_an_empty_page(api: Api) -> None:
    for offset in ("100000", "1e300"):
        page = listed(api, offset=offset)
        assert (page["count"], page["settings"]) == (0, [])
        assert page["total"] > 100


@pytest.mark.parametrize("name", ["count", "offset"])
@pytest.mark.parametrize("value", ["many", "1e400", "NaN", "Infinity", ["1", "2"]])
def test_what_is_no_number_is_refused(api: Api, name: str, value: Any) -> None:
    answer = api.get(LIST, {name: value})

    assert (answer.status_code, answer.json()["error"]) == (400, "must be number [invalid-params]")


def test_sort_gives_the_order(api: Api) -> None:
    ids = [each["_id"] for each in listed(api, count=0)["settings"]]
    assert ids == sorted(ids)
    down = [each["_id"] for each in listed(api, count=0, sort='{"_id": -1}')["settings"]]
    assert down == ids[::-1]


@pytest.mark.parametrize("text", ["5", "-1.5", "true", "false", "{}", '{"no.such.member": 1}'])
def test_a_sort_that_says_nothing_changes_nothing(api: Api, text: str) -> None:
    assert listed(api, sort=text) == listed(api)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "null",
        "[]",
        '"_id"',
        '{"_id": 2}',
        '{"_id": 0}',
        '{"_id": "1"}',
        '{"_id": true}',
        '{"_id": null}',
        '{"_id": 1, "value": {}}',
        "{'_id': 1}",
        "[" * 5000,
    ],
)
def test_any_other_sort_is_refused(api: Api, text: str) -> None:
    answer = api.get(LIST, {"sort": text})

    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "error": f'Invalid sort parameter provided: "{text}" [error-invalid-sort]',
        "errorType": "error-invalid-sort",
        "details": {"helperMethod": "parseJsonQuery"},
    }


def test_query_and_fields_are_ignored(api: Api) -> None:
    plain = listed(api)
    assert listed(api, query='{"$where": "1"}') == plain
    assert listed(api, query="no JSON", fields='{"value": 7}') == plain


def test_a_parameter_that_a_list_does_not_know_is_refused(api: Api) -> None:
    answer = api.get(LIST, {"skip": 1})

    assert answer.json()["error"] == "must NOT have additional properties [invalid-params]"


def test_more_parameters_than_anybody_needs_are_refused(api: Api) -> None:
    for query in ([("a", "1")] * 501, [(f"a{each}", "1") for each in range(1001)]):
        answer = api.get(LIST, query)
        assert answer.status_code == 400
        assert answer.json()["error"] == "Invalid query parameters"
