from typing import Any

from tests.builders import (
    create_agent,
    create_department,
    open_conversation,
    register_visitor,
    retire,
    settings,
    take,
    unique,
)
from tests.harness.client import Api


def config(api: Api, **query: str) -> dict[str, Any]:
    """Return the widget's configuration."""
    answer = api.get("livechat/config", query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["config"])


def test_the_widget_is_told_settings_theme_and_texts(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_title="Ask us", Livechat_offline_message="Back on Monday"):
        told = config(api)

    assert told["enabled"] is True
    assert told["theme"]["title"] == "Ask us"
    assert told["theme"]["position"] == "right"
    assert told["messages"]["offlineMessage"] == "Back on Monday"
    assert told["settings"]["registrationForm"] is True
    assert told["settings"]["limitTextLength"] is False
    assert "guest" not in told


def test_a_limit_of_characters_falls_back_on_that_of_all_messages(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_enable_message_character_limit=True):
        assert config(api)["settings"]["limitTextLength"] == 5000
        with settings(admin, Livechat_message_character_limit=140):
            assert config(api)["settings"]["limitTextLength"] == 140


def test_a_widget_that_is_switched_off_is_told_only_that(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_enabled=False):
        assert config(api) == {"enabled": False}


def test_departments_are_offered_while_they_are_enabled_and_have_agents(
    api: Api, admin: Api
) -> None:
    agent = create_agent(admin)
    served = create_department(admin, [agent], name=unique("Sales"), showOnRegistration=True)
    empty = create_department(admin)
    disabled = create_department(admin, [agent], enabled=False)

    offered = {each["_id"]: each for each in config(api)["departments"]}

    assert offered[served]["showOnRegistration"] is True
    assert set(offered[served]) == {"_id", "name", "showOnRegistration", "showOnOfflineForm"}
    assert empty not in offered
    assert disabled not in offered
    retire(admin, agent)


def test_a_department_is_online_while_one_of_its_agents_or_of_its_fallback_is(
    api: Api, admin: Api
) -> None:
    agent = create_agent(admin)
    served = create_department(admin, [agent])
    falls_back = create_department(admin, fallbackForwardDepartment=served)
    alone = create_department(admin)

    assert config(api)["online"] is True
    assert config(api, department=served)["online"] is True
    assert config(api, department=falls_back)["online"] is True
    assert config(api, department=alone)["online"] is False
    assert config(api, department="nowhere")["online"] is False

    agent.api.post("livechat/agent.status", {"status": "not-available"})
    assert config(api, department=falls_back)["online"] is False
    with settings(admin, Livechat_accept_chats_with_no_agents=True):
        assert config(api, department=alone)["online"] is True
    retire(admin, agent)


def test_departments_that_fall_back_on_each_other_end_the_search(api: Api, admin: Api) -> None:
    first = create_department(admin)
    second = create_department(admin, fallbackForwardDepartment=first)
    department = {
        "name": "first",
        "email": "a@x.org",
        "enabled": True,
        "showOnRegistration": False,
        "showOnOfflineForm": False,
        "fallbackForwardDepartment": second,
    }
    assert admin.put(f"livechat/department/{first}", {"department": department}).is_success

    assert config(api, department=first)["online"] is False


def test_a_visitor_finds_the_own_conversation_and_its_agent(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        visitor = register_visitor(api, name="Ann")
        assert config(api, token=visitor.token)["guest"]["name"] == "Ann"

        room, _ = open_conversation(api, visitor)
        told = config(api, token=visitor.token)
        assert told["room"] == {"_id": room["_id"], "open": True}
        assert "agent" not in told
        assert told["settings"]["showConnecting"] is True

        take(agent, admin, room["_id"])
        told = config(api, token=visitor.token)
        assert told["room"]["servedBy"]["_id"] == agent.id
        assert told["agent"]["username"] == agent.username
        assert told["agent"]["emails"][0]["address"] == f"{agent.username}@example.org"
        with settings(admin, Livechat_show_agent_email=False):
            assert "@example.org" not in str(config(api, token=visitor.token)["agent"])
        with settings(admin, Livechat_show_agent_info=False):
            assert config(api, token=visitor.token)["agent"] == {"hiddenInfo": True}
        retire(admin, agent)


def test_an_unknown_token_is_no_error(api: Api) -> None:
    assert "guest" not in config(api, token=unique("nobody"))


def test_unknown_units_and_parameters_are_refused(api: Api) -> None:
    unit = api.get("livechat/config", {"businessUnit": "u1"}).json()
    assert unit["error"] == (
        "Error! No Active Business Unit found with id: u1 [error-unit-not-found]"
    )
    assert api.get("livechat/config", {"x": "y"}).json()["error"] == (
        "must NOT have additional properties [invalid-params]"
    )
