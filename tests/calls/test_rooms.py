import json
from typing import Any

import pytest

from tests.builders import Person, create_user, unique
from tests.calls.conftest import OpenCall, Room, another_agent
from tests.harness.client import Api

NEVER = "2001-01-01T00:00:00.000Z"
FAR = "2999-01-01"


def close(agent: Person, room: Room, **options: Any) -> None:
    body = {"rid": room["_id"], "token": room["v"]["token"], "options": options}
    assert agent.api.post("voip/room.close", body).is_success


def found(admin: Api, name: str, **query: Any) -> list[str]:
    """Return the ids of the rooms of visitors of that name, in the order of the answer."""
    response = admin.get("voip/rooms", {"roomName": name, **query})
    assert response.is_success, response.text
    return [room["_id"] for room in response.json()["rooms"]]


@pytest.fixture
def name() -> str:
    """Return a name that no other test's visitor has."""
    return unique("Ann")


def test_the_list_is_a_page_of_whole_rooms(admin: Api, open_call: OpenCall, name: str):
    room = open_call(name=name)
    response = admin.get("voip/rooms", {"open": "true", "roomName": name})
    assert response.json() == {
        "rooms": [room],
        "count": 1,
        "offset": 0,
        "total": 1,
        "success": True,
    }


def test_without_open_only_closed_rooms_are_listed(
    admin: Api, agent: Person, open_call: OpenCall, name: str
):
    closed, still_open = open_call(name=name), open_call(name=name)
    close(agent, closed)
    assert found(admin, name) == [closed["_id"]]
    assert found(admin, name, open="false") == [closed["_id"]]
    assert found(admin, name, open="true") == [still_open["_id"]]


def test_agents_are_matched_by_id_and_by_user_name(
    admin: Api, agent: Person, open_call: OpenCall, name: str
):
    with another_agent(admin) as colleague:
        mine = open_call(name=name)["_id"]
        other = open_call(name=name, by=colleague)["_id"]
        assert found(admin, name, open="true", agents=agent.id) == [mine]
        assert found(admin, name, open="true", agents=[colleague.username]) == [other]
        both = {"agents[]": [agent.id, colleague.id]}
        assert set(found(admin, name, open="true", **both)) == {mine, other}


def test_any_of_the_tags_is_enough(admin: Api, agent: Person, open_call: OpenCall, name: str):
    first, second, third = (open_call(name=name) for _ in range(3))
    close(agent, first, tags=["sales"])
    close(agent, second, tags=["support", 'say "sales"', "a,b"])
    close(agent, third)
    assert found(admin, name, **{"tags[]": ["sales"]}) == [first["_id"]]
    assert set(found(admin, name, **{"tags[]": ["sales", "support"]})) == {
        first["_id"],
        second["_id"],
    }
    assert found(admin, name, **{"tags[]": ["sale"]}) == []
    assert found(admin, name, **{"tags[]": [","]}) == []
    assert found(admin, name, **{"tags[]": ['say "sales"']}) == [second["_id"]]


def test_the_time_of_opening_is_a_range(admin: Api, open_call: OpenCall, name: str):
    room = open_call(name=name)
    for wanted, ids in [
        ({"start": room["ts"], "end": room["ts"]}, [room["_id"]]),
        ({"start": NEVER}, [room["_id"]]),
        ({"end": NEVER}, []),
        ({"start": FAR}, []),
        ({"start": "", "end": None}, [room["_id"]]),
        ({}, [room["_id"]]),
        (None, [room["_id"]]),
    ]:
        assert found(admin, name, open="true", createdAt=json.dumps(wanted)) == ids, wanted


def test_the_time_of_closing_is_a_range(admin: Api, agent: Person, open_call: OpenCall, name: str):
    room = open_call(name=name)
    close(agent, room)
    assert found(admin, name, closedAt=json.dumps({"start": NEVER, "end": FAR})) == [room["_id"]]
    assert found(admin, name, closedAt=json.dumps({"end": NEVER})) == []


def test_queue_direction_and_visitor_are_matched_exactly(
    admin: Api, open_call: OpenCall, name: str
):
    room = open_call(name=name, direction="outbound")
    visitor = room["v"]["_id"]
    for query, ids in [
        ({"queue": "default"}, [room["_id"]]),
        ({"queue": "defaul"}, []),
        ({"direction": "outbound"}, [room["_id"]]),
        ({"direction": "inbound"}, []),
        ({"visitorId": visitor}, [room["_id"]]),
        ({"visitorId": "somebody else"}, []),
        ({"visitorId": "undefined"}, [room["_id"]]),
        ({"query": '{"queue":"other"}'}, [room["_id"]]),
    ]:
        assert found(admin, name, open="true", **query) == ids, query


def test_a_room_name_is_a_literal_part_in_any_case(admin: Api, open_call: OpenCall, name: str):
    room = open_call(name=f"a.b%c {name}")["_id"]
    assert found(admin, f"A.B%C {name.upper()}", open="true") == [room]
    assert found(admin, f"axb%c {name}", open="true") == []
    assert found(admin, f"a.bxc {name}", open="true") == []


def test_newest_rooms_come_first_unless_sorted_otherwise(
    admin: Api, open_call: OpenCall, name: str
):
    rooms = [open_call(name=f"{letter} {name}") for letter in "BAC"]
    by_name = [room["_id"] for room in sorted(rooms, key=lambda room: str(room["fname"]))]
    # Rooms of the same millisecond stand in the order of their ids.
    rooms.sort(key=lambda room: str(room["_id"]))
    oldest_first = [room["_id"] for room in sorted(rooms, key=lambda room: str(room["ts"]))]
    rooms.sort(key=lambda room: str(room["ts"]), reverse=True)
    newest_first = [room["_id"] for room in rooms]
    assert found(admin, name, open="true") == newest_first
    assert found(admin, name, open="true", sort='{"unknown":1}') == newest_first
    assert found(admin, name, open="true", sort='{"ts":1}') == oldest_first
    assert found(admin, name, open="true", sort='{"fname":1}') == by_name
    assert found(admin, name, open="true", sort='{"queue":1,"fname":-1}') == by_name[::-1]


def test_a_page_is_cut_out_of_all(admin: Api, open_call: OpenCall, name: str):
    ids = {open_call(name=name)["_id"] for _ in range(3)}
    pages = [
        admin.get(
            "voip/rooms", {"open": "true", "roomName": name, "count": 2, "offset": offset}
        ).json()
        for offset in (0, 2, 4)
    ]
    assert [page["count"] for page in pages] == [2, 1, 0]
    assert [page["offset"] for page in pages] == [0, 2, 4]
    assert [page["total"] for page in pages] == [3, 3, 3]
    assert {room["_id"] for page in pages for room in page["rooms"]} == ids


@pytest.mark.parametrize("name", ["createdAt", "closedAt"])
@pytest.mark.parametrize("end", ["start", "end"])
def test_an_impossible_date_is_refused(admin: Api, name: str, end: str):
    response = admin.get("voip/rooms", {name: json.dumps({end: "x"})})
    assert response.status_code == 400
    assert response.json() == {
        "success": False,
        "error": f'The "{name}.{end}" query parameter must be a valid date.',
    }


def test_a_range_that_is_not_json_is_refused(admin: Api):
    response = admin.get("voip/rooms", {"createdAt": "yesterday"})
    assert response.status_code == 400
    assert set(response.json()) == {"success", "error"}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"fields": "{}"}, "must NOT have additional properties"),
        ({"open": "perhaps"}, "must be equal to one of the allowed values"),
        ({"direction": "sideways"}, "must be equal to one of the allowed values"),
        ({"count": "many"}, "must be number"),
    ],
)
def test_a_malformed_query_is_refused(admin: Api, query: dict[str, str], text: str):
    response = admin.get("voip/rooms", query)
    assert response.status_code == 400
    assert response.json() == {
        "success": False,
        "error": f"{text} [invalid-params]",
        "errorType": "invalid-params",
    }


def test_a_bad_sort_is_refused_before_the_rights_are_looked_at(agent: Person):
    response = agent.api.get("voip/rooms", {"sort": "ts"})
    assert response.status_code == 400
    assert response.json()["error"] == (
        'Invalid sort parameter provided: "ts" [error-invalid-sort]'
    )


def test_an_agent_sees_the_own_calls(admin: Api, open_call: OpenCall):
    with another_agent(admin) as colleague:
        room = open_call(by=colleague)
        query = {"agents[]": [colleague.id], "open": "true"}
        assert colleague.api.get("voip/rooms", query).json()["rooms"] == [room]


def test_an_agent_sees_nothing_else(admin: Api, agent: Person):
    forbidden = (403, {"success": False, "error": "unauthorized"})
    for agents in (
        [],
        [admin.user_id],
        [agent.username],
        [agent.id, admin.user_id],
    ):
        response = agent.api.get("voip/rooms", {"agents[]": agents, "createdAt": "not looked at"})
        assert (response.status_code, response.json()) == forbidden, agents


def test_a_user_without_a_part_in_the_front_desk_sees_nothing(admin: Api):
    with create_user(admin).api as user:
        assert user.get("voip/rooms", {"agents[]": [user.user_id]}).status_code == 403


def test_the_list_needs_a_login(api: Api):
    assert api.get("voip/rooms").status_code == 401
