"""Where a file is found, and the signed links that open it without a log-in.

Source: behaviour of the API, messages, section 1.8. The signature is a JSON Web Token
(RFC 7519) with HMAC-SHA-256.
"""

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from frontdesk.files import StoredFile

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: How long a signed link opens its file; seconds.
VALID = 3600
#: What `encodeURI` of JavaScript leaves as it is, apart from what would end the path.
_URI_CHARACTERS = "!'()*-._~;,@&=+$"
_HEADER = {"typ": "JWT", "alg": "HS256"}


class _Claims(msgspec.Struct):
    rid: str | None
    userId: str | None  # noqa: N815 (the API's name)
    fileId: str  # noqa: N815
    exp: int


def file_path(file_id: str, name: str) -> str:
    """Return the path under which a file is downloaded."""
    return f"/file-upload/{file_id}/{quote(name, safe=_URI_CHARACTERS)}"


def public_link(settings: "Settings", file: StoredFile, now: int) -> str:
    """Return the absolute address of a file, signed where the workspace signs; `now` in ms."""
    site = settings.text("Site_Url").rstrip("/")
    link = f"{site}{file_path(file.id, file.name)}"
    secret = _secret(settings)
    if not settings.flag("FileUpload_ProtectFiles") or not secret:
        return link
    claims = _Claims(file.room_id, file.user_id, file.id, now // 1000 + VALID)
    return f"{link}?token={_sign(secret, claims)}"


def opens(settings: "Settings", token: str, file: StoredFile, now: int) -> bool:
    """Tell whether a signed link's token opens a file at a time (ms)."""
    secret = _secret(settings)
    if not secret or not token.isascii():
        return False
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(secret, signed), signature):
        return False
    try:
        claims = msgspec.json.decode(_decoded(signed.partition(".")[2]), type=_Claims)
    except (ValueError, msgspec.DecodeError):
        return False
    return claims.fileId == file.id and claims.rid == file.room_id and claims.exp >= now // 1000


def _secret(settings: "Settings") -> str:
    if not settings.flag("FileUpload_Enable_json_web_token_for_files"):
        return ""
    return settings.text("FileUpload_json_web_token_secret_for_files")


def _sign(secret: str, claims: _Claims) -> str:
    signed = f"{_encoded(_HEADER)}.{_encoded(claims)}"
    return f"{signed}.{_signature(secret, signed)}"


def _signature(secret: str, signed: str) -> str:
    digest = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
