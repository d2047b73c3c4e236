import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from store_server.database import Database, UnitOfWork
from store_server.errors import NotFound, TooMany
from store_server.writer import Priority, Reader, Writer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Counting:
    """Live rooms whose state is a number."""

    def __init__(self) -> None:
        self.live = 0

    def now(self, live: int) -> datetime:
        return NOW


Uow = UnitOfWork[int]


def note(uow: Uow, rooms: Counting, *, now: datetime, word: str) -> int:
    uow.session.connection().execute(text("INSERT INTO diary VALUES (:word)"), {"word": word})
    uow.live += 1
    return uow.live


def note_and_fail(uow: Uow, rooms: Counting, *, now: datetime, word: str) -> int:
    note(uow, rooms, now=now, word=word)
    raise NotFound("nothing of that name")


def words(uow: Uow, rooms: Counting, *, now: datetime) -> list[str]:
    rows = uow.session.connection().execute(text("SELECT word FROM diary"))
    return [row.word for row in rows]


@pytest.fixture
def rooms(database: Database) -> Any:
    with database.write.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS diary"))
        connection.execute(text("CREATE TABLE diary (word TEXT PRIMARY KEY)"))
    return Counting()


@pytest.fixture
def writer(database: Database, rooms: Counting) -> Any:
    writer = Writer(database.write, rooms)
    writer.start()
    yield writer
    writer.stop()


def test_an_answer_is_durable_and_published(
    database: Database, rooms: Counting, writer: Writer[int]
) -> None:
    answer = writer.submit(Priority.APP, note, word="first").result(10)

    assert answer == rooms.live == 1
    assert Reader(database.read, rooms).read(words) == ["first"]


def test_a_flow_that_raises_is_rolled_back_alone(
    database: Database, rooms: Counting, writer: Writer[int]
) -> None:
    bad = writer.submit(Priority.APP, note_and_fail, word="bad")
    good = writer.submit(Priority.APP, note, word="good")

    with pytest.raises(NotFound):
        bad.result(10)
    assert good.result(10) == rooms.live == 1
    assert Reader(database.read, rooms).read(words) == ["good"]


def test_a_database_error_reaches_the_caller_and_the_writer_goes_on(writer: Writer[int]) -> None:
    writer.submit(Priority.APP, note, word="twice").result(10)

    again = writer.submit(Priority.APP, note, word="twice")
    after = writer.submit(Priority.APP, note, word="after")

    with pytest.raises(Exception, match=r"(?i)unique"):
        again.result(10)
    assert after.result(10) == 2


def test_a_till_goes_before_sightings_that_wait(database: Database, rooms: Counting) -> None:
    writer = Writer(database.write, rooms)
    order: list[str] = []

    def say(uow: Uow, rooms: Counting, *, now: datetime, word: str) -> None:
        order.append(word)

    futures = [
        writer.submit(Priority.SIGHTINGS, say, word="sightings"),
        writer.submit(Priority.APP, say, word="app"),
        writer.submit(Priority.TILL, say, word="till"),
    ]
    writer.start()
    for future in futures:
        future.result(10)
    writer.stop()

    assert order == ["till", "app", "sightings"]


def test_a_full_queue_refuses_instead_of_growing(database: Database, rooms: Counting) -> None:
    writer = Writer(database.write, rooms, limit=1)
    writer.submit(Priority.APP, note, word="one")

    with pytest.raises(TooMany):
        writer.submit(Priority.APP, note, word="two")


def test_actions_run_after_the_commit_and_never_after_a_rollback(
    database: Database, rooms: Counting, writer: Writer[int]
) -> None:
    seen: list[list[str]] = []
    ran = threading.Event()

    def act(uow: Uow, rooms: Counting, *, now: datetime, word: str, fail: bool) -> None:
        def look() -> None:
            seen.append(Reader(database.read, rooms).read(words))
            ran.set()

        note(uow, rooms, now=now, word=word)
        uow.after_commit(look)
        if fail:
            raise NotFound("no")

    failing = writer.submit(Priority.APP, act, word="lost", fail=True)
    writer.submit(Priority.APP, act, word="kept", fail=False).result(10)

    assert failing.exception(10) is not None
    assert ran.wait(10)
    assert seen == [["kept"]]


def test_an_action_that_fails_does_not_end_the_writer(writer: Writer[int]) -> None:
    def fail_later(uow: Uow, rooms: Counting, *, now: datetime) -> None:
        def break_down() -> None:
            raise RuntimeError

        uow.after_commit(break_down)

    writer.submit(Priority.APP, fail_later).result(10)

    assert writer.submit(Priority.APP, note, word="still here").result(10) == 1
