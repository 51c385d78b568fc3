"""The command `frontdesk demo-data`."""

import asyncio
from datetime import UTC, datetime

import click

from frontdesk.app import open_store
from frontdesk.config import Config
from frontdesk.demo_data.filling import NotEmpty, Progress, fill, usual_mix
from frontdesk.demo_data.staff import PREFIX


def run_demo_data(
    *,
    rooms: int,
    seed: int,
    more: bool,
    password: str | None,
    until: datetime | None,
    data_dir: str,
    database_url: str | None,
) -> int:
    """Fill the store, with a line for every batch; return the exit code of the command."""
    config = Config.from_options(data_dir=data_dir, database_url=database_url)
    end = None if until is None else int(until.replace(tzinfo=UTC).timestamp() * 1000)
    db, _ = open_store(config)
    try:
        done = fill(
            db,
            usual_mix(rooms, seed, end),
            more=more,
            password=password,
            report=lambda progress: _tell(progress, rooms),
        )
    except NotEmpty:
        click.echo("✗ There are conversations already. To add to them: --more", err=True)
        return 1
    finally:
        asyncio.run(db.close())
    click.echo(f"✓ {done.rooms:,} conversations with {done.messages:,} messages")
    if password is None:
        click.echo(f"  The agents ({PREFIX}...) cannot log in: give --password if they should.")
    else:
        click.echo(f"  The agents ({PREFIX}...) log in with the password that you gave.")
    return 0


def _tell(progress: Progress, rooms: int) -> None:
    click.echo(f"  {progress.rooms:,} of {rooms:,} conversations, {progress.seconds:.0f} s")
