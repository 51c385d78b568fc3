from tests.builders import create_user, unique
from tests.harness.client import Api
from tests.realtime.test_methods import call, said


def test_older_clients_save_and_remove_by_method(admin: Api) -> None:
    shortcut = unique("cut")
    data = {"shortcut": shortcut, "text": "t", "scope": "global", "tags": None}

    assert "error" not in said(call(admin, "saveCannedResponse", None, data))
    (made,) = admin.get("canned-responses", {"shortcut": shortcut}).json()["cannedResponses"]
    again = said(call(admin, "saveCannedResponse", "", data))["error"]
    assert again["message"] == "Shortcut provided already exists [error-invalid-shortcut]"
    assert "error" not in said(call(admin, "saveCannedResponse", made["_id"], data))
    assert "error" not in said(call(admin, "removeCannedResponse", made["_id"]))
    gone = said(call(admin, "removeCannedResponse", made["_id"]))["error"]
    assert gone["error"] == "error-canned-response-not-found"


def test_methods_need_the_permissions_of_their_successors(admin: Api) -> None:
    user = create_user(admin)
    data = {"shortcut": unique("cut"), "text": "t", "scope": "user"}

    for method, arguments in (("saveCannedResponse", (None, data)), ("removeCannedResponse", "x")):
        error = said(call(user.api, method, *arguments))["error"]
        assert error["message"] == "Not allowed [error-not-allowed]"


def test_control_characters_are_refused_in_methods_too(admin: Api) -> None:
    data = {"shortcut": unique("cut"), "text": "a\0b", "scope": "global"}

    error = said(call(admin, "saveCannedResponse", None, data))["error"]

    assert error["error"] == "invalid-params"
