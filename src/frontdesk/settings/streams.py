"""What clients hear of settings: the public ones everybody, others those who may read them.

Source: behaviour of the API, real time, sections 6.5 and 6.6; API frame, section 8.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from frontdesk.db import Event, Tx
from frontdesk.realtime.streams import Streams
from frontdesk.realtime.subscriptions import Listeners
from frontdesk.settings.listing import is_public
from frontdesk.settings.registry import load_registry

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

streams = Streams()

_ALL, _PUBLIC = "notify-all", "public-settings-changed"
_LOGGED, _PRIVATE = "notify-logged", "private-settings-changed"


def _somebody_wants_to_know(listeners: Listeners, event: Event) -> bool:
    del event
    return listeners.listen(_ALL, _PUBLIC) or listeners.listen(_LOGGED, _PRIVATE)


@streams.telling("settings", wanted=_somebody_wants_to_know)
def tell_setting(
    tx: Tx, settings: "Settings", listeners: Listeners, event: Event
) -> Iterator[Event]:
    """Tell the new value of a setting; hidden ones stay so."""
    del tx, listeners
    setting = load_registry().get(event.key)
    if setting is None or setting.hidden or event.key not in settings:
        return
    document: dict[str, Any] = {
        "_id": setting.id,
        "value": settings[setting.id],
        "enterprise": False,
        "requiredOnWizard": False,
    }
    if is_public(setting):
        yield Event(_ALL, _PUBLIC, ("updated", document))
    yield Event(_LOGGED, _PRIVATE, ("updated", document))
