from typing import Any

from tests.builders import (
    create_agent,
    open_conversation,
    register_visitor,
    retire,
    settings,
    unique,
)
from tests.harness.client import Api
from tests.realtime.test_methods import call, said


def asked(api: Api, *arguments: Any) -> dict[str, Any]:
    """Return what the method answers anybody."""
    answer = call(api, "livechat:getInitialData", *arguments, path="method.callAnon")
    return dict(said(answer)["result"])


def test_older_widgets_ask_by_method(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_title="Ask us", Livechat_offline_message="Back on Monday"):
        told = asked(api)

    assert (told["title"], told["offlineMessage"]) == ("Ask us", "Back on Monday")
    assert told["enabled"] is True
    assert told["registrationForm"] is True
    assert (told["room"], told["visitor"]) == (None, None)
    assert isinstance(told["departments"], list)
    assert isinstance(told["triggers"], list)


def test_a_visitor_of_an_older_widget_finds_the_own_conversation(api: Api, admin: Api) -> None:
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        agent = create_agent(admin)
        room, visitor = open_conversation(api, register_visitor(api, name="Ann"))

        told = asked(api, visitor.token)

        assert told["visitor"]["name"] == "Ann"
        assert (told["room"]["_id"], told["room"]["open"]) == (room["_id"], True)
        assert asked(api, unique("nobody"))["visitor"] is None
        assert asked(api, None, "nowhere")["online"] is False
        assert asked(api)["online"] is True
        retire(admin, agent)
