"""Methods that clients call right after the log-in, and those of old clients, on a connection."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    Person,
    create_agent,
    create_department,
    create_user,
    open_conversation,
    register_visitor,
    say_as_visitor,
    settings,
    unique,
)
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.realtime.conftest import Connect
from tests.realtime.ddp import Ddp, proof

Hired = Callable[[Person], Person]
LATER = {"$date": 32_503_680_000_000}


def refusal(client: Ddp, method: str, *params: Any) -> str:
    return str(client.call(method, *params)["error"]["message"])


def test_public_settings_are_for_everybody(connect: Connect) -> None:
    client = connect()
    found = {each["_id"]: each["value"] for each in client.call("public-settings/get")["result"]}

    assert "Livechat_title" in found
    assert "SMTP_Password" not in found
    again = client.call("public-settings/get", LATER)["result"]
    assert len(again["update"]) == len(found)


def test_permissions_and_roles_are_for_those_who_are_logged_in(
    connect: Connect, admin: Api
) -> None:
    assert refusal(connect(), "permissions/get") == "Not allowed [error-not-allowed]"
    client = connect(create_user(admin, "bot"))
    permissions = client.call("permissions/get")["result"]
    one = next(each for each in permissions if each["_id"] == "view-l-room")
    assert "livechat-agent" in one["roles"]
    assert isinstance(one["_updatedAt"]["$date"], int)
    assert client.call("permissions/get", LATER)["result"] == {"update": [], "remove": []}
    assert any("bot" in each["roles"] for each in client.call("getUserRoles")["result"])
    assert client.call("listCustomUserStatus")["result"] == []


def test_everything_is_in_the_open_edition(connect: Connect) -> None:
    assert "livechat-enterprise" in connect().call("license:getModules")["result"]


def test_an_agent_switches_himself_on_and_off(connect: Connect, admin: Api, hired: Hired) -> None:
    agent = hired(create_agent(admin))
    client = connect(agent)
    switch = "livechat:changeLivechatStatus"

    assert "error" not in client.call(switch)
    assert agent.api.get("me").json()["statusLivechat"] == "not-available"
    client.call(switch, {"status": "available"})
    assert agent.api.get("me").json()["statusLivechat"] == "available"
    assert refusal(client, switch, {"status": "x"}) == "Invalid Status [error-not-allowed]"
    assert refusal(client, switch, {"agentId": "x"}) == "Invalid Agent Id [error-not-allowed]"
    other = hired(create_agent(admin))
    assert refusal(client, switch, {"agentId": other.id}) == "Not allowed [error-not-allowed]"
    assert refusal(connect(), switch) == "Not allowed [error-not-allowed]"


def test_agents_are_told_where_they_may_forward_to(connect: Connect, admin: Api) -> None:
    free = create_department(admin)
    bound = create_department(admin, departmentsAllowedToForward=[free])
    client = connect(create_user(admin))
    ask = "livechat:getDepartmentForwardRestrictions"

    assert client.call(ask, free)["result"] == {}
    assert client.call(ask, bound)["result"] == {"_id": {"$in": [free]}}
    assert refusal(connect(), ask, free) == "Invalid user [error-invalid-user]"


def test_agents_are_told_the_tags(connect: Connect, admin: Api, hired: Hired) -> None:
    name = unique("Tag")
    answer = admin.post("livechat/tags.save", {"tagData": {"name": name}})
    assert answer.status_code == 200, answer.text
    found = connect(hired(create_agent(admin))).call("livechat:getTagsList")["result"]

    assert name in [each["name"] for each in found]


def test_a_visitor_whose_connection_ends_is_offline(
    connect: Connect, api: Api, admin: Api, hired: Hired
) -> None:
    agent = hired(create_agent(admin))
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        room, visitor = open_conversation(api)
        watcher, client = connect(agent), connect()
        watcher.listen("livechat-inquiry-queue-observer", "public")
        other = register_visitor(api)
        for token in (visitor.token, other.token, "nobody"):
            assert "error" not in client.call("livechat:setUpConnection", {"token": token})
        client.close()
        while True:
            (told,) = watcher.event("livechat-inquiry-queue-observer", "public")
            if told.get("rid") == room["_id"] and told["v"]["status"] == "offline":
                break


def test_clients_are_sent_away_when_the_server_stops_and_find_it_again(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(
        environment={"OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection"}
    )
    with Api(process.url).login_as_administrator() as admin:
        agent = create_agent(admin)
    with Api(process.url) as api:
        room, visitor = open_conversation(api)
    clients = [Ddp(process.url) for _ in range(20)]
    clients[0].log_in(agent)
    process.stop()
    assert {client.closed()[0] for client in clients} == {1012}
    assert "Traceback" not in process.log

    process.start()
    with Ddp(process.url) as client, Api(process.url) as api:
        presence = agent.api.get("me").json()["status"]
        assert presence == "online", "a restart sends nobody offline"
        client.listen("room-messages", room["_id"], proof(visitor))
        sent = say_as_visitor(api, room["_id"], visitor, "still here")
        assert client.event("room-messages", room["_id"])[0]["_id"] == sent["_id"]


@pytest.mark.parametrize("name", ["stream-notify-room", "stream-room-messages"])
def test_streams_are_methods_over_rest_too(api: Api, name: str) -> None:
    frame = f'{{"msg":"method","id":"1","method":"{name}","params":["a/b","c"]}}'
    answer = api.post(f"method.callAnon/{name}", {"message": frame})

    assert answer.json()["message"] == '{"msg":"result","id":"1"}'
