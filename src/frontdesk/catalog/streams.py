"""What clients hear of priorities.

Source: behaviour of the API, priorities and analytics, section 3.3.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from frontdesk.db import Event, Tx
from frontdesk.realtime.streams import Streams
from frontdesk.realtime.subscriptions import Listeners

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

streams = Streams()

_LOGGED, _CHANGED = "notify-logged", "omnichannel.priority-changed"


@streams.telling("priority", wanted=lambda listeners, event: listeners.listen(_LOGGED, _CHANGED))
def tell_priority(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Tell the new name of a priority; none stands for its first one."""
    del tx, settings, listeners
    name = event.arguments[0]
    told = {"id": event.key, "clientAction": "updated"}
    yield Event(_LOGGED, _CHANGED, (told if name is None else {**told, "name": name},))
