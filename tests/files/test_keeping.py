import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from frontdesk.config import Config
from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import driver_url
from frontdesk.files.jobs import job_handlers
from frontdesk.files.keeping import (
    PURGE,
    files_of_room,
    find_file,
    hide_file,
    keep_file,
    record_file,
    remove_file,
)
from frontdesk.files.store import FileStore
from frontdesk.files.tables import StoredFile, files
from frontdesk.jobs import Handler, JobRun
from frontdesk.jobs.queue import list_jobs
from frontdesk.jobs.tables import jobs
from frontdesk.jobs.worker import Worker
from frontdesk.settings.workspace import Settings
from frontdesk.workspace import Workspace

DAY_MS = 86_400_000


@pytest.fixture
async def workspace(database_url: str, tmp_path: Path) -> AsyncIterator[Workspace]:
    """Return a workspace with the tables of files and jobs."""
    engine = create_engine(driver_url(database_url))
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    for table in (jobs, files):
        table.create(engine)
    engine.dispose()
    config = Config.from_options(data_dir=tmp_path, environment={})
    db = open_database(database_url)
    yield Workspace(config, db, Settings.initial("http://chat.example"), FileStore(None, tmp_path))
    await db.close()


def upload(file_id: str = "file1", expires_at: int | None = None) -> StoredFile:
    return StoredFile(
        id=file_id,
        name="photo.png",
        content_type="image/png",
        size=3,
        room_id="room1",
        expires_at=expires_at,
    )


async def run_purge(workspace: Workspace) -> None:
    """Run the purge job until no job is due."""
    ran: asyncio.Queue[JobRun] = asyncio.Queue()
    purge = job_handlers(workspace)[PURGE]

    async def handler(run: JobRun) -> None:
        await purge(run)
        await ran.put(run)

    handlers: dict[str, Handler] = {PURGE: handler}
    worker = Worker(workspace.db, handlers)
    await worker.start()
    await ran.get()
    await worker.stop()


async def find(db: Database, file_id: str = "file1") -> StoredFile | None:
    return await db.read(lambda tx: find_file(tx, file_id))


async def test_a_recorded_file_is_found_until_it_is_removed(workspace: Workspace) -> None:
    db = workspace.db
    recorded = await db.write(lambda tx: record_file(tx, upload()))
    assert recorded.created_at > 0
    assert await find(db) == recorded
    assert await db.read(lambda tx: files_of_room(tx, "room1")) == [recorded]
    assert await db.read(lambda tx: files_of_room(tx, "room2")) == []
    assert await find(db, "file2") is None
    assert await db.read(list_jobs) == [], "a file that does not expire needs no job"


async def test_removing_a_file_deletes_its_bytes(workspace: Workspace) -> None:
    await workspace.files.put("file1", b"abc")
    await workspace.db.write(lambda tx: record_file(tx, upload()))
    assert await workspace.db.write(lambda tx: remove_file(tx, "file1"))
    assert not await workspace.db.write(lambda tx: remove_file(tx, "file1"))
    assert await find(workspace.db) is None
    await run_purge(workspace)
    with pytest.raises(FileNotFoundError):
        await workspace.files.get("file1")
    assert await workspace.db.read(list_jobs) == []


async def test_an_upload_nobody_confirms_expires_with_its_bytes(workspace: Workspace) -> None:
    def record_yesterday(tx: Tx) -> None:
        record_file(tx, upload(expires_at=tx.now))

    await workspace.db.write(record_yesterday)
    await workspace.files.put("file1", b"abc")
    assert await find(workspace.db) is None
    assert not await workspace.db.write(lambda tx: keep_file(tx, "file1"))
    await run_purge(workspace)
    with pytest.raises(FileNotFoundError):
        await workspace.files.get("file1")


async def test_a_confirmed_upload_stays(workspace: Workspace) -> None:
    def record_for_a_day(tx: Tx) -> None:
        record_file(tx, upload(expires_at=tx.now + DAY_MS))

    await workspace.db.write(record_for_a_day)
    (job,) = await workspace.db.read(list_jobs)
    assert job.kind == PURGE
    assert await workspace.db.write(lambda tx: keep_file(tx, "file1"))
    assert await workspace.db.read(list_jobs) == []
    found = await find(workspace.db)
    assert found is not None
    assert found.expires_at is None


async def test_a_purge_that_comes_too_late_harms_nothing(workspace: Workspace) -> None:
    await workspace.files.put("file1", b"abc")
    await workspace.db.write(lambda tx: record_file(tx, upload()))
    run = JobRun("job", PURGE, None, {"id": "file1"}, 1, "lease")
    await job_handlers(workspace)[PURGE](run)
    assert await find(workspace.db) is not None
    assert await workspace.files.get("file1") == b"abc"


async def test_a_hidden_file_is_marked(workspace: Workspace) -> None:
    await workspace.db.write(lambda tx: record_file(tx, upload()))
    assert await workspace.db.write(lambda tx: hide_file(tx, "file1"))
    found = await find(workspace.db)
    assert found is not None
    assert found.hidden
