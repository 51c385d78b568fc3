"""The composition root: everything is put together here, and nowhere else."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

import structlog

from frontdesk.access import jobs as access_jobs
from frontdesk.access.connected import keep_connections
from frontdesk.access.first_start import FirstAdmin, keep_first_admin, prepare_access
from frontdesk.access.sessions import FRESH_ALONE, FRESH_AMONG_OTHERS, Sessions
from frontdesk.catalog.first_start import prepare_priorities
from frontdesk.channels.email.worker import InboxWorker
from frontdesk.config import Config
from frontdesk.conversations.first_start import prepare_rooms
from frontdesk.conversations.queue_worker import QueueWorker
from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import upgrade_if_needed
from frontdesk.features import ATTEMPTS, FEATURES, LANES, METHODS, STREAMS, job_handlers
from frontdesk.files.store import FileStore
from frontdesk.http import Operation
from frontdesk.http.frame import Frame
from frontdesk.http.openapi import openapi_routes
from frontdesk.http.probes import probe_routes
from frontdesk.http.router import Endpoint, Router
from frontdesk.http_client import addresses
from frontdesk.jobs.worker import Worker
from frontdesk.messages.indexing import Indexer
from frontdesk.realtime.live import Live
from frontdesk.seams import connect
from frontdesk.settings.following import SettingsFollower
from frontdesk.settings.store import prepare_settings
from frontdesk.settings.workspace import Settings
from frontdesk.web.widget_page import widget_endpoints
from frontdesk.webhooks import jobs as webhook_jobs
from frontdesk.workforce import jobs as workforce_jobs
from frontdesk.workforce.first_start import prepare_business_hours
from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: How long running jobs may go on at shutdown; seconds.
GRACE = 10
#: When the garbage collector looks at what is new, not so new, and at everything. Ten thousand
#: connections are a million objects: looking at them all takes as long as serving a hundred calls,
#: and finds next to nothing: connections and ordinary calls leave no cycles behind.
COLLECTIONS = (5_000, 20, 100)


def create_app(config: Config) -> Router:
    """Return the application of one process: store opened, migrated and prepared.

    Raises ConfigurationError or ValueError for options that cannot work.
    """
    db, settings = open_store(config)
    files = FileStore(config.files_url, config.data_dir)
    workspace = Workspace(config, db, settings, files)
    connect(workspace)
    addresses.always_allowed[:] = addresses.LOOPBACK if config.test_mode else ()
    alone = config.database_url.startswith("sqlite")
    sessions = Sessions(
        db, FRESH_ALONE if alone else FRESH_AMONG_OTHERS, two_factor=not config.test_mode
    )
    worker = Worker(db, job_handlers(workspace), lanes=LANES, attempts=ATTEMPTS)
    queue_worker = QueueWorker(workspace, alone=alone)
    inbox_worker = InboxWorker(workspace)
    indexer = Indexer(db)
    settings_follower = SettingsFollower(workspace)
    live = Live(
        workspace,
        sessions,
        METHODS,
        STREAMS,
        caches=[settings_follower, sessions],
        redis_url=None if alone else config.redis_url,
    )

    @contextlib.asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        followers = [] if alone else [asyncio.create_task(settings_follower.look())]
        followers.append(asyncio.create_task(keep_connections(workspace)))
        await worker.start()
        await queue_worker.start()
        await inbox_worker.start()
        await indexer.start()
        await live.start()
        gc.collect()
        gc.freeze()  # what stands after the start lives as long as the process
        gc.set_threshold(*COLLECTIONS)
        log.info("ready", url=config.root_url, database=config.database_url.split(":")[0])
        try:
            yield
        finally:
            for follower in followers:
                follower.cancel()
            await live.stop()
            await indexer.stop()
            await inbox_worker.stop()
            await queue_worker.stop()
            await worker.stop(GRACE)
            await db.close()

    return Router(_endpoints(workspace, sessions), lifespan, live.sockets)


def open_store(config: Config) -> tuple[Database, Settings]:
    """Return the store, migrated and with all that a workspace has from its first start, and the
    settings. The password of a first administrator is printed.

    Raises ValueError for options that cannot work.
    """
    config.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade_if_needed(config.database_url)
    db = open_database(config.database_url)
    settings, admin = db.write_now(lambda tx: _prepare(tx, config))
    if admin is not None:
        _show(admin, config)
    return db, settings


def _prepare(tx: Tx, config: Config) -> tuple[Settings, FirstAdmin | None]:
    settings = prepare_settings(tx, config.root_url, config.environment)
    admin = prepare_access(tx, config)
    prepare_rooms(tx)
    prepare_priorities(tx)
    prepare_business_hours(tx)
    access_jobs.schedule(tx)
    workforce_jobs.schedule(tx)
    webhook_jobs.schedule(tx)
    return settings, admin


def _show(admin: FirstAdmin, config: Config) -> None:
    path = keep_first_admin(admin, config.data_dir)
    print(
        f"First administrator: user name {admin.username!r}, password {admin.password!r}\n"
        f"Also in {path}: change the password, or delete the file, once you have signed in at "
        f"{config.root_url}",
        flush=True,
    )


def _endpoints(workspace: Workspace, sessions: Sessions) -> dict[str, Endpoint]:
    operations: dict[str, dict[str, Operation]] = {}
    features = [*FEATURES, probe_routes(workspace)]
    features.append(openapi_routes(features, workspace))
    for routes in features:
        for operation in routes.operations:
            by_method = operations.setdefault(operation.path, {})
            assert operation.method not in by_method, f"{operation.path} is declared twice"
            by_method[operation.method] = operation
    frame = Frame(workspace, sessions)
    served = {path: frame.endpoint(by_method) for path, by_method in operations.items()}
    return {**served, **widget_endpoints(workspace)}
