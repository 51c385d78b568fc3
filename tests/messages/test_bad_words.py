from tests.builders import say_as_user, say_as_visitor, settings
from tests.harness.client import Api
from tests.messages.served import Served

FILTER = {
    "Message_AllowBadWordsFilter": True,
    "Message_BadWordsFilterList": "Darn, blast it, (x",
    "Message_BadWordsWhitelist": "",
}


def test_unwanted_words_are_hidden(api: Api, admin: Api, served: Served):
    with settings(admin, **FILTER):
        said = say_as_visitor(api, served.room_id, served.visitor, "DARN! darned, (x blast it")
        answered = say_as_user(served.agent.api, served.room_id, "*darn*")
        body = {"roomId": served.room_id, "msgId": answered["_id"], "text": "oh darn"}
        changed = served.agent.api.post("chat.update", body).json()["message"]

    assert said["msg"] == "****! darned, ** ********"
    assert answered["msg"] == "******"
    assert changed["msg"] == "oh ****"


def test_allowed_words_and_a_filter_that_is_off_hide_nothing(api: Api, admin: Api, served: Served):
    with settings(admin, **{**FILTER, "Message_BadWordsWhitelist": "darn"}):
        said = say_as_visitor(api, served.room_id, served.visitor, "darn (x")
    assert said["msg"] == "darn **"
    assert say_as_visitor(api, served.room_id, served.visitor, "darn")["msg"] == "darn"
