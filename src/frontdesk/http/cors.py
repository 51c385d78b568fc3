"""Preflight requests (API frame, 2.7)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontdesk.http.answers import JSON_HEADERS, Answer, text

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

METHODS = (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, HEAD, PATCH")
_ALLOW_HEADERS = next(h for h in JSON_HEADERS if h[0] == b"access-control-allow-headers")


def preflight(headers: Mapping[str, str], settings: "Settings") -> Answer:
    """Answer an OPTIONS request as the CORS settings say."""
    origin = headers.get("origin")
    if origin is None and "access-control-request-method" not in headers:
        return text(200, "OK")
    if not settings.flag("API_Enable_CORS"):
        return text(405, 'CORS not enabled. Go to "Admin > General > REST Api" to enable it.')
    allowed = settings.text("API_CORS_Origin").strip()
    if allowed == "*":
        return text(200, "OK", [METHODS, _ALLOW_HEADERS])
    if origin in [each.strip().lower() for each in allowed.split(",")]:
        return text(
            200,
            "OK",
            [
                (b"access-control-allow-origin", (origin or "").encode("latin-1")),
                (b"vary", b"Origin"),
                METHODS,
                _ALLOW_HEADERS,
            ],
        )
    return text(403, "Invalid origin")
