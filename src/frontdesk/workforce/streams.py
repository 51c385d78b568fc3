"""What agents hear of their departments.

Source: behaviour of the API, workforce, section 11.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from frontdesk.db import Event, Tx
from frontdesk.realtime.streams import Streams
from frontdesk.realtime.subscriptions import Listeners

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

streams = Streams()


def _key(event: Event) -> str:
    return f"{event.key}/departmentAgentData"


@streams.telling(
    "department-agents",
    wanted=lambda listeners, event: listeners.listen("notify-user", _key(event)),
)
def tell_agent(tx: Tx, settings: "Settings", listeners: Listeners, event: Event) -> Iterator[Event]:
    """Tell an agent that he belongs to a department from now on, or no longer."""
    del tx, settings, listeners
    act, names = event.arguments
    yield Event("notify-user", _key(event), ({"action": act, **names},))
