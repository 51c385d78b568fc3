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
from tests.triggers.test_triggers import ASK, saved


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


def test_the_widget_is_told_which_triggers_are_switched_on(api: Api, admin: Api) -> None:
    on, off = saved(admin, enabled=True, actions=[ASK]), saved(admin)

    shown = {each["_id"]: each for each in config(api)["triggers"]}

    assert off["_id"] not in shown
    assert shown[on["_id"]] == {
        name: on[name] for name in ("_id", "actions", "conditions", "runOnce")
    }
    admin.delete(f"livechat/triggers/{on['_id']}")
    assert on["_id"] not in [each["_id"] for each in config(api)["triggers"]]


def test_the_widget_asks_for_public_fields_of_visitors(api: Api, admin: Api) -> None:
    def field(**more: Any) -> dict[str, Any]:
        defaults = {"field": unique("field").replace("-", "_"), "label": "L", "scope": "visitor"}
        data = {**defaults, "visibility": "visible", "regexp": "", **more}
        body = {"customFieldId": None, "customFieldData": data}
        answer = admin.post("livechat/custom-fields.save", body)
        assert answer.status_code == 200, answer.text
        return data

    plain = field(public=True)
    choice = field(public=True, required=True, type="select", options="a, b", defaultValue="a")
    private, hidden = field(public=False), field(public=True, visibility="hidden")
    of_room = field(public=True, scope="room")

    shown = {each["_id"]: each for each in config(api)["customFields"]}

    assert shown[plain["field"]]["required"] is False
    assert shown[plain["field"]]["defaultValue"] is None
    assert shown[choice["field"]]["options"] == ["a", "b"]
    assert shown[choice["field"]]["defaultValue"] == "a"
    assert shown[choice["field"]]["required"] is True
    for other in (private, hidden, of_room):
        assert other["field"] not in shown


def test_the_widget_is_told_where_its_sound_is_and_what_a_survey_asks(api: Api, admin: Api) -> None:
    with settings(admin, Site_Url="https://desk.example.org/"):
        told = config(api)

    assert told["resources"] == {
        "sound": "https://desk.example.org/sounds/chime.mp3",
        "emojis": [],
    }
    assert told["survey"]["values"] == ["1", "2", "3", "4", "5"]
    assert told["theme"]["actionLinks"]["jitsi"][0]["i18nLabel"] == "Accept"


def test_departments_of_a_unit_are_shown_alone(api: Api, admin: Api) -> None:
    inside, outside = create_department(admin), create_department(admin)
    agent = create_agent(admin)
    unit = admin.post(
        "livechat/units",
        {
            "unitData": {"name": unique("Unit"), "visibility": "public"},
            "unitMonitors": [{"monitorId": agent.id, "username": agent.username}],
            "unitDepartments": [{"departmentId": inside}],
        },
    ).json()

    shown = [each["_id"] for each in config(api, businessUnit=unit["_id"])["departments"]]

    assert inside in shown
    assert outside not in shown
    assert admin.delete(f"livechat/units/{unit['_id']}").status_code == 200
    retire(admin, agent)
