"""The schema that the migrations make, and several processes that make it at once."""

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, Inspector, create_engine, insert, inspect, select, text

import frontdesk.tables as all_tables
from frontdesk.db.migrate import (
    MIGRATIONS,
    current_revision,
    driver_url,
    newest_revision,
    upgrade_if_needed,
)
from frontdesk.settings.tables import settings
from tests.harness import processes

PROCESSES = 5


@pytest.fixture
def engine_of(database_url: str) -> Any:
    """Return an engine for looking at the database."""
    made = create_engine(driver_url(database_url))
    yield made
    made.dispose()


def shape_of(engine: Engine) -> dict[str, Any]:
    """Return tables, columns, keys and indexes as the database tells them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about indexes of expressions, which have no shape here
        return _shape(inspect(engine))


def _shape(found: Inspector) -> dict[str, Any]:
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in columns],
            sorted(str(index["name"]) for index in found.get_indexes(table)),
            found.get_pk_constraint(table)["constrained_columns"],
        )
        for table in found.get_table_names()
        for columns in [found.get_columns(table)]
    }


def is_compared(name: str | None, kind: str, parents: Any) -> bool:
    """Tell whether a name is one of ours: not what an index of trigrams is made of, which is a
    matter between the migrations and the database.
    """
    return "_words" not in (name or "")


def test_the_migrations_make_the_schema_that_the_code_describes(
    database_url: str, engine_of: Engine
) -> None:
    upgrade_if_needed(database_url)

    with engine_of.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about indexes that it compares by name alone
        options = {"compare_type": True, "include_name": is_compared}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, all_tables.metadata) == []


def test_every_index_of_the_code_is_there_with_its_condition(
    database_url: str, engine_of: Engine
) -> None:
    upgrade_if_needed(database_url)

    if engine_of.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    with engine_of.connect() as connection:
        made = {str(row[0]): str(row[1]) for row in connection.execute(text(query))}
    for table in all_tables.metadata.tables.values():
        for index in table.indexes:
            options = index.dialect_options[engine_of.dialect.name]
            assert index.name in made, f"{table.name}: {index.name}"
            definition = made[str(index.name)].upper()
            assert ("WHERE" in definition) == (options["where"] is not None), index.name
            assert ("UNIQUE" in definition) == bool(index.unique), index.name


def test_a_second_start_changes_nothing(database_url: str, engine_of: Engine) -> None:
    assert current_revision(database_url) is None
    assert upgrade_if_needed(database_url) is True
    before = shape_of(engine_of)
    assert current_revision(database_url) == newest_revision()

    assert upgrade_if_needed(database_url) is False
    # Nor does running them all the same.
    subprocess.run([sys.executable, "-m", "frontdesk.db.migrate", database_url], check=True)
    assert shape_of(engine_of) == before


def test_several_processes_may_migrate_at_once(
    database_url: str, engine_of: Engine, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "frontdesk.db.migrate", database_url]
    logs = [(tmp_path / f"{number}.log").open("wb+") for number in range(PROCESSES)]

    running = [processes.spawn(command, stdout=log, stderr=subprocess.STDOUT) for log in logs]
    codes = [process.wait(60) for process in running]

    told = [Path(log.name).read_text() for log in logs]
    for process, log in zip(running, logs, strict=True):
        processes.kill(process)
        log.close()
    assert codes == [0] * PROCESSES, told
    assert current_revision(database_url) == newest_revision()
    with engine_of.connect() as connection:
        rows = connection.execute(text("SELECT version_num FROM alembic_version")).all()
    assert len(rows) == 1


def test_what_is_there_survives_the_next_start(database_url: str, engine_of: Engine) -> None:
    upgrade_if_needed(database_url)
    values = {"id": "Site_Name", "value": "Desk", "created_at": 1, "updated_at": 1}
    with engine_of.begin() as connection:
        connection.execute(insert(settings).values(values))

    upgrade_if_needed(database_url)

    with engine_of.connect() as connection:
        assert connection.execute(select(settings.c.value)).scalar_one() == "Desk"


def test_the_migrations_are_one_chain_in_the_order_of_their_numbers() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_heads() == [newest_revision()]
    chain = [script.revision for script in scripts.walk_revisions()][::-1]
    assert chain == sorted(chain)
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name.split("_")[0] for name in names] == chain
