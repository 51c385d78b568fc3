"""Mails become messages."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from tests.builders import Person, create_department, eventually, settings, take, unique
from tests.channels.email.post import Post, name_of, somebody
from tests.harness.client import Api

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "64f8cf500f000386018059348f5a0000000049454e44ae426082"
)


def test_a_mail_opens_a_conversation(post: Post):
    sender = somebody()
    mail = post.write(sender, "Is it ready?\n\nAnn")

    room = post.room(sender)
    assert room["source"] == {"type": "email", "id": post.address, "alias": "email-inbox"}
    assert room["email"] == {
        "inbox": post.address,
        "thread": [mail["Message-ID"]],
        "replyTo": sender,
        "subject": "My bike",
    }
    assert room["fname"] == name_of(sender)
    assert "token" not in room["v"]
    [message] = post.said(room["_id"])
    assert message.text == "Is it ready?\n\nAnn"
    assert message.groupable is False
    extras = message.extras or {}
    assert extras["email"] == {"thread": [mail["Message-ID"]], "messageId": mail["Message-ID"]}
    about, said = extras["blocks"]
    assert about["elements"][0]["text"] == (
        f"**From:** {name_of(sender)} <{sender}>\n**Subject:** My bike"
    )
    assert said["text"]["text"] == "Is it ready?\n\nAnn"
    [button] = extras["attachments"][0]["actions"]
    assert button["text"] == "Reply via email"
    assert button["msg_processing_type"] == "respondWithQuotedMessage"


def test_a_mail_that_was_taken_in_is_seen_and_not_deleted(post: Post):
    sender = somebody()
    post.write(sender)
    post.room(sender)
    eventually(lambda: any(b"\\Seen" in each for each in post.imap.flags(post.user)))
    assert len(post.imap.flags(post.user)) == 1


def test_an_answer_stands_in_the_same_conversation(post: Post):
    sender = somebody()
    first = post.write(sender, "one")
    room = post.room(sender)
    second = post.write(sender, "two", In_Reply_To=str(first["Message-ID"]))
    said = post.said(room["_id"], 2)
    assert [each.text for each in said] == ["one", "two"]
    assert post.room(sender)["email"]["thread"] == [first["Message-ID"], second["Message-ID"]]


def test_references_with_commas_lead_to_the_conversation(post: Post):
    sender = somebody()
    first = post.write(sender, "one")
    room = post.room(sender)
    post.write(sender, "two", References=f"<unknown@example.org>,{first['Message-ID']}")
    assert [each.text for each in post.said(room["_id"], 2)] == ["one", "two"]


def test_another_thread_is_another_conversation_of_the_same_visitor(post: Post):
    sender = somebody()
    post.write(sender, "one")
    post.room(sender)
    post.write(sender, "two", Subject="Something else")
    both = eventually(lambda: found if len(found := post.rooms(sender)) == 2 else None)
    assert len({each["v"]["_id"] for each in both}) == 1
    assert all(each["open"] for each in both)


def test_somebody_else_who_writes_into_a_thread_begins_another_conversation(post: Post):
    sender, other = somebody(), somebody()
    first = post.write(sender, "one")
    room = post.room(sender)
    post.write(other, "me too", In_Reply_To=str(first["Message-ID"]))
    assert post.room(other)["_id"] != room["_id"]


def test_an_answer_opens_a_closed_conversation_again(post: Post, admin: Api, agent: Person):
    sender = somebody()
    first = post.write(sender, "one")
    room = post.room(sender)
    if "servedBy" not in room:
        take(agent, admin, room["_id"])
    closed = agent.api.post("livechat/room.closeByUser", {"rid": room["_id"], "comment": "done"})
    assert closed.status_code == 200, closed.text

    post.write(sender, "two", In_Reply_To=str(first["Message-ID"]))

    post.said(room["_id"], 2)
    again = post.room(sender)
    assert again["open"] is True
    assert "closedAt" not in again
    inquiry = admin.get("livechat/inquiries.getOne", {"roomId": room["_id"]}).json()["inquiry"]
    assert inquiry is not None
    if "servedBy" not in again:
        take(agent, admin, room["_id"])
    assert post.room(sender)["servedBy"]["_id"] == agent.id


def test_the_same_mail_in_the_mailbox_twice_is_one_message(post: Post):
    sender = somebody()
    mail = post.write(sender, "one")
    room = post.room(sender)
    post.imap.deliver(post.user, mail)
    post.write(sender, "end", In_Reply_To=str(mail["Message-ID"]))
    assert [each.text for each in post.said(room["_id"], 2)] == ["one", "end"]


def test_the_department_of_the_inbox_gets_the_conversation(
    new_post: Callable[..., Post], admin: Api, agent: Person
):
    department = create_department(admin, [agent])
    post = new_post(department=department)
    sender = somebody()
    post.write(sender)
    assert post.room(sender)["departmentId"] == department


def test_mail_waits_for_somebody_when_nobody_is_online(new_post: Callable[..., Post], admin: Api):
    department = create_department(admin)
    post = new_post(department=department)
    sender = somebody()
    post.write(sender)
    room = post.room(sender)
    assert room["departmentId"] == department
    assert "servedBy" not in room


def test_nobody_reads_along_by_claiming_an_address(post: Post, api: Api):
    sender, token = somebody(), unique("token")
    api.post("livechat/visitor", {"visitor": {"token": token, "email": sender}})
    post.write(sender, "secret")
    room = post.room(sender)
    answer = api.get(f"livechat/messages.history/{room['_id']}", {"token": token})
    assert answer.status_code == 400


def test_answers_go_to_where_the_sender_wants_them(post: Post):
    sender, other = somebody(), somebody()
    post.write(sender, Reply_To=other)
    assert post.room(sender)["email"]["replyTo"] == other


# What is in a mail ---------------------------------------------------------------------------


def test_html_is_read_as_text(post: Post):
    sender = somebody()
    mail = post.write(sender, "plain", deliver=False)
    mail.add_alternative(
        "<style>p{}</style><p>Dear <b>desk</b>,</p><script>alert(1)</script>"
        '<p>see <a href="https://example.org/a">this</a></p>',
        subtype="html",
    )
    post.imap.deliver(post.user, mail)
    [message] = post.said(post.room(sender)["_id"])
    assert message.text == "Dear desk,\n\nsee this (https://example.org/a)"


def test_files_come_along(post: Post, admin: Api):
    sender = somebody()
    mail = post.write(sender, "look", deliver=False)
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="../../bike.png")
    mail.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="bill.pdf")
    post.imap.deliver(post.user, mail)
    room = post.room(sender)
    [message] = post.said(room["_id"])
    extras = message.extras or {}
    assert [each["name"] for each in extras["files"]] == ["bike.png", "bill.pdf"]
    assert extras["file"]["name"] == "bike.png"
    _, picture, bill = extras["attachments"]
    assert admin.get(picture["image_url"]).content == PNG
    assert admin.get(bill["title_link"]).content == b"%PDF-1"
    listed = admin.get("livechat/visitors.info", {"visitorId": room["v"]["_id"]})
    assert listed.status_code == 200


def test_files_that_are_not_allowed_are_left_out_and_counted(post: Post):
    sender = somebody()
    mail = post.write(sender, "look", deliver=False)
    mail.add_attachment(b"<svg/>", maintype="image", subtype="svg+xml", filename="x.svg")
    for n in range(30):
        mail.add_attachment(b"x", maintype="text", subtype="csv", filename=f"{n}.csv")
    post.imap.deliver(post.user, mail)
    [message] = post.said(post.room(sender)["_id"])
    extras = message.extras or {}
    assert len(extras["files"]) == 19
    assert message.text == "look\n\n_12 attachment(s) left out_"


def test_a_mail_of_fifty_megabytes_is_read_at_its_beginning(post: Post):
    sender = somebody()
    mail = post.write(sender, "the text", deliver=False)
    mail.add_attachment(b"x" * 37_000_000, maintype="video", subtype="mp4", filename="film.mp4")
    post.imap.deliver(post.user, mail)
    [message] = post.said(post.room(sender)["_id"])
    assert message.text == "the text\n\n_1 attachment(s) left out_"


# What is left alone --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
)
def test_what_programs_write_is_left_alone(post: Post, headers: dict[str, str]):
    robot, person = somebody(), somebody()
    post.write(robot, "I am away", deliver=True, **headers)
    post.write(person, "I am here")
    post.room(person)
    assert post.rooms(robot) == []


def test_a_person_may_say_that_nothing_is_automatic(post: Post):
    sender = somebody()
    post.write(sender, Auto_Submitted="no")
    post.room(sender)


def test_mails_of_own_inboxes_and_without_names_are_left_alone(post: Post):
    person = somebody()
    post.write(post.address, "I talk to myself")
    nameless, senderless = somebody(), somebody()
    post.imap.deliver(post.user, f"From: {nameless}\r\nSubject: x\r\n\r\nhi".encode())
    post.imap.deliver(post.user, f"Message-ID: <{senderless}>\r\n\r\nhi".encode())
    post.write(person)
    post.room(person)
    assert post.rooms(post.address) == post.rooms(nameless) == []


BROKEN = [
    b"",
    b"\x00\xff\xfe" * 1000,
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\ny\r\n" * 20_000,
    b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    ),
    b"Content-Type: text/html; charset=nonsense\r\n\r\n" + b"<div>" * 100_000,
    b"Content-Transfer-Encoding: base64\r\n\r\n=====!!!",
    b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AAA-",
    b"Subject: =?utf-8?b?////?=\r\nSubject: =?x?y?z?=\r\n\r\nx",
]


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_mail_does_not_keep_the_next_from_coming(post: Post, broken: bytes):
    sender, person = somebody(), somebody()
    head = f"From: {sender}\r\nMessage-ID: <{unique('m')}@x>\r\n".encode()
    post.imap.deliver(post.user, head + broken)
    post.write(person)
    post.room(person)


def test_headers_cannot_be_smuggled_in(post: Post):
    sender = somebody()
    subject = "=?utf-8?q?Hello=0D=0ABcc:_everybody=40example.org?="
    raw = (
        f"From: =?utf-8?q?{name_of(sender)}=0D=0AX=3A_y?= <{sender}>\r\nSubject: {subject}\r\n"
        f"Message-ID: <{unique('m')}@x>\r\n\r\nhi"
    )
    post.imap.deliver(post.user, raw.encode())
    room = post.room(sender)
    assert room["email"]["subject"] == "Hello Bcc: everybody@example.org"
    assert room["fname"] == f"{name_of(sender)} X: y"


def test_a_mail_to_everybody_addresses_nobody(post: Post):
    sender = somebody()
    post.write(sender, "@all hello")
    [message] = post.said(post.room(sender)["_id"])
    assert message.text == "@\u200ball hello"


# The mailbox ---------------------------------------------------------------------------------


def test_what_came_while_the_mail_server_was_gone_is_taken_in(post: Post):
    one, two = somebody(), somebody()
    post.write(one)
    post.room(one)
    post.imap.stop()
    post.imap.start()
    post.write(two)
    post.room(two)


def test_when_the_server_numbers_its_mails_anew_nothing_is_lost_or_repeated(post: Post):
    one, two = somebody(), somebody()
    first = post.write(one, "one")
    room = post.room(one)
    post.imap.stop()
    post.imap.number_anew(post.user)
    post.imap.start()
    post.write(two)
    post.room(two)
    post.write(one, "again", In_Reply_To=str(first["Message-ID"]))
    assert [each.text for each in post.said(room["_id"], 2)] == ["one", "again"]


def test_what_lay_in_the_mailbox_before_the_inbox_was_made_stays_there(
    new_post: Callable[..., Post], admin: Api
):
    post = new_post(active=False)
    old, new = somebody(), somebody()
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = old, f"<{unique('old')}@x>"
    mail.set_content("old")
    from datetime import UTC, datetime, timedelta

    with post.imap.logged_in(post.user) as client:
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        client.append("INBOX", mail.as_bytes(), msg_time=hour_ago)
    post.write(new)
    switch(admin, post, active=True)
    post.room(new)
    assert post.rooms(old) == []


def switch(admin: Api, post: Post, *, active: bool) -> None:
    inbox = admin.get(f"email-inbox/{post.id}").json()
    body = {name: inbox[name] for name in ("_id", "name", "email", "smtp", "imap")}
    answer = admin.post("email-inbox", {**body, "active": active})
    assert answer.status_code == 200, answer.text


def test_switched_off_and_on_again_the_inbox_goes_on_where_it_was(post: Post, admin: Api):
    one, two = somebody(), somebody()
    post.write(one)
    post.room(one)
    switch(admin, post, active=False)
    post.write(two)
    switch(admin, post, active=True)
    post.room(two)
    assert len(post.rooms(one)) == 1


def test_while_the_desk_is_switched_off_mail_waits_in_the_mailbox(post: Post, admin: Api):
    sender = somebody()
    with settings(admin, Livechat_enabled=False):
        post.write(sender)
        assert post.rooms(sender) == []
    post.room(sender)


def test_after_too_many_failures_the_inbox_is_switched_off(
    new_post: Callable[..., Post], admin: Api
):
    post = new_post(account={"password": "wrong", "maxRetries": 1})
    eventually(lambda: not admin.get(f"email-inbox/{post.id}").json()["active"])
