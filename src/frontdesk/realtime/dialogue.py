"""What the server answers to the frames of a client, one after the other.

Source: behaviour of the API, real time, sections 1.2, 1.3, 1.5, 2 and 6.1.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeGuard

import msgspec

from frontdesk.errors import Failure
from frontdesk.realtime import ejson, frames
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure
from frontdesk.realtime.session import PROTOCOL_ERROR, Session, may_listen
from frontdesk.realtime.streams import Extra, Stream

if TYPE_CHECKING:
    from frontdesk.realtime.connections import Connections

#: What one client may listen to at the most, a visitor and a user, and whose presence it may watch.
#: A widget has six subscriptions; an agent's client some twenty, and a few for each conversation.
MOST_OF_VISITOR = 100
MOST_OF_USER = 1_000
MOST_WATCHED = 5_000
#: Characters of a key, the longest real ones of which are two ids and a name, and of the names that
#: clients give to their calls and subscriptions.
LONGEST_KEY = 300
LONGEST_ID = 200
_STREAM = "stream-"
_PRESENCE = "user-presence"
#: What the web application of the reference asks for besides streams: there is nothing in it.
_EMPTY = frozenset(("meteor.loginServiceConfiguration", "meteor_autoupdate_clientVersions"))


async def answer(home: "Connections", session: Session, text: str) -> None:
    """Answer a frame."""
    try:
        frame = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        session.say(frames.protocol_error("Parse error"))
        return
    try:
        await _act_on(home, session, frame)
    except RecursionError:  # deeper than anything that makes sense
        session.say(frames.protocol_error("Bad request"))


async def _act_on(home: "Connections", session: Session, frame: Any) -> None:
    kind = frame.get("msg") if isinstance(frame, dict) else None
    if kind == "connect":
        _connect(session, frame)
    elif not session.connected:
        session.say(frames.protocol_error("Must connect first", frame))
    else:
        act = _ANSWERS.get(kind) if isinstance(kind, str) else None
        if act is None:
            session.say(frames.protocol_error("Bad request", frame))
        else:
            await act(home, session, frame)


def _connect(session: Session, frame: dict[str, Any]) -> None:
    if session.connected:
        session.say(frames.protocol_error("Already connected", frame))
    elif frame.get("version") in frames.SPOKEN:
        session.connected = True
        session.say(frames.connected(session.id))
    else:
        session.say(frames.failed())
        session.leave(PROTOCOL_ERROR, "version")


async def _ping(home: "Connections", session: Session, frame: dict[str, Any]) -> None:
    del home
    session.say(frames.pong(frame.get("id")))


async def _pong(home: "Connections", session: Session, frame: dict[str, Any]) -> None:
    """Nothing: any frame is a sign of life."""


async def _method(home: "Connections", session: Session, frame: dict[str, Any]) -> None:
    call_id, name, params = frame.get("id"), frame.get("method"), frame.get("params", [])
    if not _is_id(call_id) or not isinstance(name, str) or not isinstance(params, list):
        session.say(frames.protocol_error("Malformed method invocation", frame))
        return
    given = ejson.read(params)
    caller = await session.caller()
    result = await home.methods.answer(caller, call_id, name, given)
    session.say(ejson.encode(result))
    session.say(frames.updated(call_id))


async def _sub(home: "Connections", session: Session, frame: dict[str, Any]) -> None:
    sub_id, name, params = frame.get("id"), frame.get("name"), frame.get("params", [])
    if not _is_id(sub_id) or not isinstance(name, str) or not isinstance(params, list):
        session.say(frames.protocol_error("Malformed subscription", frame))
        return
    if sub_id in session.subscriptions or sub_id == session.watch_id:
        return  # once is enough
    try:
        caller = await session.caller()
        home.methods.limit(caller, name)
        stream = home.streams.readables.get(name.removeprefix(_STREAM))
        if name in _EMPTY:
            session.say(frames.ready(sub_id))
        elif stream is None or not name.startswith(_STREAM):
            raise MethodFailure(404, f"Subscription '{name}' not found")
        elif stream.name == _PRESENCE:
            _watch(session, sub_id, stream, caller, params)
        else:
            await _listen(home, session, sub_id, stream, caller, params)
    except Failure as refusal:
        session.say(frames.nosub(sub_id, refusal))


async def _listen(
    home: "Connections",
    session: Session,
    sub_id: str,
    stream: Stream,
    caller: Caller,
    params: list[Any],
) -> None:
    key = params[0] if params else None
    if not isinstance(key, str):
        raise MethodFailure(400, "Match failed")
    if not key or len(key) > LONGEST_KEY:
        raise MethodFailure("invalid-event-name")
    most = MOST_OF_VISITOR if caller.user_or_none is None else MOST_OF_USER
    if len(session.subscriptions) >= most:
        raise MethodFailure("too-many-subscriptions", "Too many subscriptions")
    collected, extra = _options(params[1] if len(params) > 1 else None)
    async with home.turns:
        view = await may_listen(stream.may_read, caller, key, extra)
    if view is None:
        raise MethodFailure("not-allowed")
    session.listen(sub_id, stream.name, key, view)
    if collected:
        session.say(frames.added(f"{_STREAM}{stream.name}", "id", {"eventName": key}))
    session.say(frames.ready(sub_id))


def _is_id(given: Any) -> TypeGuard[str]:
    return isinstance(given, str) and len(given) <= LONGEST_ID


def _options(given: Any) -> tuple[bool, Extra]:
    """Return whether the collection is to be told of the key, and what else the client says."""
    if not isinstance(given, dict):
        return given is True, None
    arguments = given.get("args")
    extra = arguments[0] if isinstance(arguments, list) and arguments else None
    return given.get("useCollection") is True, extra if isinstance(extra, dict) else None


def _watch(
    session: Session, sub_id: str, stream: Stream, caller: Caller, params: list[Any]
) -> None:
    """Change whose presence is watched: the first `sub` stays, later ones only change the list."""
    if caller.user_or_none is None:
        raise MethodFailure("not-allowed")
    options = params[1] if len(params) > 1 and isinstance(params[1], dict) else {}
    added, removed = _ids(options.get("added")), _ids(options.get("removed"))
    if len(session.watched or ()) + len(added) > MOST_WATCHED:
        raise MethodFailure("too-many-subscriptions", "Too many subscriptions")
    first = session.watch_id is None
    if first:
        session.watch_id = sub_id
    session.watch(stream.name, added, removed)
    session.say(frames.ready(sub_id) if first else frames.nosub(sub_id))


def _ids(given: Any) -> list[str]:
    if not isinstance(given, list):
        return []
    return [each for each in given if isinstance(each, str) and len(each) <= LONGEST_KEY]


async def _unsub(home: "Connections", session: Session, frame: dict[str, Any]) -> None:
    del home
    sub_id = frame.get("id")
    if not isinstance(sub_id, str):
        session.say(frames.protocol_error("Bad request", frame))
        return
    subscription = session.subscriptions.get(sub_id)
    if subscription is not None:
        session.drop(subscription)
    elif sub_id == session.watch_id:
        session.unwatch()
    session.say(frames.nosub(sub_id))


_ANSWERS: dict[str, Callable[["Connections", Session, dict[str, Any]], Awaitable[None]]] = {
    "ping": _ping,
    "pong": _pong,
    "method": _method,
    "sub": _sub,
    "unsub": _unsub,
}
