"""The real-time method of the form that visitors fill in while nobody is there: for widgets older
than its REST successor.

Source: behaviour of the API, messages, section 3.8; real time, section 5.4.
"""

from frontdesk.http.limits import FixedWindows
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.methods import Methods
from frontdesk.visitors.offline_message import check_offline_message, send_offline_message
from frontdesk.visitors.offline_message_schemas import OfflineMessage

methods = Methods()
_windows = FixedWindows()

#: One call in so many milliseconds.
SPAN = 5_000


@methods.method("livechat:sendOfflineMessage", public=True)
async def send(caller: Caller, given: OfflineMessage) -> None:
    """Leave a message while nobody is there."""
    used, _ = _windows.count("livechat:sendOfflineMessage", caller.address, SPAN)
    if used > 1 and not caller.workspace.config.test_mode:
        raise MethodFailure("too-many-requests", "Error, too many requests. Please slow down.")
    await check_offline_message(caller.settings, given)
    await caller.write(send_offline_message, caller.settings, given)
