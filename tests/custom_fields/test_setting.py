from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.builders import Visitor, open_conversation, register_visitor, room_of, settings, unique
from tests.custom_fields.fields import fields
from tests.harness.client import Api

NOBODY_NEEDED = {"Livechat_accept_chats_with_no_agents": True}


def set_value(api: Api, token: str, key: str, value: str, overwrite: bool = True) -> httpx.Response:
    """Send one value."""
    body = {"token": token, "key": key, "value": value, "overwrite": overwrite}
    return api.post("livechat/custom.field", body)


def set_values(api: Api, token: str, *values: tuple[str, str, bool]) -> httpx.Response:
    """Send several values."""
    sent = [{"key": key, "value": value, "overwrite": over} for key, value, over in values]
    return api.post("livechat/custom.fields", {"token": token, "customFields": sent})


def values_of(api: Api, visitor: Visitor) -> dict[str, Any]:
    """Return the values on a visitor."""
    answer = api.get(f"livechat/visitor/{visitor.token}")
    return dict(answer.json()["visitor"].get("livechatData", {}))


def refusal(answer: httpx.Response) -> tuple[int, Any, Any]:
    """Return status, text and type of a refused request."""
    return answer.status_code, answer.json()["error"], answer.json().get("errorType")


def test_a_value_of_a_visitor_is_kept(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)
    with fields(admin, {}) as (name,):
        answer = set_value(api, visitor.token, name, "gold")

        assert answer.status_code == 200
        field = {"key": name, "value": "gold", "overwrite": True}
        assert answer.json() == {"success": True, "field": field}
        assert values_of(api, visitor) == {name: "gold"}


def test_a_value_that_must_not_overwrite_another_does_not(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)
    with fields(admin, {}, {}) as (name, empty):
        set_value(api, visitor.token, name, "gold")
        set_value(api, visitor.token, empty, "")

        for each in (name, empty):
            answer = set_value(api, visitor.token, each, "basic", overwrite=False)
            assert answer.status_code == 200
            assert answer.json()["field"]["value"] == "basic"

        assert values_of(api, visitor) == {name: "gold", empty: ""}


def test_a_hidden_field_takes_values(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)
    with fields(admin, {"visibility": "hidden", "required": True}) as (name,):
        assert set_value(api, visitor.token, name, "x").status_code == 200
        assert values_of(api, visitor) == {name: "x"}


def test_a_value_of_conversations_stands_in_the_open_one(api: Api, admin: Api) -> None:
    with fields(admin, {"scope": "room"}) as (name,), settings(admin, **NOBODY_NEEDED):
        visitor = register_visitor(api)
        assert set_value(api, visitor.token, name, "early").status_code == 200
        room, _ = open_conversation(api, visitor)
        assert name not in room_of(admin, room["_id"]).get("livechatData", {})

        set_value(api, visitor.token, name, "first")
        set_value(api, visitor.token, name, "second", overwrite=False)

        assert room_of(admin, room["_id"])["livechatData"] == {name: "first"}
        assert values_of(api, visitor) == {}
        admin.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "done"})
        assert set_value(api, visitor.token, name, "late").status_code == 200
        assert room_of(admin, room["_id"])["livechatData"] == {name: "first"}


def test_an_unknown_token_is_refused_without_a_type(api: Api, admin: Api) -> None:
    with fields(admin, {}) as (name,):
        assert refusal(set_value(api, "nobody", name, "x")) == (400, "invalid-token", None)
        answer = set_values(api, "nobody", (name, "x", True))
        assert refusal(answer) == (400, "invalid-token", None)


def test_unknown_fields_and_values_that_do_not_match_are_refused(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)
    with fields(admin, {"regexp": "^[a-z]+$", "label": "Letters"}) as (name,):
        answer = set_value(api, visitor.token, "nowhere", "x")
        assert refusal(answer) == (400, "invalid-custom-field", None)
        answer = set_value(api, visitor.token, name, "1")
        assert refusal(answer) == (400, f"Invalid value for {name} field", None)
        answer = set_value(api, visitor.token, name, "x" * 5_001)
        assert refusal(answer) == (400, f"Invalid value for {name} field", None)
        assert values_of(api, visitor) == {}


@pytest.mark.parametrize("missing", ["token", "key", "value", "overwrite"])
def test_every_part_of_a_value_must_be_there(api: Api, missing: str) -> None:
    body = {"token": "t", "key": "k", "value": "v", "overwrite": True}
    del body[missing]

    text = f"must have required property '{missing}' [invalid-params]"
    answer = api.post("livechat/custom.field", body)
    assert refusal(answer) == (400, text, "invalid-params")
    if missing != "token":
        del body["token"]
        answer = api.post("livechat/custom.fields", {"token": "t", "customFields": [body]})
        assert refusal(answer) == (400, text, "invalid-params")


def test_more_values_than_there_can_be_fields_are_refused(api: Api) -> None:
    value = {"key": "k", "value": "v", "overwrite": True}
    answer = api.post("livechat/custom.fields", {"token": "t", "customFields": [value] * 501})
    text = "must NOT have more than 500 items [invalid-params]"
    assert refusal(answer) == (400, text, "invalid-params")


def test_nothing_else_may_be_sent_with_a_value(api: Api) -> None:
    body = {"token": "t", "key": "k", "value": "v", "overwrite": True, "x": 1}

    text = "must NOT have additional properties [invalid-params]"
    answer = api.post("livechat/custom.field", body)
    assert refusal(answer) == (400, text, "invalid-params")


def test_several_values_are_answered_with_those_of_the_conversation_first(
    api: Api, admin: Api
) -> None:
    kinds: tuple[dict[str, Any], ...] = (
        {},
        {"scope": "room"},
        {"visibility": "hidden", "required": True},
    )
    with fields(admin, *kinds) as (first, second, third), settings(admin, **NOBODY_NEEDED):
        room, visitor = open_conversation(api)

        answer = set_values(
            api, visitor.token, (first, "1", True), (second, "2", True), (third, "3", False)
        )

        assert answer.json()["fields"] == [
            {"Key": second, "value": "2", "overwrite": True},
            {"Key": first, "value": "1", "overwrite": True},
            {"Key": third, "value": "3", "overwrite": False},
        ]
        assert values_of(api, visitor) == {first: "1", third: "3"}
        assert room_of(admin, room["_id"])["livechatData"] == {second: "2"}


def test_of_several_values_none_is_kept_if_one_is_refused(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)
    with fields(admin, {}, {"regexp": "^x$"}) as (good, strict):
        for values, text in (
            (((good, "1", True), ("nowhere", "2", True)), "invalid-custom-field"),
            (((good, "1", True), (strict, "2", True)), f"Invalid value for {strict} field"),
            ((("nowhere", "2", True),), "invalid-custom-field"),
            ((), "invalid-custom-field"),
        ):
            assert refusal(set_values(api, visitor.token, *values)) == (400, text, None)
        assert values_of(api, visitor) == {}


def test_of_several_values_an_empty_one_gives_way_and_the_last_wins(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)
    with fields(admin, {}) as (name,):
        set_value(api, visitor.token, name, "")
        set_values(api, visitor.token, (name, "a", False), (name, "b", False))
        assert values_of(api, visitor) == {name: "b"}
        set_values(api, visitor.token, (name, "c", False))
        assert values_of(api, visitor) == {name: "b"}


def test_values_that_are_set_at_once_are_all_kept(api: Api, admin: Api) -> None:
    kinds: tuple[dict[str, Any], ...] = ({}, {"scope": "room"}) * 8
    with (
        fields(admin, *kinds) as names,
        settings(admin, **NOBODY_NEEDED),
        ThreadPoolExecutor(8) as pool,
    ):
        room, visitor = open_conversation(api)

        answers = list(pool.map(lambda each: set_value(api, visitor.token, each, "x"), names))

        assert {each.status_code for each in answers} == {200}
        assert values_of(api, visitor) == dict.fromkeys(names[::2], "x")
        assert room_of(admin, room["_id"])["livechatData"] == dict.fromkeys(names[1::2], "x")


# Registration ---------------------------------------------------------------------------------


def registered(api: Api, *values: tuple[str, str, bool], **more: Any) -> httpx.Response:
    """Register with values."""
    sent = [{"key": key, "value": value, "overwrite": over} for key, value, over in values]
    body = {"token": unique("token"), "name": "Ann", "customFields": sent, **more}
    return api.post("livechat/visitor", {"visitor": body})


def test_who_registers_with_values_has_them(api: Api, admin: Api) -> None:
    kinds: tuple[dict[str, Any], ...] = (
        {},
        {"regexp": "^x$"},
        {"visibility": "hidden"},
        {"scope": "room"},
    )
    with fields(admin, *kinds) as (name, strict, hidden, of_room):
        answer = registered(
            api,
            (name, "gold", True),
            (strict, "not x", True),
            (hidden, "1", True),
            (of_room, "2", True),
            ("nowhere", "3", True),
        )

        assert answer.status_code == 200
        assert answer.json()["visitor"]["livechatData"] == {name: "gold", strict: "not x"}


def test_a_missing_required_value_is_refused_but_the_visitor_is_there(api: Api, admin: Api) -> None:
    token = unique("token")
    with fields(admin, {"required": True}, {"required": True}, {}) as (one, two, other):
        answer = registered(api, (other, "x", True), token=token)

        text = f"Missing required custom fields: {one}, {two}"
        assert refusal(answer) == (400, text, None)
        assert api.get(f"livechat/visitor/{token}").json()["visitor"]["name"] == "Ann"
        assert registered(api, token=token).status_code == 200


def test_a_registration_does_not_overwrite_unless_it_says_so(api: Api, admin: Api) -> None:
    visitor = register_visitor(api)
    with fields(admin, {}) as (name,):
        registered(api, (name, "a", False), token=visitor.token)
        registered(api, (name, "b", False), token=visitor.token)
        assert values_of(api, visitor) == {name: "a"}
        registered(api, (name, "c", True), token=visitor.token)
        assert values_of(api, visitor) == {name: "c"}
