"""From the release before this one: every row is still there after the upgrade, and readable."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, Table, insert, select, text

from store_server import migrations
from store_server.database import Database, open_database, unit_of_work
from store_server.ids import scope
from tests.store_server.every_table import believable
from tests.store_server.repository_calls import READS, opened

# What the last release stood at: its database is what shops upgrade from.
PREVIOUS_RELEASE = "0011"
HERE = scope("acme", "demo")
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of the previous release with a row in every table."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path}/before.db")
    else:
        server: Database = request.getfixturevalue("postgres")
        with server.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("DROP DATABASE IF EXISTS before"))
            connection.execute(text("CREATE DATABASE before"))
        url = server.write.url.set(database="before").render_as_string(hide_password=False)
        database = open_database(url)
    command.upgrade(migrations._config(database.write), PREVIOUS_RELEASE)
    tables = tables_of(database.write)
    with database.write.begin() as connection:
        for table in tables:
            connection.execute(insert(table), [believable(table, HERE)])
    yield database
    database.close()


def tables_of(engine: Engine) -> list[Table]:
    """The tables as the database has them, whatever this version's code says."""
    found = MetaData()
    found.reflect(engine)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def rows_of(engine: Engine, tables: list[Table]) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables
        }


def test_an_upgrade_from_the_previous_release_keeps_every_value(before: Database) -> None:
    tables = tables_of(before.write)
    kept = rows_of(before.write, tables)
    assert len(kept) > 40
    assert all(len(rows) == 1 for rows in kept.values())

    migrations.upgrade(before.write)

    after = rows_of(before.write, tables_of(before.write))
    changed = [
        (name, column)
        for name, (row,) in kept.items()
        for column, value in row.items()
        if after.get(name, [{}])[0].get(column) != value
    ]
    assert changed == MOVED


# Columns that an upgrade fills anew or gives another name on purpose.
MOVED: list[tuple[str, str]] = []


def test_an_upgraded_database_is_read_by_every_room(before: Database) -> None:
    migrations.upgrade(before.write)

    with unit_of_work(before.write, None) as uow:
        for name, call in READS.items():
            # A call that takes the first row of a table that is new finds none.
            with contextlib.suppress(IndexError):
                answer = call(opened(name, uow.session, HERE))
                if isinstance(answer, Iterator):
                    list(answer)
        uow.session.rollback()
