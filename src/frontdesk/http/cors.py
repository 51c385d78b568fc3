"""Preflight requests (API frame, 2.7)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from frontdesk.http.answers import ALLOW_HEADERS, Answer, Headers, text

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

_METHODS = (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, HEAD, PATCH")


def preflight(headers: Mapping[str, str], settings: "Settings") -> Answer:
    """Answer an OPTIONS request as the CORS settings say."""
    origin = headers.get("origin")
    if origin is None and "access-control-request-method" not in headers:
        return text(200, "OK")
    if not settings.flag("API_Enable_CORS"):
        return text(405, 'CORS not enabled. Go to "Admin > General > REST Api" to enable it.')
    allowed = settings.text("API_CORS_Origin").strip()
    if allowed == "*":
        return text(200, "OK", _allowing("*"))
    if origin is not None and origin in [each.strip().lower() for each in allowed.split(",")]:
        return text(200, "OK", [*_allowing(origin), (b"vary", b"Origin")])
    return text(403, "Invalid origin")


def _allowing(origin: str) -> Headers:
    allow_origin = (b"access-control-allow-origin", origin.encode("latin-1"))
    return [allow_origin, _METHODS, ALLOW_HEADERS]
