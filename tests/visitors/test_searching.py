"""GET livechat/visitors.search and visitors.autocomplete."""

import json
from typing import Any

import pytest

from tests.builders import create_user, register_visitor, unique
from tests.custom_fields.fields import fields
from tests.harness.client import Api

SEARCH = "livechat/visitors.search"
SUGGEST = "livechat/visitors.autocomplete"


def found(admin: Api, term: str, **more: Any) -> list[str]:
    """Return the ids of the visitors whom a term finds."""
    answer = admin.get(SEARCH, {"term": term, **more})
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(answer.json()["visitors"])
    return [each["_id"] for each in answer.json()["visitors"]]


def test_visitors_are_found_by_a_piece_of_the_name_in_any_case(api: Api, admin: Api) -> None:
    mark = unique("Zoe")
    visitor = register_visitor(api, name=f"Dr {mark} Miller")

    for term in (mark, mark.upper(), f"{mark.lower()} mil", mark[2:9]):
        assert found(admin, term) == [visitor.id]
    assert found(admin, visitor.username)[-1:] == [visitor.id]
    assert found(admin, f"{mark}x") == []


def test_what_means_something_in_patterns_is_looked_for_as_it_is(api: Api, admin: Api) -> None:
    mark = unique("m")
    names = (f'{mark} a.c "q" 100% \\_', f"{mark} abc 'q' 1000 _")
    first, _ = (register_visitor(api, name=each) for each in names)

    for term in (f"{mark} a.c", 'a.c "q" 100% \\_', f'{mark} a.c "q'):
        assert first.id in found(admin, term, count=0)
    assert found(admin, f"{mark} a_c") == []
    assert found(admin, f"{mark} ab%") == []
    assert found(admin, f"{mark} .*") == []


def test_addresses_and_numbers_are_found_whole_and_in_their_case(api: Api, admin: Api) -> None:
    email, phone = f"{unique('ann')}@x.org", unique("+49-a")
    visitor = register_visitor(api, email=email, phone=phone, name="Plain")

    assert found(admin, email) == [visitor.id]
    assert found(admin, phone) == [visitor.id]
    for term in (email.upper(), email[:-1], phone.upper(), phone[1:], f'"{email}'):
        assert found(admin, term) == []


def test_searchable_fields_find_visitors_and_others_do_not(api: Api, admin: Api) -> None:
    value = unique('quo"te')
    with fields(admin, {}, {"searchable": False}) as (known, unknown):
        one, two = register_visitor(api), register_visitor(api)
        for visitor, key in ((one, known), (two, unknown)):
            body = {"token": visitor.token, "key": key, "value": value, "overwrite": True}
            assert api.post("livechat/custom.field", body).status_code == 200

        assert found(admin, value.upper()) == [one.id]
        assert found(admin, value[2:]) == [one.id]
    assert found(admin, value) == []


def test_a_change_of_a_name_changes_what_is_found(api: Api, admin: Api) -> None:
    old, new = unique("old"), unique("new")
    visitor = register_visitor(api, name=old)
    register_visitor(api, token=visitor.token, name=new)

    assert found(admin, new) == [visitor.id]
    assert found(admin, old) == []
    api.delete(f"livechat/visitor/{visitor.token}")
    assert found(admin, new) == []


def test_visitors_come_newest_first_in_pages_and_without_tokens(api: Api, admin: Api) -> None:
    mark = unique("page")
    visitors = [register_visitor(api, name=f"{mark} {letter}") for letter in "cab"]
    ids = [each.id for each in visitors]

    answer = admin.get(SEARCH, {"term": mark, "count": 2, "offset": 1}).json()

    newest_first = found(admin, mark)
    assert sorted(newest_first) == sorted(ids)
    assert [each["_id"] for each in answer["visitors"]] == newest_first[1:]
    assert (answer["count"], answer["offset"], answer["total"]) == (2, 1, 3)
    assert set(answer["visitors"][0]) == {"_id", "username", "name"}
    by_name = found(admin, mark, sort='{"name":1}')
    assert by_name == [ids[1], ids[2], ids[0]]
    assert found(admin, mark, sort='{"lastChat.ts":-1,"name":-1}') == by_name[::-1]


def test_an_empty_term_finds_everybody(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)

    answer = admin.get(SEARCH, {"term": "", "count": 5}).json()

    assert answer["total"] >= 1
    assert len(answer["visitors"]) == min(5, answer["total"])
    assert visitor.id in found(admin, "", count=0)


def test_short_terms_find_too(api: Api, admin: Api) -> None:
    visitor = register_visitor(api, name="Ж")

    assert visitor.id in found(admin, "Ж", count=0)
    assert visitor.id not in found(admin, "Щ", count=0)


def test_there_must_be_a_term(api: Api, admin: Api) -> None:
    answer = admin.get(SEARCH)

    assert answer.status_code == 400
    text = "must have required property 'term' [invalid-params]"
    assert (answer.json()["error"], answer.json()["errorType"]) == (text, "invalid-params")


@pytest.mark.parametrize("path", [SEARCH, SUGGEST])
def test_only_those_who_look_after_visitors_find_them(api: Api, admin: Api, path: str) -> None:
    query = {"term": "a"} if path == SEARCH else {"selector": "{}"}

    assert api.get(path, query).status_code == 401
    assert create_user(admin).api.get(path, query).status_code == 403


def suggested(admin: Api, **selector: Any) -> list[dict[str, Any]]:
    """Return the suggestions for a selector."""
    answer = admin.get(SUGGEST, {"selector": json.dumps(selector)})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_suggestions_begin_with_the_term_and_come_by_name(api: Api, admin: Api) -> None:
    mark = unique("Sug")
    letters = "lkjihgfedcba"
    visitors = {each: register_visitor(api, name=f"{mark}{each}") for each in letters}
    register_visitor(api, name=f"x{mark}")

    items = suggested(admin, term=mark.lower(), conditions={"name": {"$ne": None}})

    assert [each["name"] for each in items] == [f"{mark}{each}" for each in "abcdefghij"]
    first = visitors["a"]
    assert items[0] == {
        "_id": first.id,
        "username": first.username,
        "name": f"{mark}a",
        "custom_name": f"{first.username} - {mark}a",
    }
    without = suggested(admin, term=mark, exceptions=[first.id, visitors["b"].id])
    assert without[0]["name"] == f"{mark}c"
    assert suggested(admin, term=f"{mark[:-1]}%") == []
    assert len(suggested(admin)) == 10


@pytest.mark.parametrize("selector", ["", "{", "[]", "1", '{"term": 7}', '{"exceptions": "x"}'])
def test_a_selector_that_is_none_is_refused(admin: Api, selector: str) -> None:
    answer = admin.get(SUGGEST, {"selector": selector})

    assert answer.status_code == 400
    assert answer.json()["error"]
