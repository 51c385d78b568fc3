"""The form that visitors fill in while nobody is there, over HTTP."""

from typing import Any

from frontdesk.http import Call, Rate, Routes
from frontdesk.texts import text
from frontdesk.visitors.offline_message import check_offline_message, send_offline_message
from frontdesk.visitors.offline_message_schemas import OfflineMessage

routes = Routes("Livechat Messages")

_SENT = "Livechat_offline_message_sent"


@routes.post(
    "livechat/offline.message",
    public=True,
    rate=Rate(1, 5_000),
    request={
        "name": "Ann",
        "email": "ann@example.org",
        "message": "Do you deliver on Saturdays?",
        "department": "Sales",
        "host": "https://www.example.org/delivery",
    },
    example={"message": text(_SENT)},
    refusals=(text("Error_sending_livechat_offline_message"),),
)
async def send(call: Call, body: OfflineMessage) -> dict[str, Any]:
    """Leave a message while nobody is there.

    It goes by e-mail to the department, or else to the address that the setting
    `Livechat_offline_email` names, and can be answered from there. It is refused while the form is
    switched off, where there is no address to send it to, and for an address of the visitor that
    takes no mail.
    """
    await check_offline_message(call.settings, body)
    await call.write(send_offline_message, call.settings, body)
    return {"message": text(_SENT)}
