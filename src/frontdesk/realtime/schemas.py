"""Input of the real-time interface over REST."""

from typing import Any

import msgspec


class MethodCall(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST method.call: the frame of the call as EJSON text."""

    message: str


class MethodFrame(msgspec.Struct, forbid_unknown_fields=True, tag="method", tag_field="msg"):
    """The frame of a call: which method, and with which arguments."""

    id: str
    method: str
    params: list[Any]
