"""Built files of the web parts, as they are sent: loaded and compressed once.

What Vite names by its content (`main-C04c9RXi.css`) never changes and may be kept for ever. Files
with lasting names are asked for again after a while, and answered 304 when they are the same.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from frontdesk.http.router import Endpoint, Receive, Scope, Send

BUILT = Path(__file__).with_name("built")

#: How long a browser keeps what its name tells apart from any other version; seconds, a year.
FOR_EVER = b"public, max-age=31536000, immutable"
#: How long it uses a script with a lasting name without asking; seconds.
FOR_A_WHILE = b"public, max-age=600"

_HASHED = re.compile(r"-[A-Za-z0-9_-]{8}\.(?:js|css)$")
_COMPRESSED = ("text/", "application/json", "image/svg")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".mp3": "audio/mpeg"}
#: Smaller files gain nothing; bytes.
_WORTH_IT = 256


@dataclass(frozen=True)
class WebFile:
    """A file as it is sent: its bytes, those of its gzip form if that is smaller, its headers."""

    content: bytes
    compressed: bytes | None
    content_type: bytes
    cache_control: bytes
    etag: bytes


class Chunk(msgspec.Struct):
    """An entry of Vite's manifest: the file of a source, and what belongs to it."""

    file: str
    css: list[str] = []
    imports: list[str] = []


def load_files(folder: Path) -> dict[str, WebFile]:
    """Return the files directly in a folder by their names; none if it is not there."""
    if not folder.is_dir():
        return {}
    return {path.name: load_file(path) for path in sorted(folder.glob("[!.]*"))}


def load_file(path: Path) -> WebFile:
    """Return one file, ready to be sent."""
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    kind = kind or "application/octet-stream"
    is_text = kind.startswith(_COMPRESSED)
    compressed = gzip.compress(content, mtime=0) if is_text and len(content) > _WORTH_IT else None
    return WebFile(
        content,
        compressed if compressed is not None and len(compressed) < len(content) else None,
        f"{kind}; charset=utf-8".encode() if is_text else kind.encode(),
        FOR_EVER if _HASHED.search(path.name) else FOR_A_WHILE,
        f'"{hashlib.sha256(content).hexdigest()[:20]}"'.encode(),
    )


def load_manifest(folder: Path) -> dict[str, Chunk]:
    """Return Vite's manifest of a built web part; empty if it was not built."""
    path = folder / ".vite" / "manifest.json"
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Chunk]) if path.exists() else {}


def file_endpoint(files: Mapping[str, WebFile]) -> Endpoint:
    """Return the application that serves files by the path's variable `file`."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        file = files.get(scope["path_params"]["file"])
        if file is None:
            await send_plain(scope, send, 404, b"Not Found")
            return
        await send_file(scope, send, file)

    return only_read(serve)


def only_read(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that answers 405 to whatever is no GET or HEAD."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in ("GET", "HEAD"):
            await endpoint(scope, receive, send)
        else:
            await send_plain(scope, send, 405, b"Method Not Allowed", (b"allow", b"GET, HEAD"))

    return serve


async def send_file(scope: Scope, send: Send, file: WebFile) -> None:
    """Answer with a file, compressed if the browser takes that, or with 304 if it has it."""
    asked = dict(scope["headers"])
    headers = [
        (b"content-type", file.content_type),
        (b"cache-control", file.cache_control),
        (b"etag", file.etag),
        (b"vary", b"Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
        # Pages of other sites include these files; there is nothing secret in them.
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"access-control-allow-origin", b"*"),
    ]
    if file.etag in asked.get(b"if-none-match", b""):
        await _send(scope, send, 304, headers, b"")
        return
    content = file.content
    if file.compressed is not None and b"gzip" in asked.get(b"accept-encoding", b""):
        content = file.compressed
        headers.append((b"content-encoding", b"gzip"))
    await _send(scope, send, 200, [*headers, (b"content-length", _length(content))], content)


async def send_page(
    scope: Scope, send: Send, status: int, page: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    """Answer with an HTML page that is made anew for each request."""
    common = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", _length(page)),
    ]
    await _send(scope, send, status, [*common, *headers], page)


async def send_plain(
    scope: Scope, send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]
) -> None:
    """Answer with a word of plain text."""
    common = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", _length(body)),
    ]
    await _send(scope, send, status, [*common, *headers], body)


def _length(body: bytes) -> bytes:
    return str(len(body)).encode()


async def _send(
    scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    # The answer to HEAD has no body (RFC 9110, 9.3.2).
    shown = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": shown})
