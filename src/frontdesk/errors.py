"""The refusals that a use case may raise; the frame renders them (see http/answers.py).

One root, `Failure`, so that a door can catch every refusal and nothing else.
"""

from collections.abc import Mapping
from typing import Any


class Failure(Exception):
    """Root of all refusals that the API words for its caller."""

    status = 400

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer (without transport details)."""
        return {"success": False, "error": str(self)}


class Refused(Failure):
    """A plain error: `{"success": false, "error": text}` with status 400."""


class Silent(Failure):
    """Status 400 with `{"success": false}` and no text, or with the given members only."""

    def __init__(self, members: Mapping[str, Any] | None = None) -> None:
        super().__init__("")
        self.members = dict(members or {})

    def body(self) -> dict[str, Any]:
        """Return the given members and `success: false`."""
        return {**self.members, "success": False}


class Coded(Failure):
    """A typed error: `"<reason> [<code>]"` with `errorType` and, if given, `details`."""

    def __init__(self, code: str, reason: str = "", details: Any = None) -> None:
        super().__init__(f"{reason} [{code}]" if reason else f"[{code}]")
        self.code = code
        self.reason = reason
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return text, `errorType` and `details`."""
        answer: dict[str, Any] = {
            "success": False,
            "error": str(self),
            "errorType": self.code,
        }
        if self.details is not None:
            answer["details"] = self.details
        return answer


class Typed(Failure):
    """A text with an `errorType` of its own, without the bracketed code."""

    def __init__(self, text: str, error_type: str, details: Any = None) -> None:
        super().__init__(text)
        self.error_type = error_type
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return text, `errorType` and `details`."""
        answer: dict[str, Any] = {
            "success": False,
            "error": str(self),
            "errorType": self.error_type,
        }
        if self.details is not None:
            answer["details"] = self.details
        return answer


class Forbidden(Failure):
    """The caller is known but may not: status 403."""

    status = 403

    def __init__(self, text: str = "unauthorized") -> None:
        super().__init__(text)


class NotFound(Failure):
    """What was asked for does not exist: status 404."""

    status = 404

    def __init__(self, text: str = "Resource not found") -> None:
        super().__init__(text)


class Conflict(Exception):
    """A transaction lost a race for rows and may be run again from its start."""
