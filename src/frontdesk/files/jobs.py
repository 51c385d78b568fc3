"""The jobs of files, for the worker."""

from typing import TYPE_CHECKING

from frontdesk.files.keeping import PURGE, release_expired
from frontdesk.jobs import Handler, JobRun

if TYPE_CHECKING:
    from frontdesk.workspace import Workspace


def job_handlers(workspace: "Workspace") -> dict[str, Handler]:
    """Return the handlers by kind."""

    async def purge(run: JobRun) -> None:
        file_id: str = run.payload["id"]
        if await workspace.db.write(lambda tx: release_expired(tx, file_id)):
            await workspace.files.delete(file_id)

    return {PURGE: purge}
