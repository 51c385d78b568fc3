from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from frontdesk.files.store import PIECE, FileStore


@pytest.fixture(params=["data folder", "file URL"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    """Return a store in a folder that does not exist yet."""
    if request.param == "data folder":
        return FileStore(None, tmp_path / "data")
    return FileStore((tmp_path / "other folder").as_uri(), tmp_path / "data")


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    for piece in content:
        yield piece


async def read(store: FileStore, file_id: str) -> list[bytes]:
    return [piece async for piece in await store.stream(file_id)]


async def test_bytes_come_back_as_they_were_put(store: FileStore) -> None:
    assert await store.put("first", b"\x00\xff content") == 10
    assert await store.get("first") == b"\x00\xff content"
    assert b"".join(await read(store, "first")) == b"\x00\xff content"


async def test_a_stream_is_stored_piece_by_piece(store: FileStore) -> None:
    content = [bytes([number]) * 3_000_000 for number in range(5)]
    assert await store.put("large", pieces(*content)) == 15_000_000
    assert await store.get("large") == b"".join(content)
    streamed = await read(store, "large")
    assert b"".join(streamed) == b"".join(content)
    assert len(streamed) > 15_000_000 // PIECE // 8


async def test_an_empty_file_is_a_file(store: FileStore) -> None:
    assert await store.put("empty", b"") == 0
    assert await store.put("nothing", pieces()) == 0
    assert await store.get("empty") == await store.get("nothing") == b""


async def test_putting_again_replaces(store: FileStore) -> None:
    await store.put("file", b"one and more")
    await store.put("file", b"two")
    assert await store.get("file") == b"two"


async def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def broken(size: int) -> AsyncIterator[bytes]:
        yield bytes(size)
        raise ConnectionError("gone")

    store = FileStore(None, tmp_path)
    for size in (10, 12_000_000):
        with pytest.raises(ConnectionError, match="gone"):
            await store.put("broken", broken(size))
    with pytest.raises(FileNotFoundError):
        await store.get("broken")
    assert list((tmp_path / "files").iterdir()) == []


async def test_a_file_that_is_not_there_is_said_before_its_first_byte(store: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        await store.get("missing")
    with pytest.raises(FileNotFoundError):
        await store.stream("missing")


async def test_a_deleted_file_is_gone_and_deleting_again_is_fine(store: FileStore) -> None:
    await store.put("file", b"content")
    await store.delete("file")
    await store.delete("file")
    with pytest.raises(FileNotFoundError):
        await store.get("file")


@pytest.mark.parametrize("file_id", ["", "../secret", "a/b", ".", "a\x00", "a" * 65, "a\n"])
async def test_no_id_leads_out_of_the_store(store: FileStore, file_id: str) -> None:
    for attempt in (store.get, store.stream, store.delete):
        with pytest.raises(ValueError, match="not the id"):
            await attempt(file_id)
    with pytest.raises(ValueError, match="not the id"):
        await store.put(file_id, b"")


async def test_the_folder_is_for_the_server_only(tmp_path: Path) -> None:
    await FileStore(None, tmp_path).put("file", b"content")
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("start", "end", "content"),
    [(0, 3, b"con"), (3, 7, b"tent"), (3, None, b"tent"), (6, 7, b"t")],
)
async def test_a_part_of_a_file_is_read(
    store: FileStore, start: int, end: int | None, content: bytes
) -> None:
    await store.put("file", b"content")
    assert b"".join([piece async for piece in await store.stream("file", start, end)]) == content
