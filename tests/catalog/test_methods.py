"""The real-time methods of tags, for clients older than their REST successors."""

from collections.abc import Iterator

import pytest

from tests.builders import Person, create_agent, create_department, create_user, retire, unique
from tests.conversations.test_methods import call, frame_of, refused
from tests.harness.client import Api


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)


def names(api: Api) -> set[str]:
    """Return the names of the tags that a caller is told."""
    return {each["name"] for each in call(api, "getTagsList")}


def test_a_tag_is_made_changed_and_removed(admin: Api) -> None:
    name, other = unique("Tag"), unique("Tag")

    made = call(admin, "saveTag", None, {"name": name, "description": "d"}, [])
    changed = call(admin, "saveTag", made["_id"], {"name": other}, ["a", "b"])

    assert (made["name"], made["description"], made["numDepartments"]) == (name, "d", 0)
    assert (changed["_id"], changed["name"], changed["numDepartments"]) == (made["_id"], other, 2)
    assert call(admin, "removeTag", made["_id"]) is True
    assert refused(admin, "removeTag", made["_id"]) == "Tag not found [tag-not-found]"


def test_a_tag_that_cannot_be_saved_is_refused(admin: Api) -> None:
    name = unique("Tag")
    made = call(admin, "saveTag", None, {"name": name})

    assert refused(admin, "saveTag", None, {"name": name}) == "[error-duplicated-tag]"
    assert (
        refused(admin, "saveTag", "x", {"name": unique("Tag")}) == "Tag not found [tag-not-found]"
    )
    for bad in ({}, {"name": 1}, {"name": "n", "color": "red"}, {"name": "n" * 501}):
        assert refused(admin, "saveTag", None, bad) == "Match failed [400]"
    assert refused(admin, "saveTag", None, {"name": "n"}, [1]) == "Match failed [400]"
    call(admin, "removeTag", made["_id"])


def test_tags_are_saved_by_those_who_manage_them(api: Api, admin: Api, agent: Person) -> None:
    for caller in (api, agent.api):
        error = frame_of(caller, "saveTag", None, {"name": "n"})["error"]
        assert error["message"] == "Not allowed [error-not-allowed]"
        assert error["details"] == {"method": "livechat:saveTags"}
        assert refused(caller, "removeTag", "x") == "Not allowed [error-not-allowed]"


def test_everybody_is_told_the_tags_to_choose_from(api: Api, admin: Api, agent: Person) -> None:
    own, other = create_department(admin, agents=[agent]), create_department(admin)
    public, ours, theirs = (unique("Tag") for _ in range(3))
    tags = [
        call(admin, "saveTag", None, {"name": name}, departments)["_id"]
        for name, departments in ((public, []), (ours, [own]), (theirs, [other]))
    ]

    assert names(admin) >= {public, ours, theirs}
    assert names(agent.api) & {public, ours, theirs} == {public, ours}
    assert names(create_user(admin).api) & {public, ours, theirs} == {public}
    assert refused(api, "getTagsList") == "Invalid user [error-invalid-user]"
    for tag_id in tags:
        call(admin, "removeTag", tag_id)
