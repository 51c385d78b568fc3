"""Real-time methods over REST: the calls of clients that keep no connection.

Source: behaviour of the API, API frame, section 10; real time, section 5.3.
"""

from typing import Any

import msgspec

from frontdesk.errors import Refused, Silent
from frontdesk.http import Call, Routes
from frontdesk.realtime import ejson
from frontdesk.realtime.caller import Caller
from frontdesk.realtime.methods import Methods
from frontdesk.realtime.schemas import MethodCall, MethodFrame

_CALL = '{"msg":"method","id":"1","method":"livechat:getRoutingConfig","params":[]}'
_RESULT = '{"msg":"result","id":"1","result":{"previewRoom":false,"autoAssignAgent":true}}'
_REFUSALS = ("Invalid method call",)


def method_routes(methods: Methods) -> Routes:
    """Return the two endpoints through which all methods can be called."""
    routes = Routes("Methods")

    # The general limit of endpoints does not count here: the limits of methods do.
    @routes.post(
        "method.call/{method}",
        limited=False,
        request={"message": _CALL},
        example={"message": _RESULT},
        refusals=_REFUSALS,
    )
    async def call_method(call: Call, body: MethodCall) -> dict[str, Any]:
        """Call a real-time method.

        Which one, and its arguments, stand in `message`, as EJSON text; the path is not looked
        at. An error of the method is in the `message` of the answer, which then has status 400.
        """
        return await _answer(call, body)

    @routes.post(
        "method.callAnon/{method}",
        public=True,
        limited=False,
        request={"message": _CALL},
        example={"message": _RESULT},
        refusals=_REFUSALS,
    )
    async def call_method_as_anybody(call: Call, body: MethodCall) -> dict[str, Any]:
        """Call a real-time method without a log-in.

        For the methods that visitors use.
        """
        return await _answer(call, body)

    async def _answer(call: Call, body: MethodCall) -> dict[str, Any]:
        frame = _frame(body.message)
        user = call.user_or_none
        connection = call.address if user is None else user.hashed_token
        caller = Caller(call.workspace, user, call.address, connection)
        answer = await methods.answer(caller, frame.id, frame.method, frame.params)
        message = {"message": ejson.encode(answer)}
        if "error" in answer:
            raise Silent(message)
        return message

    return routes


def _frame(text: str) -> MethodFrame:
    """Return the call that a text spells; raises Refused with the parser's words or ours."""
    try:
        spelled = ejson.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused(str(error)) from error
    try:
        return msgspec.convert(spelled, MethodFrame)
    except msgspec.ValidationError as error:
        raise Refused("Invalid method call") from error
