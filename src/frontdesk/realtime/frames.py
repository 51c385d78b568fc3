"""The frames that the server sends, as text, and the packets in which events go to many clients.

Source: behaviour of the API, real time, sections 1 and 2.
"""

from typing import Any

import msgspec

from frontdesk.errors import Failure
from frontdesk.realtime import ejson
from frontdesk.realtime.failures import error_document
from frontdesk.realtime.wire import frame_of

#: The version of the protocol that is spoken, and older ones whose clients understand it too.
VERSION = "1"
SPOKEN = (VERSION, "pre2", "pre1")
_PONG = '{"msg":"pong"}'
PING = '{"msg":"ping"}'


def connected(session_id: str) -> str:
    """Return the answer to `connect`."""
    return _text({"msg": "connected", "session": session_id})


def failed() -> str:
    """Return the answer to `connect` with no version that is spoken."""
    return _text({"msg": "failed", "version": VERSION})


def protocol_error(reason: str, offending: Any = None) -> str:
    """Return the answer to a frame that makes no sense."""
    frame: dict[str, Any] = {"msg": "error", "reason": reason}
    if offending is not None:
        frame["offendingMessage"] = offending
    return _text(frame)


def pong(ping_id: Any) -> str:
    """Return the answer to a ping, with its id if it has one."""
    return _PONG if ping_id is None else _text({"msg": "pong", "id": ping_id})


def updated(call_id: str) -> str:
    """Return what follows every result."""
    return _text({"msg": "updated", "methods": [call_id]})


def ready(subscription_id: str) -> str:
    """Return the answer to a granted `sub`."""
    return _text({"msg": "ready", "subs": [subscription_id]})


def nosub(subscription_id: str, refusal: Failure | None = None) -> str:
    """Return the answer to a refused `sub`, or, without a refusal, to an `unsub`."""
    frame: dict[str, Any] = {"msg": "nosub", "id": subscription_id}
    if refusal is not None:
        frame["error"] = error_document(refusal)
    return ejson.encode(frame)


def added(collection: str, document_id: str, fields: dict[str, Any]) -> str:
    """Return the news of a document."""
    return ejson.encode(
        {"msg": "added", "collection": collection, "id": document_id, "fields": fields}
    )


def removed(collection: str, document_id: str) -> str:
    """Return the news that a document is gone."""
    return _text({"msg": "removed", "collection": collection, "id": document_id})


class Packet:
    """An event as it goes to clients: written once, framed once for each kind of connection."""

    __slots__ = ("_plain", "_sockjs", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._plain: bytes | None = None
        self._sockjs: bytes | None = None

    def framed(self, sockjs: bool) -> bytes:
        """Return the bytes for a plain connection, or for one that speaks SockJS."""
        if sockjs:
            if self._sockjs is None:
                self._sockjs = frame_of(sockjs_data(self.text))
            return self._sockjs
        if self._plain is None:
            self._plain = frame_of(self.text)
        return self._plain


def event_packet(stream: str, key: str, arguments: Any, *, by_key: bool) -> Packet:
    """Return an event of a stream; `by_key` as the stream of presences has it."""
    fields = {"eventName": key, "args": arguments}
    frame = {"msg": "changed", "collection": f"stream-{stream}", "id": "id", "fields": fields}
    if by_key:
        frame["id"] = key
        frame["fields"] = {"uid": key, "args": arguments, "eventName": key}
    return Packet(ejson.encode(frame))


def sockjs_data(text: str) -> str:
    """Return a frame in the envelope of SockJS."""
    return f"a{_text([text])}"


def sockjs_close(code: int, reason: str) -> str:
    """Return the good-bye of SockJS."""
    return f"c{_text([code, reason])}"


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
