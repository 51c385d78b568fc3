"""Refusals as the real-time interface words them.

Source: behaviour of the API, real time, section 2.2.
"""

from typing import Any

from frontdesk.errors import Coded, Failure, Forbidden, NotFound, Typed


class MethodFailure(Failure):
    """A refusal as methods word it: a code, which may be a number, and a reason."""

    def __init__(self, code: str | int, reason: str = "", details: Any = None) -> None:
        super().__init__(f"{reason} [{code}]" if reason else f"[{code}]")
        self.code = code
        self.reason = reason
        self.details = details


def error_document(refusal: Failure) -> dict[str, Any]:
    """Return a refusal as clients of methods read it.

    What has a text but no code of its own shows the text as its code.
    """
    code: str | int
    details = None
    match refusal:
        case Coded() | MethodFailure():
            code, reason, details = refusal.code, refusal.reason, refusal.details
        case Typed():
            code, reason, details = refusal.error_type, str(refusal), refusal.details
        case Forbidden():
            code, reason = "error-not-allowed", "Not allowed"
        case NotFound():
            code, reason = 404, str(refusal)
        case _:
            code, reason = str(refusal), ""
    document: dict[str, Any] = {"isClientSafe": True, "error": code}
    if reason:
        document["reason"] = reason
    if details is not None:
        document["details"] = details
    message = f"{reason} [{code}]" if reason else f"[{code}]"
    return {**document, "message": message, "errorType": "Meteor.Error"}
