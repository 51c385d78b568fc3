"""Real-time methods: functions that clients call by name, on a connection or over REST.

A feature declares its methods in its `methods.py`:

    methods = Methods()

    @methods.method("livechat:takeInquiry", permissions=["view-l-room"])
    async def take(caller: Caller, inquiry_id: str, options: TakeOptions | None = None) -> None:

What the parameters must be is read off the annotations. The composition root gathers all of them
into one table, which answers calls from everywhere.

Source: behaviour of the API, real time, sections 2 and 5; API frame, section 10.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias, get_type_hints

import msgspec
import structlog

from frontdesk.errors import Coded, Failure
from frontdesk.http.input_text import refuse_control_characters
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.failures import MethodFailure, error_document
from frontdesk.realtime.limits import MethodLimiter

log = structlog.get_logger(__name__)

Handler: TypeAlias = Callable[..., Awaitable[Any]]


class Method(msgspec.Struct, frozen=True):
    """A declared method; `parameters` is what the list of its arguments is converted to (None: the
    list as it is), and `refusal` (code and reason) what those are told who may not call it.
    """

    name: str
    handler: Handler
    parameters: type[msgspec.Struct] | None
    public: bool
    permissions: frozenset[str]
    refusal: tuple[str, str]


class Methods:
    """Methods by name; counts the calls."""

    def __init__(self, parts: Iterable["Methods"] = ()) -> None:
        """Begin with the methods of other tables."""
        self._methods: dict[str, Method] = {}
        self._limiter = MethodLimiter()
        for part in parts:
            for method in part._methods.values():
                self._add(method)

    def method(
        self,
        name: str,
        *,
        public: bool = False,
        permissions: Sequence[str] = (),
        refusal: tuple[str, str] = ("error-not-allowed", "Not allowed"),
        variadic: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare a method: `async def handler(caller, *arguments)`.

        Without a log-in only `public` ones may be called, others only with all `permissions`.
        Arguments that a client leaves out take their defaults; more than there are parameters
        are ignored. A `variadic` one takes the list of all arguments.
        """

        def declare(handler: Handler) -> Handler:
            parameters = None if variadic else _parameters(name, handler)
            needed = frozenset(permissions)
            self._add(Method(name, handler, parameters, public, needed, refusal))
            return handler

        return declare

    def limit(self, caller: Caller, name: str) -> None:
        """Count a call of a method, or a subscription to a stream.

        Names that nobody has declared count as one: made-up ones must not fill the limiter, which
        counts all callers together once it is full. Raises MethodFailure `too-many-requests`.
        """
        if name not in self._methods:
            name = "stream-" if name.startswith("stream-") else ""
        self._limiter.count(caller, name)

    async def call(self, caller: Caller, name: str, arguments: list[Any]) -> Any:
        """Call a method and return what it answers.

        Raises MethodFailure 404 for an unknown name, 400 for arguments that do not fit, and
        `too-many-requests`; the method's refusal of those who may not call it, as Coded; Typed
        `invalid-params` for control characters; and whatever it refuses itself.
        """
        self.limit(caller, name)
        method = self._methods.get(name)
        if method is None:
            raise MethodFailure(404, f"Method '{name}' not found")
        user = caller.user_or_none
        allowed = method.public if user is None else method.permissions <= user.permissions
        if not allowed:
            raise Coded(*method.refusal, {"method": name})
        refuse_control_characters(arguments)
        if method.parameters is None:
            return await method.handler(caller, arguments)
        try:
            given = msgspec.convert(arguments, method.parameters)
        except (msgspec.ValidationError, RecursionError) as error:
            raise MethodFailure(400, "Match failed") from error
        return await method.handler(caller, *(getattr(given, each) for each in _fields(given)))

    async def answer(
        self, caller: Caller, call_id: str, name: str, arguments: list[Any]
    ) -> dict[str, Any]:
        """Call a method and return the `result` frame: with the result, if any, or the error."""
        frame: dict[str, Any] = {"msg": "result", "id": call_id}
        try:
            result = await self.call(caller, name, arguments)
        except Failure as refusal:
            frame["error"] = error_document(refusal)
        except Exception:
            log.exception("method_failed", method=name)
            frame["error"] = error_document(MethodFailure(500, "Internal server error"))
        else:
            if result is not None:
                frame["result"] = result
        return frame

    def _add(self, method: Method) -> None:
        assert method.name not in self._methods, f"{method.name} is declared twice"
        self._methods[method.name] = method


def _parameters(name: str, handler: Handler) -> type[msgspec.Struct]:
    """Return the Struct of a handler's parameters after the first, filled from a list."""
    hints = get_type_hints(handler)
    _, *declared = inspect.signature(handler).parameters.values()
    fields = [
        (each.name, hints[each.name])
        if each.default is inspect.Parameter.empty
        else (each.name, hints[each.name], each.default)
        for each in declared
    ]
    return msgspec.defstruct(f"Parameters of {name}", fields, array_like=True)


def _fields(struct: msgspec.Struct) -> tuple[str, ...]:
    return struct.__struct_fields__
