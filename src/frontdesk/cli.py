"""The command line: `frontdesk serve`, `backup`, `jobs`, `demo`, `demo-data`."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from frontdesk import __version__
from frontdesk.config import Config, ConfigurationError
from frontdesk.jobs.commands import jobs_group


def _options(command: Any) -> Any:
    for option in (
        click.option(
            "--database-url",
            envvar="FRONTDESK_DATABASE_URL",
            help="sqlite:///FILE or postgresql://... (default: frontdesk.db in the data folder)",
        ),
        click.option(
            "--data-dir",
            envvar="FRONTDESK_DATA_DIR",
            default="data",
            show_default=True,
            help="Folder for the database, files and written mail.",
        ),
    ):
        command = option(command)
    return command


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Frontdesk: a self-hosted front desk for customer conversations."""


main.add_command(jobs_group)


@main.command()
@click.option("--host", envvar="FRONTDESK_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="FRONTDESK_PORT", type=int, help="Default: $PORT or 3000.")
@_options
@click.option(
    "--redis-url",
    envvar="FRONTDESK_REDIS_URL",
    help="redis://HOST/0: through which several processes on PostgreSQL tell each other.",
)
@click.option("--workers", envvar="FRONTDESK_WORKERS", default=1, show_default=True)
@click.option("--files-url", envvar="FRONTDESK_FILES_URL", help="An object store, e.g. s3://...")
@click.option(
    "--log-level",
    envvar="FRONTDESK_LOG_LEVEL",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
)
def serve(**options: Any) -> None:
    """Run the server."""
    import uvicorn

    from frontdesk.process import OPTIONS_VARIABLE, encode_options
    from frontdesk.realtime.wire import LARGEST_MESSAGE

    try:
        config = Config.from_options(**options)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    os.umask(0o077)  # database, files and mail are nobody else's business
    # Every worker process reads the same options again, see process.py.
    os.environ[OPTIONS_VARIABLE] = encode_options({**options, "port": config.port})
    uvicorn.run(
        "frontdesk.process:application",
        factory=True,
        host=config.host,
        port=config.port,
        workers=config.workers,
        loop="uvloop",
        http="httptools",
        # What clients may send, and how they are looked after: see realtime/wire.py.
        ws="frontdesk.realtime.wire:WebSocketProtocol",
        ws_max_size=LARGEST_MESSAGE,
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_options
def backup(file: Path, database_url: str | None, data_dir: str) -> None:
    """Copy the database to FILE while the server runs."""
    from frontdesk.db.backup import BackupError, back_up

    config = Config.from_options(database_url=database_url, data_dir=data_dir)
    try:
        back_up(config.database_url, file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The database is in {file}. Files of conversations lie in {config.data_dir}.")


@main.command()
@click.option("--url", default="http://127.0.0.1:3000", show_default=True)
@click.option("--username", envvar="ADMIN_USERNAME", default="admin", show_default=True)
@click.option("--password", envvar="ADMIN_PASS")
@_options
def demo(**options: Any) -> None:
    """Hold one conversation on a running server, from first word to closed record."""
    from frontdesk.demo import run_demo

    sys.exit(run_demo(**options))


@main.command("demo-data")
@click.option("--rooms", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other data.")
@click.option("--more", is_flag=True, help="Add to a workspace that has conversations already.")
@click.option("--password", help="Let agents and managers log in with it (else: no log-in).")
@click.option(
    "--until",
    type=click.DateTime(),
    help="End of the twelve months, UTC (default: now). The same end gives the same data.",
)
@_options
def demo_data(**options: Any) -> None:
    """Fill the workspace with made-up conversations of the last twelve months."""
    from frontdesk.demo_data.command import run_demo_data

    sys.exit(run_demo_data(**options))


if __name__ == "__main__":
    main()
