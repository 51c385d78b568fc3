"""Where the bytes of files lie: a folder of this machine or an object store."""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterable, AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from obstore.store import ObjectStore

#: What an id may look like, so that none can name another path.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: Bytes in a piece of a stream, at least.
PIECE = 256 * 1024


class FileStore:
    """The bytes of files by id.

    `url` is an object store (`s3://bucket/prefix`, `gs://...`, `az://...`, with credentials from
    the environment as those services name them) or a folder (`file:///...`); without one the
    files lie in `<data_dir>/files`. A file is there as a whole or not at all, and in a folder it
    survives a power cut once `put` has returned. ValueError is raised for an odd id.
    """

    def __init__(self, url: str | None, data_dir: Path) -> None:
        self._url = url
        self._folder: Path | None = None
        if url is None:
            self._folder = data_dir / "files"
        elif urlsplit(url).scheme == "file":
            self._folder = Path(unquote(urlsplit(url).path))

    @cached_property
    def _store(self) -> "ObjectStore":
        # Loaded at first use: a workspace without files does not pay for it.
        from obstore.store import LocalStore, from_url

        if self._folder is None:
            assert self._url is not None
            return from_url(self._url)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(self._folder)

    async def put(self, file_id: str, content: bytes | AsyncIterable[bytes]) -> int:
        """Store bytes, or the pieces of a stream, under an id; return how many bytes there were.

        If the stream raises, nothing is stored and its exception is passed on.
        """
        import obstore

        path = _checked(file_id)
        size = 0
        if isinstance(content, bytes):
            size = len(content)
            await obstore.put_async(self._store, path, content)
        else:

            async def counted() -> AsyncIterator[bytes]:
                nonlocal size
                async for piece in content:
                    size += len(piece)
                    yield piece

            await obstore.put_async(self._store, path, counted())
        if self._folder is not None:
            await asyncio.to_thread(_sync, self._folder / path, self._folder)
        return size

    async def get(self, file_id: str) -> bytes:
        """Return all bytes of a file; raises FileNotFoundError."""
        import obstore

        found = await obstore.get_async(self._store, _checked(file_id))
        return bytes(await found.bytes_async())

    async def stream(
        self, file_id: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Return the pieces of a file, from byte `start` to before byte `end` (None: its end).

        Raises FileNotFoundError before the first one.
        """
        import obstore

        path = _checked(file_id)
        if end is not None:
            found = await obstore.get_async(self._store, path, options={"range": (start, end)})
        elif start:
            found = await obstore.get_async(self._store, path, options={"range": {"offset": start}})
        else:
            found = await obstore.get_async(self._store, path)

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

        return pieces()

    async def delete(self, file_id: str) -> None:
        """Delete a file; one that is not there is fine."""
        import obstore

        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, _checked(file_id))


def _checked(file_id: str) -> str:
    if not _ID.fullmatch(file_id):
        raise ValueError(f"not the id of a file: {file_id!r}")
    return file_id


def _sync(*paths: Path) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
