"""Declaring an endpoint: path, who may, what comes in, and what the document says of it."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_type_hints

import msgspec

from frontdesk.http.answers import Answer
from frontdesk.http.validation import Shape

Handler: TypeAlias = Callable[..., Awaitable[Answer | Mapping[str, Any] | None]]
Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True)
class Rate:
    """A limit of its own: `calls` in `milliseconds` per client address. Either may be the id of
    a setting that holds the number.
    """

    calls: int | str | None = None
    milliseconds: int | str | None = None


@dataclass(frozen=True)
class Operation:
    """An endpoint as the frame serves it and the OpenAPI document shows it."""

    method: Method
    path: str
    handler: Handler
    tag: str
    summary: str
    description: str
    #: `required`: 401 without a log-in. `optional`: a log-in is looked at if there is one.
    auth: Literal["required", "optional"]
    permissions: frozenset[str]
    any_permission: bool
    #: How validation failures are worded (frame table of the API): classic texts end with
    #: ` [invalid-params]`, typed ones do not.
    style: Literal["classic", "typed"]
    body: Shape[Any] | None
    query: Shape[Any] | None
    rate: Rate
    limited: bool
    #: A list where that is the whole answer.
    example: Mapping[str, Any] | Sequence[Any]
    refusals: Sequence[str]
    deprecated: bool
    #: Two-factor routes ask for a second proof (see access/two_factor.py).
    two_factor: Literal["no", "remembered", "always"] = "no"
    #: Descriptions of query parameters on routes without a query schema.
    parameters: Mapping[str, str] = field(default_factory=dict)
    #: The body of a route that checks it by hand: for the document only.
    body_by_hand: Shape[Any] | None = None
    #: A request's body, for the document.
    request: Mapping[str, Any] | None = None
    #: The request's body is a stream that the handler reads itself (uploads).
    raw_body: bool = False


@dataclass
class Routes:
    """The endpoints of one feature under one tag; `prefix` is put before every path."""

    tag: str
    prefix: str = "/api/v1/"
    operations: list[Operation] = field(default_factory=list)

    def get(self, *paths: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a GET endpoint; see `add`."""
        return self.add("GET", *paths, **options)

    def post(self, *paths: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a POST endpoint; see `add`."""
        return self.add("POST", *paths, **options)

    def put(self, *paths: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a PUT endpoint; see `add`."""
        return self.add("PUT", *paths, **options)

    def delete(self, *paths: str, **options: Any) -> Callable[[Handler], Handler]:
        """Declare a DELETE endpoint; see `add`."""
        return self.add("DELETE", *paths, **options)

    def add(
        self,
        method: Method,
        *paths: str,
        public: bool = False,
        permissions: Sequence[str] = (),
        any_permission: bool = False,
        style: Literal["classic", "typed"] = "classic",
        rate: Rate | None = None,
        limited: bool = True,
        example: Mapping[str, Any] | Sequence[Any] | None = None,
        refusals: Sequence[str] = (),
        deprecated: bool = False,
        two_factor: Literal["no", "remembered", "always"] = "no",
        raw_body: bool = False,
        parameters: Mapping[str, str] | None = None,
        body_by_hand: type[msgspec.Struct] | None = None,
        request: Mapping[str, Any] | None = None,
        tag: str | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare an endpoint under one or more paths.

        The handler is `async def name(call[, body][, query])`; the annotations of `body` and
        `query` are the Structs that the input is validated against. Its docstring becomes the
        description: the first line is the summary. `example` is a successful answer, `refusals`
        the error texts that the endpoint itself gives. `request` is a body as clients send it;
        `body_by_hand` describes one that the handler reads with `body_value`.
        """

        def declare(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            summary, _, description = (inspect.getdoc(handler) or "").partition("\n")
            for path in paths:
                self.operations.append(
                    Operation(
                        method=method,
                        path=self.prefix + path,
                        handler=handler,
                        tag=tag or self.tag,
                        summary=summary.rstrip("."),
                        description=description.strip(),
                        auth="optional" if public else "required",
                        permissions=frozenset(permissions),
                        any_permission=any_permission,
                        style=style,
                        body=_shape(hints.get("body")),
                        query=_shape(hints.get("query"), from_query=True),
                        rate=rate or Rate(),
                        limited=limited,
                        example=example or {},
                        refusals=refusals,
                        deprecated=deprecated,
                        two_factor=two_factor,
                        raw_body=raw_body,
                        parameters=parameters or {},
                        body_by_hand=_shape(body_by_hand),
                        request=request,
                    )
                )
            return handler

        return declare


def _shape(struct: type[msgspec.Struct] | None, from_query: bool = False) -> Shape[Any] | None:
    return None if struct is None else Shape(struct, from_query=from_query)
