"""The life of a request, in the order of checks that the API documents (API frame, 2.1).

Preflight and method; who is it (401); may they (403); typed input (400); rate limit (429);
classic input (400); second factor (400); then the endpoint itself.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from frontdesk.errors import Coded, Failure, Refused
from frontdesk.http import measurements
from frontdesk.http.answers import (
    COMMON_HEADERS,
    JSON,
    NOT_LOGGED_IN,
    NOT_PERMITTED,
    PREFLIGHT_HEADERS,
    Answer,
    Headers,
    encode,
    failure,
    success,
)
from frontdesk.http.call import Call, Principal
from frontdesk.http.client_address import client_address
from frontdesk.http.cors import preflight
from frontdesk.http.input_text import refuse_control_characters, refuse_control_escapes
from frontdesk.http.limits import RateLimiter
from frontdesk.http.operation import Operation
from frontdesk.http.querystring import parse_form, parse_query
from frontdesk.http.request_id import request_id
from frontdesk.http.router import Endpoint, Receive, Scope, Send
from frontdesk.http.validation import decode_or_empty

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: Largest body of a route that needs a log-in (API frame, 2.6).
BODY_LIMIT = 50 * 1024 * 1024
#: Largest body of a public route: no visitor needs more, and anyone may call it.
PUBLIC_BODY_LIMIT = 1024 * 1024
#: Answers slower than this are logged as warnings; seconds.
SLOW = 2.0


class Authenticator(Protocol):
    """Who holds a token, and whether a second proof is needed; see access/sessions.py."""

    def known(self, user_id: str, token: str) -> Principal | None:
        """Return the principal if it is at hand without asking the database."""
        ...

    async def find(self, user_id: str, token: str) -> Principal | None:
        """Return the principal, or None if the pair is not valid."""
        ...

    async def second_factor(self, call: Call, operation: Operation) -> None:
        """Raise Coded `totp-*` if the route asks for a proof that the call does not bring."""
        ...


class Frame:
    """Serves operations: `endpoint` makes the ASGI application of one path."""

    def __init__(self, workspace: "Workspace", authenticator: Authenticator) -> None:
        self._workspace = workspace
        self._authenticator = authenticator
        self._limiter = RateLimiter()

    def endpoint(self, operations: Mapping[str, Operation]) -> Endpoint:
        """Return the application of a path, from its operations by method."""
        allow = ", ".join([*operations, "OPTIONS"]).encode()
        timers = {method: measurements.timer(each) for method, each in operations.items()}

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            method: str = scope["method"]
            operation = operations.get("GET" if method == "HEAD" else method)
            if operation is None:
                headers = _headers(scope)
                named = (b"x-request-id", request_id(headers).encode())
                if method == "OPTIONS":
                    answer = preflight(headers, self._workspace.settings)
                    await _send(send, answer, [named], method, PREFLIGHT_HEADERS)
                else:
                    body = {"status": "error", "message": "API endpoint does not exist"}
                    await _send(send, failure(405, body), [(b"allow", allow), named], method)
                return
            started = time.perf_counter()
            answer, headers_out = await self._serve(operation, scope, receive)
            await _send(send, answer, headers_out, method)
            timers[operation.method].note(answer.status, time.perf_counter() - started)

        return serve

    async def _serve(
        self, operation: Operation, scope: Scope, receive: Receive
    ) -> tuple[Answer, Headers]:
        headers = _headers(scope)
        call = Call(
            self._workspace,
            headers,
            scope.get("path_params") or {},
            scope["query_string"],
            client_address(scope, headers, self._workspace.config.forwarded_count),
            request_id(headers),
        )
        started = time.perf_counter()
        try:
            answer = await self._answer(operation, call, receive)
        except Failure as refusal:
            answer = _refusal(refusal)
        except Exception:
            log.exception(
                "request_failed",
                request_id=call.request_id,
                method=operation.method,
                path=operation.path,
            )
            answer = failure(500, {"success": False, "error": "Internal server error"})
        elapsed = time.perf_counter() - started
        if elapsed > SLOW:
            log.warning(
                "request_slow",
                request_id=call.request_id,
                method=operation.method,
                path=operation.path,
                seconds=round(elapsed, 3),
                status=answer.status,
            )
        else:
            log.debug(
                "request",
                request_id=call.request_id,
                method=operation.method,
                path=operation.path,
                status=answer.status,
            )
        call.answer_headers.append((b"x-request-id", call.request_id.encode()))
        return answer, call.answer_headers

    async def _answer(self, operation: Operation, call: Call, receive: Receive) -> Answer:
        user = await self._user(call)
        call.user_or_none = user
        if operation.auth == "required":
            if user is None:
                return failure(401, NOT_LOGGED_IN)
            if operation.permissions and not _permitted(operation, user):
                return failure(403, NOT_PERMITTED)
        for value in call.path.values():
            refuse_control_characters(value)
        if operation.raw_body:
            call.receive = receive
        else:
            limit = BODY_LIMIT if operation.auth == "required" else PUBLIC_BODY_LIMIT
            too_large = await _read_body(call, receive, limit)
            if too_large is not None:
                return too_large
        arguments: list[Any] = []
        if operation.style == "typed":
            arguments = _arguments(operation, call)
        refused = self._limited(operation, call)
        if refused is not None:
            return refused
        if operation.style == "classic":
            arguments = _arguments(operation, call)
        if operation.two_factor != "no":
            await self._authenticator.second_factor(call, operation)
        result = await operation.handler(call, *arguments)
        return result if isinstance(result, Answer) else success(result)

    async def _user(self, call: Call) -> Principal | None:
        token = call.headers.get("x-auth-token")
        user_id = call.headers.get("x-user-id")
        if not token or not user_id:
            return None
        known = self._authenticator.known(user_id, token)
        return known or await self._authenticator.find(user_id, token)

    def _limited(self, operation: Operation, call: Call) -> Answer | None:
        settings = call.settings
        if (
            not operation.limited
            or self._workspace.config.test_mode
            or not settings.flag("API_Enable_Rate_Limiter")
            or (call.user_or_none is not None and call.user_or_none.may("api-bypass-rate-limit"))
        ):
            return None
        headers, refused = self._limiter.count(operation, call.address, settings)
        call.answer_headers.extend(headers)
        return refused


def _permitted(operation: Operation, user: Principal) -> bool:
    if operation.any_permission:
        return not operation.permissions.isdisjoint(user.permissions)
    return operation.permissions <= user.permissions


def _refusal(refusal: Failure) -> Answer:
    status = refusal.status
    if isinstance(refusal, Coded) and refusal.code in ("error-unauthorized", "unauthorized"):
        return failure(403, {"success": False, "error": str(refusal)})
    if isinstance(refusal, Coded) and refusal.code == "error-too-many-requests":
        return failure(429, {"success": False, "error": str(refusal)})
    return failure(status, refusal.body())


def _arguments(operation: Operation, call: Call) -> list[Any]:
    """Return what the handler takes besides the call; query parameters are judged first."""
    arguments: list[Any] = []
    query = None
    refuse_control_escapes(call.query_string)
    if operation.query is not None:
        query = operation.query.from_value(parse_query(call.query_string), operation.style, "query")
    if operation.body is not None:
        kind = call.headers.get("content-type", "")
        if "application/json" in kind:
            refuse_control_characters(call.body_bytes)
            arguments.append(operation.body.from_json(call.body_bytes, operation.style))
        else:
            value: Any = {}
            if kind.startswith("application/x-www-form-urlencoded"):
                value = parse_form(call.body_bytes)
                refuse_control_characters(value)
            arguments.append(operation.body.from_value(value, operation.style, "body"))
    if query is not None:
        arguments.append(query)
    return arguments


async def _read_body(call: Call, receive: Receive, limit: int) -> Answer | None:
    """Read the whole body into the call; a larger one than `limit` bytes is answered 413."""
    length = call.headers.get("content-length", "")
    chunks: list[bytes] = []
    too_large = length.isdecimal() and int(length[:18]) > limit
    size = 0
    while not too_large:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise Refused("The request was cut off")
        chunk = message.get("body", b"")
        size += len(chunk)
        too_large = size > limit
        chunks.append(chunk)
        if not message.get("more_body", False):
            break
    if too_large:
        text = f"The request is larger than {limit} bytes"
        answer = failure(413, {"success": False, "error": text})
        answer.headers.append((b"connection", b"close"))
        return answer
    call.body_bytes = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    return None


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers of a request by their lower-cased names; of several the last counts."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def _send(
    send: Send,
    answer: Answer,
    headers: Headers,
    method: str,
    common: Headers = COMMON_HEADERS,
) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                (b"content-type", answer.content_type or JSON),
                *common,
                *answer.headers,
                *headers,
                (b"content-length", str(answer.length).encode()),
            ],
        }
    )
    # The answer to HEAD has the length that GET would have, and no body (RFC 9110, 9.3.2).
    body = b"" if method == "HEAD" else answer.body
    if answer.pieces is not None and method != "HEAD":
        async for piece in answer.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def body_value(call: Call) -> Any:
    """Return the body of a route without schema: the decoded JSON or form, `{}` for neither."""
    kind = call.headers.get("content-type", "")
    if "application/json" in kind:
        refuse_control_characters(call.body_bytes)
        return decode_or_empty(call.body_bytes)
    if kind.startswith("application/x-www-form-urlencoded"):
        form = parse_form(call.body_bytes)
        refuse_control_characters(form)
        return form
    return {}


__all__ = ["Authenticator", "Frame", "body_value", "encode"]
