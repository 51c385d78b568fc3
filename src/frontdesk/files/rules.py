"""Which files may be stored (messages notes, 1.8 and 4.2), in the API's words."""

from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING

from frontdesk.errors import Coded

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings

#: Applies where FileUpload_MaxFileSize is 0; bytes (messages notes, 4.2).
DEFAULT_LIMIT = 104_857_600
_UNITS = ("B", "KB", "MB", "GB", "TB")


def check_file(settings: "Settings", content_type: str, size: int) -> None:
    """Refuse a file of `size` bytes that the settings do not allow, with Coded
    `error-file-upload-disabled`, `error-file-too-large` or `error-invalid-file-type`.
    """
    check_enabled(settings)
    limit = size_limit(settings)
    if limit is not None and size > limit:
        raise too_large(limit)
    if not is_type_allowed(settings, content_type):
        raise Coded("error-invalid-file-type", "File type is not accepted.")


def check_enabled(settings: "Settings") -> None:
    """Raise Coded `error-file-upload-disabled` if uploads are switched off."""
    if not settings.flag("FileUpload_Enabled"):
        raise Coded("error-file-upload-disabled", "File uploads are disabled.")


def size_limit(settings: "Settings") -> int | None:
    """Return the size in bytes that a file may have at the most, or None for any size."""
    limit = settings.number("FileUpload_MaxFileSize")
    if limit < 0:
        return None
    return limit or DEFAULT_LIMIT


def is_type_allowed(settings: "Settings", content_type: str) -> bool:
    """Tell whether files of a media type may be stored; its parameters do not matter.

    The black list goes first, then an empty white list, or `*` in it, allows all. An entry
    names a type or all of a kind, such as `image/*`.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    names = {media_type, f"{media_type.partition('/')[0]}/*"}
    if names & _entries(settings, "FileUpload_MediaTypeBlackList"):
        return False
    white = _entries(settings, "FileUpload_MediaTypeWhiteList")
    return not white or "*" in white or bool(names & white)


def too_large(limit: int) -> Coded:
    """Return the refusal of a file that is larger than `limit` bytes."""
    text = f"File size exceeds upload limit of {size_text(limit)}."
    return Coded("error-file-too-large", text)


async def within(pieces: AsyncIterable[bytes], limit: int | None) -> AsyncIterator[bytes]:
    """Pass on the pieces of an upload; raise Coded `error-file-too-large` beyond `limit` bytes."""
    size = 0
    async for piece in pieces:
        size += len(piece)
        if limit is not None and size > limit:
            raise too_large(limit)
        yield piece


def size_text(size: int) -> str:
    """Return a number of bytes as people read it, for example `100 MB` or `1.46 KB`."""
    unit = min(max(size.bit_length() - 1, 0) // 10, len(_UNITS) - 1)
    return f"{round(size / 1024**unit, 2):g} {_UNITS[unit]}"


def _entries(settings: "Settings", setting_id: str) -> set[str]:
    return {entry.lower() for entry in settings.texts(setting_id)}
