from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from store_server import migrations, schema
from store_server.database import Database, open_database
from store_server.errors import ConfigError
from store_server.shoppers.profile import random_bucket


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without a table."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path}/empty.db")
        yield database.write
        database.close()
        return
    server: Database = request.getfixturevalue("postgres")
    with server.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP DATABASE IF EXISTS empty"))
        connection.execute(text("CREATE DATABASE empty"))
    url = server.write.url.set(database="empty").render_as_string(hide_password=False)
    database = open_database(url)
    yield database.write
    database.close()


def test_migrations_end_at_the_schema_of_the_rooms(empty: Engine) -> None:
    revision = migrations.upgrade(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == revision
        assert compare_metadata(context, schema.metadata()) == []


def test_an_upgrade_twice_changes_nothing(empty: Engine) -> None:
    first = migrations.upgrade(empty)

    assert migrations.upgrade(empty) == first
    assert "alembic_version" in inspect(empty).get_table_names()


def test_a_database_from_the_future_is_refused(empty: Engine) -> None:
    migrations.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(ConfigError, match="9999"):
        migrations.upgrade(empty)


def test_a_migrated_database_refuses_to_change_a_consent(empty: Engine) -> None:
    migrations.upgrade(empty)
    row = (
        "INSERT INTO consent (org, entry_id, shopper, purpose, granted, at_ms, source, "
        "text_version, recorded_at_ms) VALUES ('o', 'e', 's', 'offers', false, 1, 'app', '1', 1)"
    )
    with empty.begin() as connection:
        connection.execute(text(row))

    with pytest.raises(DBAPIError, match="append-only"), empty.begin() as connection:
        connection.execute(text("UPDATE consent SET granted = true"))


def test_shoppers_from_before_segments_get_the_bucket_that_registering_gives(
    empty: Engine,
) -> None:
    command.upgrade(migrations._config(empty), "0006")
    row = (
        "INSERT INTO shopper (org, shopper, language, created_at_ms) "
        "VALUES ('acme', 's-1', 'en', 1)"
    )
    with empty.begin() as connection:
        connection.execute(text(row))

    migrations.upgrade(empty)

    with empty.connect() as connection:
        bucket = connection.execute(text("SELECT random_bucket FROM shopper")).scalar_one()
    assert bucket == random_bucket(org="acme", shopper="s-1")
