from typing import Any

import httpx
import pytest

from tests.builders import create_agent, create_user, retire, unique
from tests.custom_fields.fields import DELETE, SAVE, field_data, fields, make_field
from tests.harness.client import Api


def refusal(answer: httpx.Response) -> tuple[int, Any, Any]:
    """Return status, text and type of a refused request."""
    return answer.status_code, answer.json()["error"], answer.json().get("errorType")


def test_a_field_is_answered_as_it_was_made(admin: Api) -> None:
    name = unique("tier")

    made = make_field(
        admin,
        name,
        type="select",
        options="gold,basic",
        required=True,
        defaultValue="",
        public=True,
    )

    assert made.pop("_updatedAt").endswith("Z")
    whole = {
        "_id": name,
        "label": f"Label of {name}",
        "scope": "visitor",
        "visibility": "visible",
        "type": "select",
        "options": "gold,basic",
        "required": True,
        "defaultValue": "",
        "public": True,
        "searchable": True,
        "regexp": "",
    }
    assert made == whole
    read = admin.get(f"livechat/custom-fields/{name}").json()["customField"]
    assert {key: read[key] for key in whole} == whole
    assert admin.post(DELETE, {"customFieldId": name}).json() == {"success": True}


def test_an_unknown_field_reads_as_nothing(admin: Api) -> None:
    answer = admin.get("livechat/custom-fields/nowhere")

    assert answer.json() == {"success": True, "customField": None}


def test_a_change_keeps_the_name_and_what_is_not_sent(admin: Api) -> None:
    with fields(admin, {"public": True, "type": "select"}) as (name,):
        data = field_data("another", label="Other", visibility="hidden")
        answer = admin.post(SAVE, {"customFieldId": name, "customFieldData": data})

        assert answer.status_code == 200
        changed = answer.json()["customField"]
        assert "_id" not in changed
        assert (changed["label"], changed["visibility"]) == ("Other", "hidden")
        assert (changed["public"], changed["type"]) == (True, "select")
        assert admin.get("livechat/custom-fields/another").json()["customField"] is None
        read = admin.get(f"livechat/custom-fields/{name}").json()["customField"]
        assert read["label"] == "Other"


def test_an_unknown_field_cannot_be_changed_nor_removed(admin: Api) -> None:
    body = {"customFieldId": "nowhere", "customFieldData": field_data("nowhere")}
    assert refusal(admin.post(SAVE, body)) == (400, "Custom Field Not found", None)
    answer = admin.post(DELETE, {"customFieldId": "nowhere"})
    assert refusal(answer) == (400, "Custom field not found", None)


def test_a_name_that_is_taken_is_refused(admin: Api) -> None:
    with fields(admin, {}) as (name,):
        answer = admin.post(SAVE, {"customFieldData": field_data(name)})

        assert refusal(answer) == (400, "Custom Field already exists", None)


@pytest.mark.parametrize("name", ["", "a b", "a.b", "$a", "ä", "a/b", "a\n", "x" * 101])
def test_a_name_that_could_be_no_key_is_refused(admin: Api, name: str) -> None:
    answer = admin.post(SAVE, {"customFieldData": field_data(name)})

    text = "Invalid custom field name. Use only letters, numbers, hyphens and underscores."
    assert refusal(answer) == (400, text, None)


@pytest.mark.parametrize("regexp", ["(", "[z-a]", "*", "(?<x", "a{3,2}"])
def test_a_pattern_that_is_none_is_refused(admin: Api, regexp: str) -> None:
    answer = admin.post(SAVE, {"customFieldData": field_data(unique("f"), regexp=regexp)})

    assert refusal(answer) == (400, "Invalid regular expression", None)


@pytest.mark.parametrize("missing", ["field", "label", "scope", "visibility"])
def test_what_every_field_has_must_be_there(admin: Api, missing: str) -> None:
    data = field_data("x")
    del data[missing]

    answer = admin.post(SAVE, {"customFieldData": data})

    text = f"must have required property '{missing}'"
    assert refusal(answer) == (400, text, "invalid-params")


def test_the_data_and_the_name_must_be_there(admin: Api) -> None:
    text = "must have required property 'customFieldData'"
    assert refusal(admin.post(SAVE, {})) == (400, text, "invalid-params")
    text = "must have required property 'customFieldId'"
    assert refusal(admin.post(DELETE, {})) == (400, text, "invalid-params")


@pytest.mark.parametrize(
    "member", [{"scope": "user"}, {"visibility": "secret"}, {"type": "date"}, {"label": "x" * 501}]
)
def test_what_no_field_can_be_is_refused(admin: Api, member: dict[str, str]) -> None:
    answer = admin.post(SAVE, {"customFieldData": field_data("x", **member)})

    assert answer.status_code == 400
    assert answer.json()["errorType"] == "invalid-params"


def test_fields_are_listed_by_label_and_found_by_name_and_label(admin: Api) -> None:
    mark = unique("Mark")
    with fields(
        admin,
        {"label": f"{mark} b", "visibility": "hidden"},
        {"label": f"{mark} a", "scope": "room"},
        {"label": "something else"},
    ) as (second, first, other):
        answer = admin.get("livechat/custom-fields", {"text": mark.upper()}).json()

        assert [each["_id"] for each in answer["customFields"]] == [first, second]
        assert (answer["count"], answer["offset"], answer["total"]) == (2, 0, 2)
        by_name = admin.get("livechat/custom-fields", {"text": other[-12:]}).json()
        assert [each["_id"] for each in by_name["customFields"]] == [other]
        turned = admin.get(
            "livechat/custom-fields", {"text": mark, "sort": '{"label":-1}', "count": 1}
        ).json()
        assert [each["_id"] for each in turned["customFields"]] == [second]


def test_a_list_takes_no_other_parameters(admin: Api) -> None:
    answer = admin.get("livechat/custom-fields", {"x": "1"})

    text = "must NOT have additional properties [invalid-params]"
    assert refusal(answer) == (400, text, "invalid-params")


def test_agents_read_fields_and_only_managers_change_them(api: Api, admin: Api) -> None:
    agent = create_agent(admin, status="offline")
    somebody = create_user(admin)
    with fields(admin, {}) as (name,):
        for path in ("livechat/custom-fields", f"livechat/custom-fields/{name}"):
            assert api.get(path).status_code == 401
            assert somebody.api.get(path).status_code == 403
            assert agent.api.get(path).status_code == 200
        for path, body in (
            (SAVE, {"customFieldId": name, "customFieldData": field_data(name)}),
            (DELETE, {"customFieldId": name}),
        ):
            assert api.post(path, body).status_code == 401
            assert agent.api.post(path, body).status_code == 403
        assert admin.get(f"livechat/custom-fields/{name}").json()["customField"] is not None
    retire(admin, agent)
