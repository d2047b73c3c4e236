from pathlib import Path

import pytest
from sqlalchemy import MetaData, text
from sqlmodel import Field, SQLModel

from store_server.database import (
    Database,
    insert_new,
    open_database,
    read_only,
    unit_of_work,
    upsert,
)
from store_server.errors import ConfigError


class ShelfRow(SQLModel, table=True):
    metadata = MetaData()  # apart: this table is nobody's but this file's
    __tablename__ = "shelf_of_test_database"

    name: str = Field(primary_key=True)
    boxes: int


@pytest.fixture
def shelves(database: Database) -> Database:
    ShelfRow.__table__.drop(database.write, checkfirst=True)  # type: ignore[attr-defined] # SQLModel adds it
    ShelfRow.__table__.create(database.write)  # type: ignore[attr-defined] # SQLModel adds it
    return database


def boxes(database: Database) -> dict[str, int]:
    with read_only(database.read, None) as uow:
        rows = uow.session.connection().execute(text("SELECT * FROM shelf_of_test_database"))
        return {row.name: row.boxes for row in rows}


def test_what_a_block_wrote_is_gone_when_it_raises(shelves: Database) -> None:
    def write_and_fail() -> None:
        with unit_of_work(shelves.write, None) as uow:
            insert_new(uow.session, ShelfRow, [{"name": "a", "boxes": 1}])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()

    assert boxes(shelves) == {}


def test_a_key_that_is_taken_is_not_inserted_again(shelves: Database) -> None:
    with unit_of_work(shelves.write, None) as uow:
        first = insert_new(uow.session, ShelfRow, [{"name": "a", "boxes": 1}])
        again = insert_new(
            uow.session, ShelfRow, [{"name": "a", "boxes": 9}, {"name": "b", "boxes": 2}]
        )

    assert (first, again) == (1, 1)
    assert boxes(shelves) == {"a": 1, "b": 2}


def test_an_upsert_overwrites_all_but_the_key(shelves: Database) -> None:
    with unit_of_work(shelves.write, None) as uow:
        upsert(uow.session, ShelfRow, [{"name": "a", "boxes": 1}], keys=["name"])
        upsert(uow.session, ShelfRow, [{"name": "a", "boxes": 5}], keys=["name"])

    assert boxes(shelves) == {"a": 5}


def test_inserting_nothing_asks_the_database_nothing(shelves: Database) -> None:
    with unit_of_work(shelves.write, None) as uow:
        assert insert_new(uow.session, ShelfRow, []) == 0
        upsert(uow.session, ShelfRow, [], keys=["name"])


def test_sqlite_survives_a_power_cut(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/new/folder/store.db")

    with database.write.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    database.close()


@pytest.mark.parametrize("url", ["", "not a url", "mysql://host/name"])
def test_another_kind_of_database_is_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigError, match=r"\[database\] url"):
        open_database(url)
