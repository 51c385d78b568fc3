"""Finding contacts."""

from typing import Any

from tests.builders import (
    create_agent,
    open_conversation,
    register_visitor,
    retire,
    settings,
    unique,
)
from tests.contacts.desk import create_contact, refusal, search
from tests.harness.client import Api


def names(found: list[dict[str, Any]]) -> list[str]:
    """Return the names of contacts."""
    return [each["name"] for each in found]


def test_a_piece_of_name_address_or_number_finds_a_contact_in_any_case(admin: Api) -> None:
    mark = unique("Ümläut").replace("-", "")
    email, phone = f"{mark}.x@Example.org", f"+49{mark}"
    by_name = create_contact(admin, name=f"Ann {mark}")
    by_email = create_contact(admin, name="Bo", emails=["b@example.org", email])
    by_phone = create_contact(admin, name="Cy", phones=[phone])

    for text in (mark, mark.lower(), mark.upper()):
        found = {each["_id"] for each in search(admin, text)}
        assert found == {by_name, by_email, by_phone}
    assert [each["_id"] for each in search(admin, f"{mark.upper()}.X@")] == [by_email]
    assert [each["_id"] for each in search(admin, f"9{mark}")] == [by_phone]
    assert search(admin, f"{mark}_x@") == []
    assert search(admin, f"{mark}%") == []
    assert search(admin, f"Ann {mark}\n") == []


def test_short_pieces_are_found_too(admin: Api) -> None:
    create_contact(admin, name="Zq")
    assert all("zq" in str(each).lower() for each in search(admin, "zQ"))
    assert "Zq" in names(search(admin, "zQ", count=100))


def test_unknown_contacts_are_found_only_when_asked_for(api: Api, admin: Api) -> None:
    name = unique("Found")
    create_contact(admin, name=f"{name} known")
    open_conversation(api, register_visitor(api, name=f"{name} unknown"))

    assert names(search(admin, name)) == [f"{name} known"]
    assert names(search(admin, name, unknown="false")) == [f"{name} known"]
    assert names(search(admin, name, unknown="true")) == [f"{name} unknown"]


def test_pages_are_sorted_by_code_points_and_count_is_the_page_size(admin: Api) -> None:
    mark = unique("page")
    for letter in ("b", "a", "B", "ä", "-a"):
        create_contact(admin, name=f"{letter} {mark}")

    def page(**query: Any) -> dict[str, Any]:
        answer = admin.get("omnichannel/contacts.search", {"searchText": mark, **query})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    first = page(count=2)
    assert names(first["contacts"]) == [f"-a {mark}", f"B {mark}"]
    assert (first["count"], first["offset"], first["total"]) == (2, 0, 5)
    assert names(page(count=2, offset=4)["contacts"]) == [f"ä {mark}"]
    assert page(count=10)["count"] == 10
    last = page(sort='{"name": -1}', count=1)
    assert names(last["contacts"]) == [f"ä {mark}"]
    made = page(sort='{"createdAt": 1}')
    assert names(made["contacts"])[0] == f"b {mark}"
    assert page(sort='{"lastChat.ts": -1}')["total"] == 5
    assert page(offset=10)["contacts"] == []


def test_the_manager_is_shown_with_name(admin: Api) -> None:
    agent = create_agent(admin)
    name = unique("Managed")
    create_contact(admin, name=name, contactManager=agent.id)

    (found,) = search(admin, name)
    assert found["contactManager"] == {
        "_id": agent.id,
        "name": agent.username.title(),
        "username": agent.username,
    }
    retire(admin, agent)


def test_parameters_of_a_wrong_type_are_refused(admin: Api) -> None:
    for query, error in (
        ({"count": "x"}, "must be number [invalid-params]"),
        ({"unknown": "x"}, "must be boolean [invalid-params]"),
        ({"name": "x"}, "must NOT have additional properties [invalid-params]"),
    ):
        assert refusal(admin.get("omnichannel/contacts.search", query)) == error
    bad = admin.get("omnichannel/contacts.search", {"sort": "x"})
    assert "[error-invalid-sort]" in refusal(bad)


def test_all_contacts_can_be_listed_at_once(admin: Api) -> None:
    mark = unique("all")
    for number in range(3):
        create_contact(admin, name=f"{mark} {number}")
    with settings(admin, API_Allow_Infinite_Count=True):
        answer = admin.get("omnichannel/contacts.search", {"searchText": mark, "count": 0})
    assert len(answer.json()["contacts"]) == 3
