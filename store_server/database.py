"""The database: engines for writing and reading, and the transaction that a flow works in.

SQLite runs in WAL mode with synchronous=FULL, because what follows a commit (an ack, a coupon,
a consent) must survive a power cut. The standard library's driver begins transactions lazily
and without locking; we begin them ourselves: IMMEDIATE for the writer, so that a lock is
waited for at the start and never in the middle, DEFERRED for readers.
Source: SQLAlchemy documentation, "Serializable isolation / Savepoints / Transactional DDL" of
the pysqlite dialect; SQLite documentation, "PRAGMA synchronous".
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Generic, TypeVar

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel

from store_server.errors import ConfigError, Unreachable

L = TypeVar("L")

# A checkpoint of the WAL by another process may hold the lock for a moment; more is a fault.
BUSY_TIMEOUT_MS = 5_000


@dataclass(frozen=True, slots=True)
class Database:
    """Two engines on one database: `write` for the writer thread, `read` for everybody else."""

    write: Engine
    read: Engine

    def close(self) -> None:
        """Give back every connection."""
        self.write.dispose()
        self.read.dispose()


class UnitOfWork(Generic[L]):
    """What one flow works in: a session, and a draft of the live state.

    The draft (`live`) is an immutable value that the flow replaces; it is published after the
    commit and forgotten on rollback. `after_commit` actions run after the publication.
    """

    def __init__(self, session: Session, live: L) -> None:
        self.session = session
        self.live = live
        self.actions: list[Callable[[], None]] = []

    def after_commit(self, action: Callable[[], None]) -> None:
        """Have `action` run once the transaction is durable; never when it rolls back."""
        self.actions.append(action)


def open_database(url: str) -> Database:
    """Engines for `sqlite:///PATH` or `postgresql+psycopg://...`.

    Raises:
        ConfigError: the URL cannot be parsed or names another kind of database.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ConfigError(f"[database] url: {error}") from error
    match parsed.get_backend_name():
        case "sqlite":
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            return Database(_sqlite(url, begin="BEGIN IMMEDIATE"), _sqlite(url, begin="BEGIN"))
        case "postgresql":
            engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
            return Database(engine, engine)
        case other:
            raise ConfigError(
                f"[database] url starts with {other!r}; must be sqlite:///PATH or "
                "postgresql+psycopg://USER@HOST/NAME"
            )


def check_reachable(database: Database) -> None:
    """Let pass a database that takes a connection.

    Raises:
        Unreachable: it does not; the text names host, port and database, never user or password.
    """
    try:
        database.write.connect().close()
    except OperationalError:
        url = database.write.url
        # A password with an unescaped "@" is parsed into the host.
        host = url.host.rpartition("@")[2] if url.host else None
        place = URL.create(url.drivername, host=host, port=url.port, database=url.database)
        # The driver's own text quotes what it was given, so it is neither told nor chained.
        raise Unreachable(
            f"[database] url: {place} does not answer or does not let us in; check that it runs, "
            "and host, port, name, user and password"
        ) from None


def _sqlite(url: str, *, begin: str) -> Engine:
    # hide_parameters: an error must not carry a shopper into the log.
    engine = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 5.0}
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def unit_of_work(engine: Engine, live: L) -> Iterator[UnitOfWork[L]]:
    """One transaction with one commit at its end; rolled back when the block raises.

    The caller publishes `live` and runs `actions`: the writer does, a reader has neither.
    """
    with Session(engine, expire_on_commit=False) as session:
        yield UnitOfWork(session, live)
        session.commit()


@contextmanager
def read_only(engine: Engine, live: L) -> Iterator[UnitOfWork[L]]:
    """One read transaction, always rolled back at its end."""
    with Session(engine, expire_on_commit=False, autoflush=False) as session:
        yield UnitOfWork(session, live)
        session.rollback()


def has_one_writer(session: Session) -> bool:
    """Whether a transaction that writes shuts out every other: there is no row to wait for."""
    return bool(session.get_bind().dialect.name == "sqlite")


def insert_new(session: Session, row: type[SQLModel], values: list[dict[str, object]]) -> int:
    """Insert those of `values` whose key is not taken yet; how many were new.

    One prepared statement for all of them: a statement with all values inside is compiled anew
    for each number of rows (100 rows: 35 ms of CPU against 1.7 ms).
    """
    if not values:
        return 0
    statement = _insert_new(session.get_bind().dialect.name, row)
    return int(session.connection().execute(statement, values).rowcount)


def upsert(
    session: Session, row: type[SQLModel], values: list[dict[str, object]], *, keys: list[str]
) -> None:
    """Insert `values`, or overwrite all but `keys` of the rows that have these keys already."""
    if not values:
        return
    statement = _insert(session.get_bind().dialect.name, row)
    changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed), values
    )


@cache
def _insert_new(dialect: str, row: type[SQLModel]) -> Executable:
    """Built once: that takes SQLAlchemy as long as inserting several rows."""
    return _insert(dialect, row).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _insert(dialect: str, row: type[SQLModel]) -> postgresql.Insert | sqlite.Insert:
    if dialect == "postgresql":
        return postgresql.insert(row)
    return sqlite.insert(row)
