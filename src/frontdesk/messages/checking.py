"""The rules for what a client may put into a message besides its text.

Source: behaviour of the API, messages, section 1.4, steps 1 and 2.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from frontdesk.errors import Coded, Refused
from frontdesk.http.ajv import Checker, compile_schema

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: No text is longer, whoever writes it and whatever the settings allow; characters.
HARD_LIMIT = 100_000
#: Client clocks may be off by this much; beyond `_TRUSTED` our own time is taken. Milliseconds.
_TOLERATED = 60_000
_TRUSTED = 10_000

#: Attachments of one message: bytes as JSON, and levels (quotes in quotes).
_MOST_BYTES = 1_000_000
_DEEPEST = 10

_LINKS = (
    *("title_link", "image_url", "audio_url", "video_url"),
    *("thumb_url", "message_link", "author_link", "author_icon"),
)
_TEXTS = (
    *("title", "text", "description", "author_name", "color", "type", "format", "fallback"),
    *("image_type", "audio_type", "video_type", "image_preview", "image_alt"),
)
_SIZES = ("size", "image_size", "audio_size", "video_size")
_FLAGS = ("collapsed", "title_link_download")
_OPTIONAL = "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation in field"


def check_length(settings: "Settings", text: str) -> None:
    """Raise Coded `error-message-size-exceeded` for a user's text beyond the limit."""
    if length(text) > min(settings.number("Message_MaxAllowedSize"), HARD_LIMIT):
        raise _too_long()


def check_visitor_length(settings: "Settings", text: str) -> None:
    """Raise Refused `message-length-exceeds-character-limit` for a visitor's text beyond it.

    A limit of 0 that is switched on refuses every text (the API's own reading of it).
    """
    limit = HARD_LIMIT
    if settings.flag("Livechat_enable_message_character_limit"):
        limit = min(limit, settings.number("Livechat_message_character_limit"))
    if length(text) > limit:
        raise Refused("message-length-exceeds-character-limit")


def length(text: str) -> int:
    """Return the length of a text as clients count it: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def checked_time(now: int, given: int | None) -> int | None:
    """Return the time (ms) that a client gave for its message, or None to take our own.

    Raises Coded `error-message-ts-out-of-sync` for more than a minute's difference.
    """
    if given is None:
        return None
    difference = abs(now - given)
    if difference > _TOLERATED:
        raise Coded("error-message-ts-out-of-sync", "Message timestamp is out of sync")
    return given if difference <= _TRUSTED else None


def check_avatar(avatar: str | None) -> None:
    """Raise Refused unless an avatar is a web address or a path of this server."""
    if avatar and not (avatar.startswith("/") or _is_address(avatar)):
        raise Refused("Invalid href value provided")


def check_attachments(attachments: Sequence[Any] | None, depth: int = 0) -> None:
    """Raise Refused for attachments that clients could not draw safely.

    Raises Coded `error-message-size-exceeded` for more than a megabyte of them.
    """
    if attachments and depth == 0 and len(msgspec.json.encode(attachments)) > _MOST_BYTES:
        raise _too_long()
    for attachment in attachments or ():
        if not isinstance(attachment, dict):
            raise Refused(f"Match error: Expected object, got {_json(attachment)}")
        for name in _LINKS:
            _check_link(attachment.get(name))
        _check_types(attachment, _TEXTS, str)
        _check_types(attachment, _SIZES, int | float)
        _check_types(attachment, _FLAGS, bool)
        _check_fields(attachment.get("fields"))
        nested = attachment.get("attachments")
        if nested is not None:
            if not isinstance(nested, list) or depth == _DEEPEST:
                raise Refused(f"{_OPTIONAL} attachments")
            check_attachments(nested, depth + 1)


def check_custom_fields(settings: "Settings", fields: Mapping[str, Any] | None) -> None:
    """Raise Refused unless the workspace allows fields like these in messages."""
    if fields is None:
        return
    if not settings.flag("Message_CustomFields_Enabled"):
        raise Refused("Custom fields not enabled")
    checker = _custom_fields_checker(settings.text("Message_CustomFields"))
    if checker is None or checker(fields).errors:
        raise Refused("Invalid custom fields")


@lru_cache(maxsize=8)
def _custom_fields_checker(schema: str) -> Checker | None:
    try:
        return compile_schema(msgspec.json.decode(schema, type=dict[str, Any]), coerce=False)
    except (ValueError, RecursionError):
        return None


def _check_link(link: Any) -> None:
    if link is None:
        return
    if not isinstance(link, str) or not (link.startswith("/file-upload/") or _is_address(link)):
        raise Refused("Invalid href value provided")


def _is_address(link: str) -> bool:
    """Tell whether a link leads to a place and runs nothing."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.netloc)
    return parts.scheme in ("mailto", "tel") and bool(parts.path)


def _check_types(attachment: Mapping[str, Any], names: Sequence[str], kind: Any) -> None:
    for name in names:
        value = attachment.get(name)
        if value is None:
            continue
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Refused(f"{_OPTIONAL} {name}")


def _check_fields(fields: Any) -> None:
    if fields is None:
        return
    if not isinstance(fields, list):
        raise Refused(f"{_OPTIONAL} fields")
    for field in fields:
        complete = isinstance(field, dict) and field.get("title") and field.get("value")
        if not complete:
            raise Refused("Invalid attachment field, title and value is required")
        _check_types(field, ("title", "value"), str)


def _too_long() -> Coded:
    return Coded("error-message-size-exceeded", "Message size exceeds Message_MaxAllowedSize")


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
