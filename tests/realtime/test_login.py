"""Logging in and out on a connection."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from frontdesk.access.sessions import hash_token
from frontdesk.db import open_database
from tests.builders import PASSWORD, Person, create_user, store_url
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.realtime.conftest import Connect
from tests.realtime.ddp import Ddp, digest

GONE = "You've been logged out by the server. Please log in again."


def own_key(person: Person, name: str = "userData") -> str:
    return f"{person.id}/{name}"


def test_a_token_logs_in(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    client = connect()
    result = client.log_in(person)

    assert set(result) == {"id", "token", "tokenExpires", "type"}
    assert (result["id"], result["token"]) == (person.id, person.api.token)
    assert result["type"] == "resume"
    assert isinstance(result["tokenExpires"]["$date"], int)
    own = client.expect(lambda frame: frame["msg"] == "added")
    assert (own["collection"], own["id"]) == ("users", person.id)
    assert own["fields"]["username"] == person.username
    assert "$date" in own["fields"]["_updatedAt"]
    assert client.sub("notify-user", own_key(person))["msg"] == "ready"


@pytest.mark.parametrize("password", [PASSWORD, digest(PASSWORD)])
def test_a_password_logs_in_and_gives_a_token_for_rest(
    connect: Connect, admin: Api, password: Any
) -> None:
    person = create_user(admin)
    mail = f"{person.username}@example.org"
    for user in ({"username": person.username}, {"email": mail}, {"id": person.id}):
        result = connect().call("login", {"user": user, "password": password})["result"]
        assert (result["id"], result["type"]) == (person.id, "password")
        as_given = Api(admin.url, user_id=result["id"], token=result["token"])
        assert as_given.get("me").json()["username"] == person.username


@pytest.mark.parametrize(
    ("given", "code", "reason"),
    [
        ({"resume": "nonsense"}, 403, GONE),
        (
            {"user": {"username": "nobody-at-all"}, "password": "x"},
            403,
            "Something went wrong. Please check your credentials.",
        ),
        (
            {"ldap": True, "username": "a", "ldapPass": "b", "ldapOptions": {}},
            400,
            "Unrecognized options for login request",
        ),
        ({}, 400, "Unrecognized options for login request"),
    ],
)
def test_what_proves_nothing_is_refused(
    connect: Connect, given: Any, code: int, reason: str
) -> None:
    client = connect()
    error = client.call("login", given)["error"]

    assert (error["error"], error["reason"]) == (code, reason)
    client.settle()
    assert client.sub("roles", "roles")["msg"] == "nosub", "still nobody"


@pytest.mark.parametrize("given", [(), (5,), ("x",), (None,), ([],)])
def test_a_login_needs_an_object(connect: Connect, given: tuple[Any, ...]) -> None:
    assert connect().call("login", *given)["error"]["error"] == 400


def test_a_wrong_password_says_no_more_than_an_unknown_user(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    given = {"user": {"username": person.username}, "password": "wrong"}

    assert connect().call("login", given)["error"]["error"] == 403


def test_a_revoked_token_is_refused_in_words_that_clients_know(
    connect: Connect, admin: Api
) -> None:
    person = create_user(admin)
    person.api.post("logout")
    client = connect()
    error = client.call("login", {"resume": person.api.token})["error"]

    assert (error["error"], error["reason"]) == (403, GONE)
    client.settle()


def test_an_expired_token_says_so(connect: Connect, admin: Api, server: FrontdeskProcess) -> None:
    from sqlalchemy import update

    from frontdesk.access.tables import login_tokens

    person = create_user(admin)
    token = login_tokens.c.hashed_token == hash_token(person.api.token)

    async def age() -> None:
        database = open_database(store_url(server))
        await database.write(
            lambda tx: tx.execute(update(login_tokens).where(token).values(created_at=0))
        )
        await database.close()

    asyncio.run(age())
    error = connect().call("login", {"resume": person.api.token})["error"]

    assert error["reason"] == "Your session has expired. Please log in again."


def test_logging_out_makes_the_connection_nobodys(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    client = connect(person)
    client.listen("notify-user", own_key(person))
    client.listen("notify-all", "public-settings-changed")
    answer = client.call("logout")

    assert answer == {"msg": "result", "id": answer["id"]}
    gone = client.expect(lambda frame: frame["msg"] == "removed")
    assert (gone["collection"], gone["id"]) == ("users", person.id)
    ended = client.expect(lambda frame: frame["msg"] == "nosub")
    assert ended["error"]["message"] == "[not-allowed]"
    assert not [frame for frame in client.kept if frame["msg"] == "nosub"], "for all goes on"
    assert person.api.get("me").status_code == 401
    assert client.sub("notify-user", own_key(person))["msg"] == "nosub"


def test_whoever_logs_out_elsewhere_is_logged_out_here(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    client, other = connect(person), connect()
    other.call("login", {"user": {"username": person.username}, "password": PASSWORD})
    client.listen("notify-user", own_key(person, "force_logout"))
    person.api.post("logout")

    code, _ = client.closed()
    assert code == 1008
    assert client.event("notify-user", own_key(person, "force_logout")) == []
    other.settle()


def test_a_deactivated_user_is_sent_away(connect: Connect, admin: Api) -> None:
    person = create_user(admin)
    client = connect(person)
    answer = admin.post("users.setActiveStatus", {"userId": person.id, "activeStatus": False})
    assert answer.status_code == 200, answer.text

    assert client.closed()[0] == 1008


def test_another_user_loses_what_the_first_was_granted(connect: Connect, admin: Api) -> None:
    first, second = create_user(admin), create_user(admin)
    client = connect(first)
    client.listen("notify-user", own_key(first))
    client.log_in(second)

    ended = client.expect(lambda frame: frame["msg"] == "nosub")
    assert ended["error"]["message"] == "[not-allowed]"
    assert client.sub("notify-user", own_key(second))["msg"] == "ready"


def test_a_log_in_over_rest_has_no_connection(admin: Api) -> None:
    import json

    person = create_user(admin)
    frame = {"msg": "method", "id": "1", "method": "login"}
    frame["params"] = [{"resume": person.api.token}]  # type: ignore[assignment]
    answer = admin.post("method.callAnon/login", {"message": json.dumps(frame)})

    assert json.loads(answer.json()["message"])["result"]["id"] == person.id


def test_methods_are_limited_for_each_connection(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(environment={"TEST_MODE": "false"})
    with Ddp(process.url) as client, Ddp(process.url) as other:
        answers = [client.call("livechat:getRoutingConfig") for _ in range(11)]
        assert ["error" in each for each in answers] == [False] * 10 + [True]
        error = answers[-1]["error"]
        assert error["error"] == "too-many-requests"
        assert 0 < error["details"]["timeToReset"] <= 10_000
        assert "result" in other.call("livechat:getRoutingConfig")

        given = {"user": {"username": "nobody"}, "password": "x"}
        codes = []
        for _ in range(3):
            with Ddp(process.url) as one_more:
                codes += [one_more.call("login", given)["error"]["error"] for _ in range(5)]
        assert codes == [403] * 10 + ["too-many-requests"] * 5, "an address, not a connection"

        granted = [
            client.sub("notify-all", f"key-{number}")["msg"] == "ready" for number in range(41)
        ]
        assert granted == [True] * 40 + [False], "streams four times as often"
