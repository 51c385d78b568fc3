"""The methods `stream-<name>`: what clients announce on a stream.

Source: behaviour of the API, real time, section 5.2.
"""

from typing import Any

from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Handler, Methods
from frontdesk.realtime.streams import Streams, Write


def stream_methods(streams: Streams) -> Methods:
    """Return a method for each stream. Who may not announce something is not told so."""
    methods = Methods()
    for name in streams.readables:
        methods.method(f"stream-{name}", public=True, variadic=True)(
            _method(streams.writes.get(name))
        )
    return methods


def _method(write: Write | None) -> Handler:
    async def say(caller: Caller, params: list[Any]) -> None:
        """Announce something, if the caller may."""
        if write is None or not params or not isinstance(params[0], str):
            return
        caller.workspace.announce(await write(caller, params[0], params[1:]), caller.session)

    return say
