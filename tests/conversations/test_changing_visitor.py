"""PUT livechat/room.visitor."""

from typing import Any

import httpx

from tests.builders import (
    Visitor,
    create_user,
    inquiry_of,
    open_conversation,
    register_visitor,
    room_of,
    say_as_visitor,
    settings,
)
from tests.harness.client import Api

MANUAL = {
    "Livechat_Routing_Method": "Manual_Selection",
    "Livechat_accept_chats_with_no_agents": True,
}


def change(caller: Api, room_id: str, old: Visitor, new: Visitor) -> httpx.Response:
    """Give a conversation to another visitor."""
    body = {"rid": room_id, "oldVisitorId": old.id, "newVisitorId": new.id}
    return caller.put("livechat/room.visitor", body)


def test_another_visitor_has_the_conversation(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        room, old = open_conversation(api)
        new = register_visitor(api, name="Bob")

        answer = change(admin, room["_id"], old, new)

        shown: dict[str, Any] = answer.json()["room"]
        assert (shown["_id"], shown["v"]["_id"], shown["v"]["token"]) == (
            room["_id"],
            new.id,
            new.token,
        )
        assert (inquiry_of(admin, room["_id"]) or {})["v"]["_id"] == new.id
        assert say_as_visitor(api, room["_id"], new, "It is me now")["rid"] == room["_id"]
        body = {"token": old.token, "rid": room["_id"], "msg": "Still me?"}
        assert api.post("livechat/message", body).json()["error"] == "invalid-room"
        resumed = api.get("livechat/room", {"token": new.token}).json()
        assert (resumed["room"]["_id"], resumed["newRoom"]) == (room["_id"], False)


def test_whatever_does_not_fit_is_refused(api: Api, admin: Api) -> None:
    with settings(admin, **MANUAL):
        room, old = open_conversation(api)
        _, busy = open_conversation(api)
        free, nobody = register_visitor(api), Visitor("nobody", "", "")

        def error(room_id: str, old: Visitor, new: Visitor) -> str:
            return str(change(admin, room_id, old, new).json()["error"])

        assert error(room["_id"], old, nobody) == "invalid-visitor"
        assert error("nope", old, free) == "invalid-room"
        assert error(room["_id"], free, free) == "invalid-room-visitor"
        assert error(room["_id"], old, busy) == "error-not-allowed"
        assert room_of(admin, room["_id"])["v"]["_id"] == old.id
        user = create_user(admin)
        assert change(user.api, room["_id"], old, free).status_code == 403
