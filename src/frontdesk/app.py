"""The composition root: everything is put together here, and nowhere else."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Mapping

import structlog

from frontdesk.access import announcing, deactivation, deleting, granting, updating
from frontdesk.access import jobs as access_jobs
from frontdesk.access import routes as access_routes
from frontdesk.access.first_start import FirstAdmin, keep_first_admin, prepare_access
from frontdesk.access.sessions import Sessions
from frontdesk.calls import routes as calls_routes
from frontdesk.catalog import routes as catalog_routes
from frontdesk.catalog.first_start import prepare_priorities
from frontdesk.config import Config
from frontdesk.conversations import jobs as conversation_jobs
from frontdesk.conversations import methods as conversation_methods
from frontdesk.conversations import routes as conversations_routes
from frontdesk.conversations.closing_doors import close_of_deactivated
from frontdesk.conversations.first_start import prepare_rooms
from frontdesk.conversations.leaving import follow_agent
from frontdesk.conversations.queue_worker import QueueWorker
from frontdesk.db import Database, Tx, open_database
from frontdesk.db.migrate import upgrade_if_needed
from frontdesk.files import jobs as file_jobs
from frontdesk.files.store import FileStore
from frontdesk.http import Operation, Routes
from frontdesk.http.frame import Frame
from frontdesk.http.openapi import openapi_routes
from frontdesk.http.probes import probe_routes
from frontdesk.http.router import Endpoint, Router
from frontdesk.jobs.worker import Handler, Worker
from frontdesk.mail import jobs as mail_jobs
from frontdesk.messages import jobs as message_jobs
from frontdesk.messages import routes as messages_routes
from frontdesk.realtime.methods import Methods
from frontdesk.realtime.routes import method_routes
from frontdesk.settings import following
from frontdesk.settings import routes as settings_routes
from frontdesk.settings import store as settings_store
from frontdesk.settings.store import prepare_settings
from frontdesk.settings.workspace import Settings
from frontdesk.transcripts import jobs as transcript_jobs
from frontdesk.transcripts import routes as transcripts_routes
from frontdesk.visitors import routes as visitors_routes
from frontdesk.workforce import following as workforce_following
from frontdesk.workforce import jobs as workforce_jobs
from frontdesk.workforce import routes as workforce_routes
from frontdesk.workforce.first_start import prepare_business_hours
from frontdesk.workspace import Workspace

log = structlog.get_logger(__name__)

#: A principal may be this old before it is looked up again; milliseconds. One process on SQLite
#: hears of every change; several on PostgreSQL look again after a moment.
FRESH_ALONE = 60_000
FRESH_AMONG_OTHERS = 1_000
#: How long running jobs may go on at shutdown; seconds.
GRACE = 10

METHODS = Methods([conversation_methods.methods])

FEATURES: tuple[Routes, ...] = (
    *access_routes.ROUTES,
    *settings_routes.ROUTES,
    *visitors_routes.ROUTES,
    *conversations_routes.ROUTES,
    *messages_routes.ROUTES,
    *transcripts_routes.ROUTES,
    *workforce_routes.ROUTES,
    *catalog_routes.ROUTES,
    *calls_routes.ROUTES,
    method_routes(METHODS),
)


def create_app(config: Config) -> Router:
    """Return the application of one process: store opened, migrated and prepared.

    Raises ConfigurationError or ValueError for options that cannot work.
    """
    db, settings = open_store(config)
    files = FileStore(config.files_url, config.data_dir)
    workspace = Workspace(config, db, settings, files)
    _connect(workspace)
    alone = config.database_url.startswith("sqlite")
    sessions = Sessions(
        db, FRESH_ALONE if alone else FRESH_AMONG_OTHERS, two_factor=not config.test_mode
    )
    worker = Worker(
        db,
        _job_handlers(workspace),
        attempts={**mail_jobs.ATTEMPTS, **transcript_jobs.ATTEMPTS},
    )

    queue_worker = QueueWorker(workspace, alone=alone)

    @contextlib.asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        followers = [] if alone else [asyncio.create_task(following.follow_settings(workspace))]
        await worker.start()
        await queue_worker.start()
        gc.collect()
        gc.freeze()  # what stands after the start lives as long as the process
        log.info("ready", url=config.root_url, database=config.database_url.split(":")[0])
        try:
            yield
        finally:
            for follower in followers:
                follower.cancel()
            await queue_worker.stop()
            await worker.stop(GRACE)
            await db.close()

    return Router(_endpoints(workspace, sessions), lifespan)


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
    return settings, admin


def _connect(workspace: Workspace) -> None:
    """Register what features do in the transactions of others that may not know them."""
    settings_store.on_written[:] = [
        conversation_jobs.promise_after_setting,
        workforce_jobs.promise_after_setting,
    ]
    announcing.on_changed[:] = [
        lambda tx, user_id, changes: workforce_following.follow_user(
            tx, workspace.settings, user_id, changes
        ),
        lambda tx, user_id, changes: follow_agent(tx, workspace.settings, user_id, changes),
    ]
    granting.on_roles_lost[:] = [
        lambda tx, before, lost: workforce_following.follow_lost_roles(
            tx, workspace.settings, before, lost
        )
    ]
    granting.on_roles_saved[:] = [
        lambda tx, user, given: workforce_following.follow_saved_roles(
            tx, workspace.settings, user, given
        )
    ]
    updating.on_renamed[:] = [workforce_following.follow_rename]
    deactivation.on_deactivated[:] = [close_of_deactivated]
    deleting.on_deleted[:] = [workforce_following.follow_deletion]


def _show(admin: FirstAdmin, config: Config) -> None:
    path = keep_first_admin(admin, config.data_dir)
    print(
        f"First administrator: user name {admin.username!r}, password {admin.password!r}\n"
        f"Also in {path}: change the password, or delete the file, once you have signed in at "
        f"{config.root_url}",
        flush=True,
    )


def _job_handlers(workspace: Workspace) -> Mapping[str, Handler]:
    return {
        **file_jobs.job_handlers(workspace),
        **mail_jobs.job_handlers(workspace),
        **transcript_jobs.job_handlers(workspace),
        **conversation_jobs.job_handlers(workspace),
        **message_jobs.job_handlers(workspace),
        **access_jobs.job_handlers(workspace),
        **workforce_jobs.job_handlers(workspace),
    }


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
    return {path: frame.endpoint(by_method) for path, by_method in operations.items()}
