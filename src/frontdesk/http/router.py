"""The ASGI application: from a path to its endpoint, and the life of the process around it."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import structlog

from frontdesk.http.answers import COMMON_HEADERS
from frontdesk.http.request_id import request_id

log = structlog.get_logger(__name__)

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Endpoint: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Lifespan: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]

_NOT_FOUND = b"404 Not Found"


class _Node:
    """A segment of the paths: what may follow it, and the endpoint if a path ends here."""

    __slots__ = ("endpoint", "names", "static", "variable")

    def __init__(self) -> None:
        self.static: dict[str, _Node] = {}
        self.variable: _Node | None = None
        self.endpoint: Endpoint | None = None
        self.names: tuple[str, ...] = ()


class Router:
    """Serves endpoints by path. A segment in braces is a variable: `livechat/transcript/{rid}`.

    A literal segment wins over a variable. The endpoint finds the variables' values in
    `scope["path_params"]`. Unknown paths are answered as the API does: 404, plain text.

    `sockets` are the endpoints of WebSocket connections, by path likewise.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        lifespan: Lifespan,
        sockets: Mapping[str, Endpoint] | None = None,
    ) -> None:
        self._lifespan = lifespan
        self._root = _Node()
        for path, endpoint in endpoints.items():
            _add(self._root, path, endpoint)
        self._sockets = _Node()
        for path, endpoint in (sockets or {}).items():
            _add(self._sockets, path, endpoint)
        #: Paths without variables are found at once.
        self._plain = {path: each for path, each in endpoints.items() if "{" not in path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            path: str = scope["path"]
            endpoint = self._plain.get(path)
            if endpoint is None:
                endpoint = _find(self._root, scope, path) or _not_found
            await endpoint(scope, receive, send)
        else:
            socket = _find(self._sockets, scope, scope["path"])
            if socket is None:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            else:
                await socket(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            async with self._lifespan():
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except Exception as error:
            log.exception("not_started")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.shutdown.complete"})


def _add(root: _Node, path: str, endpoint: Endpoint) -> None:
    node = root
    names: list[str] = []
    for segment in path.strip("/").split("/"):
        if segment.startswith("{"):
            names.append(segment.strip("{}"))
            node.variable = node.variable or _Node()
            node = node.variable
        else:
            node = node.static.setdefault(segment, _Node())
    assert node.endpoint is None, f"{path} is served twice"
    node.endpoint = endpoint
    node.names = tuple(names)


def _find(root: _Node, scope: Scope, path: str) -> Endpoint | None:
    values: list[str] = []
    node = _match(root, path.strip("/").split("/"), 0, values)
    if node is None or node.endpoint is None:
        return None
    scope["path_params"] = dict(zip(node.names, values, strict=True))
    return node.endpoint


def _match(node: _Node, segments: list[str], index: int, values: list[str]) -> _Node | None:
    if index == len(segments):
        return node if node.endpoint is not None else None
    segment = segments[index]
    literal = node.static.get(segment)
    if literal is not None:
        found = _match(literal, segments, index + 1, values)
        if found is not None:
            return found
    if node.variable is None or not segment:
        return None
    values.append(segment)
    found = _match(node.variable, segments, index + 1, values)
    if found is None:
        values.pop()
    return found


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    del receive
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    await send(
        {
            "type": "http.response.start",
            "status": 404,
            "headers": [
                (b"content-type", b"text/plain"),
                *COMMON_HEADERS,
                (b"x-request-id", request_id(headers).encode()),
                (b"content-length", str(len(_NOT_FOUND)).encode()),
            ],
        }
    )
    body = b"" if scope["method"] == "HEAD" else _NOT_FOUND
    await send({"type": "http.response.body", "body": body})
