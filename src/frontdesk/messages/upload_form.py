"""Reading an upload: a multipart form with one file, taken in as it arrives.

Source of the limits' meaning and of the texts: behaviour of the API, messages, section 4.2.
"""

import asyncio
import contextlib
import re
import tempfile
from collections.abc import AsyncIterator
from typing import IO, TYPE_CHECKING, TypeAlias

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from frontdesk.errors import Coded, Refused
from frontdesk.http.input_text import refuse_control_characters

if TYPE_CHECKING:
    from frontdesk.http.call import Call

#: What is smaller stays in memory until it is stored; bytes.
SMALL = 1024 * 1024
#: All text fields together; bytes.
MOST_TEXT = 500_000
MOST_PARTS = 32
LONGEST_NAME = 255
PIECE = 256 * 1024

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}")
_UNKNOWN = "application/octet-stream"
_PATH = re.compile(r"[\\/]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_Event: TypeAlias = MultipartSegment | bytes | bytearray | memoryview | None


class UploadForm:
    """A file and the text fields beside it. Close it when the file is stored or given up."""

    def __init__(self, folder: str) -> None:
        self.name = ""
        self.content_type = _UNKNOWN
        self.size = 0
        self.fields: dict[str, str] = {}
        self._content: IO[bytes] = tempfile.SpooledTemporaryFile(SMALL, dir=folder)  # noqa: SIM115

    async def add(self, piece: bytes) -> None:
        """Take in the next bytes of the file."""
        self.size += len(piece)
        if self.size <= SMALL:
            self._content.write(piece)
        else:
            await asyncio.to_thread(self._content.write, piece)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Return the bytes of the file, from the beginning."""
        self._content.seek(0)
        while True:
            piece = await asyncio.to_thread(self._content.read, PIECE)
            if not piece:
                return
            yield piece

    def picture(self) -> bytes | None:
        """Return all bytes of a picture that is small enough to be looked at, else None."""
        if not self.content_type.startswith("image/") or self.size > 10 * SMALL:
            return None
        self._content.seek(0)
        return self._content.read()

    def close(self) -> None:
        """Give the room of the file back."""
        self._content.close()


@contextlib.asynccontextmanager
async def upload_form(call: "Call", field: str, limit: int | None) -> AsyncIterator[UploadForm]:
    """Read the form of a request whose file stands in `field` and has `limit` bytes at the most.

    Raises Coded `error-no-body`, `error-no-file`, `invalid-field`, `error-too-many-files`,
    `error-file-too-large`, or `error-upload-failed` for a form that cannot be read.
    """
    form = UploadForm(str(call.workspace.config.data_dir))
    try:
        try:
            await _read(call, form, field, limit)
        except MultipartError as error:
            raise Coded("error-upload-failed", str(error)) from error
        except Coded:
            # The rest of the upload is not waited for.
            call.answer_headers.append((b"connection", b"close"))
            raise
        refuse_control_characters(form.fields)
        yield form
    finally:
        form.close()


async def _read(call: "Call", form: UploadForm, field: str, limit: int | None) -> None:
    parser = PushMultipartParser(_boundary(call), max_segment_count=MOST_PARTS)
    part: MultipartSegment | None = None
    seen = False
    text = bytearray()
    left = MOST_TEXT
    with parser:
        async for event in _events(call, parser):
            if isinstance(event, MultipartSegment):
                part = event
                if part.filename is not None:
                    _begin_file(form, part, field, seen=seen)
                    seen = True
            elif event is None:
                if part is not None and part.filename is None and part.name:
                    form.fields[part.name] = text.decode("utf-8", "replace")
                text.clear()
            elif part is not None and part.filename is not None:
                if limit is not None and form.size + len(event) > limit:
                    raise Coded("error-file-too-large", "File size exceeds the allowed limit")
                await form.add(bytes(event))
            else:
                left -= len(event)
                if left < 0:
                    raise Coded("error-upload-failed", "Form fields are too long")
                text += event
    if not seen:
        raise Coded("error-no-file", "No file uploaded")


def _boundary(call: "Call") -> str:
    kind, options = parse_options_header(call.headers.get("content-type", ""))
    chunked = "transfer-encoding" in call.headers
    if call.headers.get("content-length", "0") == "0" and not chunked:
        raise Coded("error-no-body", "Request has no body")
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise Coded("error-upload-failed", "Not a multipart form")
    return str(options["boundary"])


async def _events(call: "Call", parser: PushMultipartParser) -> AsyncIterator[_Event]:
    assert call.receive is not None
    while True:
        message = await call.receive()
        if message["type"] == "http.disconnect":
            raise Refused("The request was cut off")
        chunk = message.get("body", b"")
        if chunk and not parser.closed:
            for event in parser.parse(chunk):
                yield event
        if not message.get("more_body", False):
            return


def _begin_file(form: UploadForm, part: MultipartSegment, field: str, *, seen: bool) -> None:
    if seen:
        raise Coded("error-too-many-files", "Too many files in upload")
    if part.name != field:
        raise Coded("invalid-field")
    form.name = file_name(part.filename or "")
    given = (part.content_type or "").lower()
    form.content_type = given if _TYPE.fullmatch(given) else _UNKNOWN


def file_name(given: str) -> str:
    """Return a name for a file that is no path and can be shown."""
    name = _CONTROL.sub("", _PATH.split(given)[-1]).strip()
    return name[-LONGEST_NAME:] if name not in ("", ".", "..") else "file"
