"""What was answered survives the end of the process at any instant."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from tests.builders import open_conversation, register_visitor, say_as_visitor
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess
from tests.harness.smtp import SmtpServer

KILLS = 4
ROOMS_PER_ROUND = 40
CLOSERS = 6


def test_answered_closes_stay_closed_and_accepted_transcripts_arrive(
    private_server: Callable[..., FrontdeskProcess], smtp: SmtpServer
) -> None:
    process = private_server(
        environment={
            "OVERWRITE_SETTING_SMTP_Host": smtp.host,
            "OVERWRITE_SETTING_SMTP_Port": str(smtp.port),
            "OVERWRITE_SETTING_From_Email": "desk@example.org",
            "OVERWRITE_SETTING_Livechat_accept_chats_with_no_agents": "true",
            "OVERWRITE_SETTING_Livechat_Routing_Method": "Manual_Selection",
        }
    )
    chance = random.Random(7)
    accepted: dict[str, str] = {}
    for _ in range(KILLS):
        accepted |= _close_until_killed(process, chance.uniform(0.05, 0.6))
        process.start()

    assert len(accepted) > KILLS
    with Api(process.url) as api, api.login_as_administrator() as admin:
        for room_id in accepted:
            record = admin.get("rooms.info", {"roomId": room_id}).json()["room"]
            assert "open" not in record, room_id
            inquiry = admin.get("livechat/inquiries.getOne", {"roomId": room_id}).json()["inquiry"]
            assert inquiry is None

    wanted = set(accepted.values())
    arrived = _wait_until_all_arrived(smtp, wanted)
    by_address: dict[str, set[str]] = {}
    for delivery in arrived:
        by_address.setdefault(delivery.recipients[0], set()).add(delivery.message["message-id"])
    assert wanted <= by_address.keys()
    assert all(len(ids) == 1 for ids in by_address.values())
    times = Counter(delivery.recipients[0] for delivery in arrived)
    repeated = sum(count - 1 for count in times.values())
    assert repeated <= KILLS * 8, "at most what was under way at each kill is sent again"


def _close_until_killed(process: FrontdeskProcess, after: float) -> dict[str, str]:
    """Close rooms with transcripts from several threads, kill the server in the middle, and
    return the address of the transcript for every room whose close was answered.
    """
    with Api(process.url) as api, api.login_as_administrator() as admin:
        rooms = []
        for _ in range(ROOMS_PER_ROUND):
            room, visitor = open_conversation(api, register_visitor(api))
            say_as_visitor(api, room["_id"], visitor, "Hello")
            rooms.append(room["_id"])
        answered: dict[str, str] = {}
        begun = threading.Event()
        threads = [
            threading.Thread(target=_close, args=(admin, rooms[n::CLOSERS], answered, begun))
            for n in range(CLOSERS)
        ]
        for thread in threads:
            thread.start()
        begun.wait(30)
        threading.Event().wait(after * 0.2)  # somewhere in the middle of the load
        process.kill()
        for thread in threads:
            thread.join()
    return answered


def _close(admin: Api, rooms: list[str], answered: dict[str, str], begun: threading.Event) -> None:
    for room_id in rooms:
        email = f"{room_id.lower()}@example.org"
        body = {
            "rid": room_id,
            "comment": "done",
            "transcriptEmail": {
                "sendToVisitor": True,
                "requestData": {"email": email, "subject": "Transcript"},
            },
        }
        try:
            answer = admin.post("livechat/room.closeByUser", body)
        except httpx.TransportError:
            return
        if answer.status_code == 200:
            answered[room_id] = email
            begun.set()


def _wait_until_all_arrived(smtp: SmtpServer, wanted: set[str]) -> list[Any]:
    count = len(wanted)
    while True:
        deliveries = smtp.inbox.wait_for(count, timeout=120)
        missing = wanted - {each.recipients[0] for each in deliveries}
        if not missing:
            return deliveries
        count = len(deliveries) + 1
