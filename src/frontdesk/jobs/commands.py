"""`frontdesk jobs`: show, retry or drop jobs, beside a running server or without one."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from frontdesk.clock import iso
from frontdesk.db import Tx, open_database
from frontdesk.db.opening import sqlite_path
from frontdesk.jobs.queue import drop_jobs, given_up_ids, list_jobs, retry_jobs
from frontdesk.jobs.tables import Job

T = TypeVar("T")


def _database(command: Any) -> Any:
    for option in (
        click.option(
            "--data-dir",
            envvar="FRONTDESK_DATA_DIR",
            default="data",
            show_default=True,
            help="Folder that holds frontdesk.db.",
        ),
        click.option(
            "--database-url",
            envvar="FRONTDESK_DATABASE_URL",
            help="sqlite:///FILE or postgresql://... (default: frontdesk.db in the data folder)",
        ),
    ):
        command = option(command)
    return command


def _choice(command: Any) -> Any:
    given_up = click.option("--all-given-up", is_flag=True, help="All jobs that were given up.")
    return click.argument("ids", nargs=-1)(given_up(_database(command)))


@click.group("jobs")
def jobs_group() -> None:
    """Show, retry or drop durable jobs."""


@jobs_group.command("list")
@click.option("--state", type=click.Choice(["waiting", "running", "given_up"]))
@click.option("--limit", default=100, show_default=True, type=click.IntRange(min=1))
@_database
def list_command(state: str | None, limit: int, **database: Any) -> None:
    """List jobs by due time, with the last error of those that failed."""
    for job in _run(lambda tx: list_jobs(tx, state, limit), **database):
        click.echo(_line(job))


@jobs_group.command("retry")
@_choice
def retry_command(ids: tuple[str, ...], all_given_up: bool, **database: Any) -> None:
    """Run jobs again now, with a fresh count of attempts."""
    _change(retry_jobs, ids, all_given_up, "Due now", "does not exist or is running", database)


@jobs_group.command("drop")
@_choice
def drop_command(ids: tuple[str, ...], all_given_up: bool, **database: Any) -> None:
    """Delete jobs: what they promised will not happen."""
    _change(drop_jobs, ids, all_given_up, "Dropped", "does not exist", database)


def _change(
    use_case: Callable[[Tx, list[str]], list[str]],
    ids: tuple[str, ...],
    all_given_up: bool,
    done: str,
    failed: str,
    database: dict[str, Any],
) -> None:
    if bool(ids) == all_given_up:
        raise click.UsageError("name jobs by their ids, or give --all-given-up")
    changed = _run(
        lambda tx: use_case(tx, given_up_ids(tx) if all_given_up else list(ids)), **database
    )
    click.echo(f"{done}: {len(changed)}")
    missed = sorted(set(ids) - set(changed))
    if missed:
        raise click.ClickException("; ".join(f"{job_id} {failed}" for job_id in missed))


def _run(use_case: Callable[[Tx], T], database_url: str | None, data_dir: str) -> T:
    url = database_url or f"sqlite:///{Path(data_dir).absolute() / 'frontdesk.db'}"
    if url.startswith("sqlite") and not sqlite_path(url).exists():
        raise click.ClickException(f"there is no database at {sqlite_path(url)}")

    async def inside() -> T:
        db = open_database(url)
        try:
            return await db.write(use_case)
        finally:
            await db.close()

    return asyncio.run(inside())


def _line(job: Job) -> str:
    parts = [job.id, job.state, iso(job.due_at), job.kind, f"attempts={job.attempts}"]
    if job.key is not None:
        parts.append(f"key={job.key}")
    if job.last_error is not None:
        parts.append(f"error={job.last_error}")
    # Keys and errors hold texts from outside; a terminal must not obey them.
    return "".join(char if char.isprintable() else " " for char in "  ".join(parts))
