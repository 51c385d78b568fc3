"""Agents answer mails."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from tests.builders import Person, eventually, say_as_user, take
from tests.channels.email.post import Post, somebody
from tests.harness.client import Api
from tests.harness.smtp import Delivery


def taken(post: Post, agent: Person, text: str = "Is it ready?") -> tuple[str, str, EmailMessage]:
    """Return a room that an agent serves, the address of its customer, and his mail."""
    sender = somebody()
    mail = post.write(sender, text)
    room = post.room(sender)
    if "servedBy" not in room:
        take(agent, post.admin, room["_id"])
    return room["_id"], sender, mail


def answer(post: Post, agent: Person, room_id: str, text: str) -> dict[str, Any]:
    """Answer the first mail of a room, as clients quote."""
    [first, *_] = [each for each in post.said(room_id) if (each.extras or {}).get("email")]
    site = post.admin.get("settings/Site_Url").json()["value"].rstrip("/")
    return say_as_user(agent.api, room_id, f"[ ]({site}/live/{room_id}?msg={first.id}) {text}")


def text_of(delivery: Delivery) -> str:
    body = delivery.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def notices(post: Post, room_id: str) -> list[str]:
    return [each.text for each in post.said(room_id) if each.author_id == "rocket.cat"]


def test_an_answer_goes_to_the_customer(new_post: Callable[..., Post], agent: Person):
    post = new_post(senderInfo="The Bike Shop")
    room_id, sender, mail = taken(post, agent)

    message = answer(post, agent, room_id, "Yes, it is.\nCome by!")

    [delivery] = post.smtp.inbox.wait_for(1)
    sent = delivery.message
    assert delivery.sender == post.address
    assert delivery.recipients == (sender,)
    assert sent["From"] == f"The Bike Shop <{post.address}>"
    assert sent["To"] == sender
    assert sent["Subject"] == "My bike"
    assert sent["In-Reply-To"] == mail["Message-ID"]
    assert sent["References"] == mail["Message-ID"]
    assert sent["Auto-Submitted"] is None
    assert sent["Message-ID"] == message["email"]["messageId"]
    assert text_of(delivery) == ("Yes, it is.\nCome by!\n\n-- \nThe Bike Shop\n\n> Is it ready?\n")
    html = sent.get_body(("html",))
    assert html is not None
    assert "Yes, it is.<br>" in html.get_content()
    assert message["msg"] == "Yes, it is.\nCome by!"
    to, said, quoted = message["blocks"]
    assert to["elements"][0]["text"] == f"**To:** {sender}\n**Subject:** My bike"
    assert said["text"]["text"] == "Yes, it is.\nCome by!"
    assert quoted["text"]["text"] == "> Is it ready?"


def test_an_answer_to_the_answer_comes_back_to_the_conversation(post: Post, agent: Person):
    room_id, sender, mail = taken(post, agent)
    answer(post, agent, room_id, "Yes")
    [delivery] = post.smtp.inbox.wait_for(1)
    own = str(delivery.message["Message-ID"])
    post.write(sender, "Thanks", In_Reply_To=own, Message_ID="<short@x>")
    said = [each.text for each in post.said(room_id, 3)]
    assert said == ["Is it ready?", "Yes", "Thanks"]
    answer(post, agent, room_id, "Welcome")
    sent = post.smtp.inbox.wait_for(2)[-1].message
    assert sent["References"].split()[:2] == [mail["Message-ID"], own]


def test_markup_in_an_answer_stays_text(post: Post, agent: Person):
    room_id, _, _ = taken(post, agent, "<b>&amp;")
    answer(post, agent, room_id, "<script>alert(1)</script>")
    [delivery] = post.smtp.inbox.wait_for(1)
    html = delivery.message.get_body(("html",))
    assert html is not None
    assert "&lt;script&gt;" in html.get_content()
    assert "<script>" not in html.get_content()


def test_other_messages_stay_among_the_agents(post: Post, agent: Person):
    room_id, _, _ = taken(post, agent)
    say_as_user(agent.api, room_id, "a note among us")
    answer(post, agent, room_id, "an answer")
    [delivery] = post.smtp.inbox.wait_for(1)
    assert text_of(delivery).startswith("an answer")


def test_a_quote_of_what_is_no_mail_is_not_sent(post: Post, agent: Person):
    room_id, _, _ = taken(post, agent)
    note = say_as_user(agent.api, room_id, "a note among us")
    site = post.admin.get("settings/Site_Url").json()["value"].rstrip("/")
    say_as_user(agent.api, room_id, f"[ ]({site}/live/{room_id}?msg={note['_id']}) about that")
    answer(post, agent, room_id, "an answer")
    [delivery] = post.smtp.inbox.wait_for(1)
    assert text_of(delivery).startswith("an answer")


def test_an_answer_is_sent_once_although_the_server_asks_for_patience(post: Post, agent: Person):
    room_id, _, _ = taken(post, agent)
    post.smtp.inbox.refuse_next(1)
    message = answer(post, agent, room_id, "Yes")
    [delivery] = post.smtp.inbox.wait_for(1)
    assert post.smtp.inbox.attempts == 2
    assert delivery.message["Message-ID"] == message["email"]["messageId"]


def test_the_agent_hears_that_the_server_refuses_an_answer(post: Post, agent: Person):
    room_id, _, _ = taken(post, agent)
    post.smtp.inbox.refuse_next(1, "554 5.7.1 no thanks")
    answer(post, agent, room_id, "Yes")
    [notice] = eventually(lambda: notices(post, room_id))
    assert notice.startswith(
        f"@{agent.username} something went wrong when replying email, sorry. **Error:**: "
    )
    assert "no thanks" in notice


def test_the_agent_hears_that_the_inbox_is_gone(post: Post, agent: Person):
    room_id, _, _ = taken(post, agent)
    post.admin.delete(f"email-inbox/{post.id}")
    message = answer(post, agent, room_id, "Yes")
    [notice] = notices(post, room_id)
    assert notice == (
        f"@{agent.username} something went wrong when replying email, sorry. **Error:**: "
        f"Email inbox {post.address} not found or disabled."
    )
    assert message["msg"].endswith("Yes")
    assert post.smtp.inbox.attempts == 0


def upload(agent: Person, room_id: str) -> str:
    """Send a file into a room; return the message's id."""
    file = {"file": ("bill.pdf", b"%PDF-1", "application/pdf")}
    made = agent.api.post(f"rooms.media/{room_id}", files=file)
    assert made.status_code == 200, made.text
    file_id = made.json()["file"]["_id"]
    sent = agent.api.post(
        f"rooms.mediaConfirm/{room_id}/{file_id}", {"msg": "", "description": "Your bill"}
    )
    assert sent.status_code == 200, sent.text
    return str(sent.json()["message"]["_id"])


def test_a_file_is_sent_when_its_button_is_pressed(post: Post, agent: Person):
    room_id, sender, mail = taken(post, agent)
    message_id = upload(agent, room_id)
    offer = post.said(room_id, 3)[-1]
    [button] = (offer.extras or {})["attachments"][0]["actions"]
    assert offer.author_id == "rocket.cat"
    assert button["text"] == "Send via Email as attachment"
    assert button["msg"] == f"/sendEmailAttachment {message_id}"

    body = {"command": "sendEmailAttachment", "roomId": room_id, "params": message_id}
    pressed = agent.api.post("commands.run", body)
    assert pressed.status_code == 200, pressed.text

    [delivery] = post.smtp.inbox.wait_for(1)
    [attachment] = delivery.message.iter_attachments()
    assert delivery.recipients == (sender,)
    assert attachment.get_filename() == "bill.pdf"
    assert attachment.get_content() == b"%PDF-1"
    assert text_of(delivery).strip() == "Your bill"
    assert delivery.message["In-Reply-To"] == mail["Message-ID"]
    praise = f"@{agent.username} Attachment was sent successfully"
    eventually(lambda: praise in notices(post, room_id))


def test_the_button_works_as_a_real_time_method(post: Post, agent: Person):
    room_id, _, _ = taken(post, agent)
    message_id = upload(agent, room_id)
    call = (
        '{"msg":"method","id":"1","method":"slashCommand","params":[{"cmd":'
        f'"sendEmailAttachment","params":"{message_id}","msg":{{"rid":"{room_id}"}}}}]}}'
    )
    pressed = agent.api.post("method.call/slashCommand", {"message": call})
    assert pressed.status_code == 200, pressed.text
    post.smtp.inbox.wait_for(1)


def test_only_who_may_write_in_the_room_sends_its_files(post: Post, agent: Person, admin: Api):
    from tests.builders import create_user

    room_id, _, _ = taken(post, agent)
    message_id = upload(agent, room_id)
    stranger = create_user(admin)
    body = {"command": "sendEmailAttachment", "roomId": room_id, "params": message_id}
    refused = stranger.api.post("commands.run", body)
    assert refused.json() == {"success": False, "error": "error-not-allowed"}


@pytest.mark.parametrize("params", ["", "unknown", " "])
def test_the_command_without_such_a_message_does_nothing(admin: Api, params: str):
    body = {"command": "sendEmailAttachment", "roomId": "x", "params": params}
    assert admin.post("commands.run", body).json() == {"result": {}, "success": True}


def test_an_unknown_command_is_refused(admin: Api):
    answer = admin.post("commands.run", {"command": "dance", "roomId": "x"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "The command provided does not exist (or is disabled)."
