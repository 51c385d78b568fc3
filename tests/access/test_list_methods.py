"""The real-time methods that clients ask for lists right after the log-in."""

import pytest

from tests.builders import create_user
from tests.conversations.test_member_methods import done, refused
from tests.harness.client import Api
from tests.realtime.test_methods import call, said


@pytest.mark.parametrize("method", ["getUserRoles", "listCustomUserStatus"])
def test_lists_of_users_are_for_users(api: Api, method: str) -> None:
    assert refused(api, method) == "Invalid user [error-invalid-user]"


def test_who_holds_which_role_is_told_without_the_role_of_everybody(admin: Api) -> None:
    agent, user = create_user(admin, "livechat-agent"), create_user(admin)

    found = {each["_id"]: each for each in done(user.api, "getUserRoles")}

    assert found[agent.id] == {
        "_id": agent.id,
        "username": agent.username,
        "roles": ["livechat-agent"],
    }
    assert user.id not in found


def test_everything_is_on_for_everybody(api: Api, admin: Api) -> None:
    for caller, path in ((api, "method.callAnon"), (admin, "method.call")):
        asked = {
            (name, *params): said(call(caller, f"license:{name}", *params, path=path))["result"]
            for name, *params in (
                ("isEnterprise",),
                ("hasLicense", "canned-responses"),
                ("hasLicense", "auditing"),
                ("getTags",),
            )
        }
        assert list(asked.values()) == [True, True, False, []]
        modules = said(call(caller, "license:getModules", path=path))["result"]
        assert {"livechat-enterprise", "canned-responses"} <= set(modules)
