"""The file below the spool: locking, opening, checking and moving aside a damaged one.

One SQLite database in WAL mode with synchronous=FULL: what a commit has taken survives a
power cut. The lock is a `flock` on a file beside it, which the kernel drops when the process
dies, however it dies; a second agent on the same spool is refused, because two
would hand out the same sequence numbers.
"""

import fcntl
import logging
import os
import secrets
import sqlite3
from pathlib import Path
from types import TracebackType

from edge_agent.errors import SpoolError, SpoolLocked
from edge_agent.spool_pages import PAGE_BYTES, Batch
from edge_agent.spool_salvage import Book, Saved, read_copy, save_what_fits
from edge_agent.spool_seal import seal_of_batch, seal_of_book

logger = logging.getLogger(__name__)

FORMAT = "2"
_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE batch (
    seq INTEGER PRIMARY KEY,
    boot_id TEXT NOT NULL,
    clock TEXT NOT NULL,
    spooled_at_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    rows BLOB NOT NULL,
    grade INTEGER NOT NULL
);
CREATE TABLE lost (from_seq INTEGER PRIMARY KEY, to_seq INTEGER NOT NULL, reason TEXT NOT NULL);
"""
# The messages of SQLite that mean damage; others (locked, full) are passing weather.
_DAMAGE = ("malformed", "not a database", "no such table", "no such column", "corrupt")


def lock_spool(path: Path) -> int:
    """The descriptor of the lock that makes this process the only user of the spool.

    Raises:
        SpoolLocked: another process holds it.
        SpoolError: the folder cannot be written.
    """
    lock_path = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SpoolError(
            f"spool {path} cannot be used: {error.strerror}; "
            "give the agent a folder it may write to in [spool] path"
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise SpoolLocked(
            f"spool {path} is in use by another edge-agent; stop that one, "
            "or give this one a [spool] path of its own"
        ) from None
    return descriptor


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether `error` says that the file is damaged, not merely full or busy."""
    return any(word in str(error) for word in _DAMAGE)


def is_full(error: sqlite3.DatabaseError) -> bool:
    """Whether `error` says that the disk took nothing for want of room."""
    return "disk is full" in str(error)


def open_file(path: Path, *, lock: int) -> tuple[sqlite3.Connection, Saved | None]:
    """A checked connection to the spool file, and what was saved of a damaged one before it.

    Raises:
        SpoolError: the file can neither be used nor replaced.
    """
    saved: Saved | None = None
    try:
        # SQLite drops what follows a damaged frame of the log, so it is read before.
        log_path = path.with_name(path.name + "-wal")
        log = log_path.read_bytes() if log_path.exists() else b""
        copy = read_copy(lock)
        connection = _open_sound(path, copy=copy)
        if connection is None:
            book = _newer(_read_book(path), copy)
            saved = save_what_fits(path, log=log, book=book)
            _move_aside(path)
            connection = _open_sound(path, copy=None)
            if connection is not None:
                _restore(connection, saved)
    except (sqlite3.Error, OSError) as error:
        raise SpoolError(f"spool {path} cannot be opened: {error}; see [spool] path") from error
    if connection is None:
        raise SpoolError(f"spool {path} stays damaged although it is new; check the disk")
    return connection, saved


def book_of(connection: sqlite3.Connection) -> Book | None:
    """The book in the file, or None when its seal does not fit."""
    about = dict(connection.execute("SELECT key, value FROM about"))
    lost = list(connection.execute("SELECT from_seq, to_seq, reason FROM lost"))
    try:
        fits = about["seal"] == seal_of_book(about, lost)
    except (KeyError, TypeError):
        return None
    return Book(about, lost) if fits else None


def write_book(connection: sqlite3.Connection, book: Book, *, with_lost: bool) -> None:
    """Write the numbers, their seal and, where asked, the lost ranges; inside a transaction."""
    changing = [(book.about[key], key) for key in ("first_seq", "last_seq", "seal")]
    connection.executemany("UPDATE about SET value = ? WHERE key = ?", changing)
    if with_lost:
        connection.execute("DELETE FROM lost")
        connection.executemany("INSERT INTO lost VALUES (?, ?, ?)", book.lost)


def _newer(one: Book | None, other: Book | None) -> Book | None:
    if one is None or other is None or one.about["spool_id"] != other.about["spool_id"]:
        return one or other
    return max(one, other, key=lambda book: book.last_seq)


def _read_book(path: Path) -> Book | None:
    """The book of a damaged file, as far as SQLite still reads it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        return book_of(connection)
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    finally:
        connection.close()


def _restore(connection: sqlite3.Connection, saved: Saved) -> None:
    """Fill a new file with what was saved; without a book under new numbers."""
    with Transaction(connection):
        if saved.book is None:
            numbered = enumerate(saved.batches, start=1)
            batches = [_resealed(batch, seq) for seq, batch in numbered]
            fresh = book_of(connection)
            assert fresh is not None
            about = {**fresh.about, "last_seq": str(len(batches))}
            book = Book(about, [])
        else:
            batches, book = saved.batches, saved.book
        book.about["seal"] = seal_of_book(book.about, book.lost)
        connection.executemany("REPLACE INTO about VALUES (?, ?)", list(book.about.items()))
        connection.executemany("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?)", batches)
        connection.execute("DELETE FROM lost")
        connection.executemany("INSERT INTO lost VALUES (?, ?, ?)", book.lost)


def _resealed(batch: Batch, seq: int) -> Batch:
    _, boot_id, clock, at_ms, _, rows, grade = batch
    seal = seal_of_batch(
        rows, seq=seq, boot_id=boot_id, clock=clock, spooled_at_ms=at_ms, grade=grade
    )
    return (seq, boot_id, clock, at_ms, seal, rows, grade)


def _lenient_text(raw: bytes) -> str:
    """A flipped byte in a text costs the batch its seal, not the reader its query."""
    return raw.decode("utf-8", "replace")


def _open_sound(path: Path, *, copy: Book | None) -> sqlite3.Connection | None:
    """A connection to a sound spool (made when missing), or None when it is damaged."""
    had_content = path.exists() and path.stat().st_size > 0
    # Whom a shop has heard is nobody else's business; SQLite's side files take over the mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.text_factory = _lenient_text
    try:
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # Batches are written and read once, in order: two megabytes of cache would serve nobody.
        connection.execute("PRAGMA cache_size=-256")
        # Batches are written and read once, in order: two megabytes of cache would serve nobody.
        connection.execute("PRAGMA cache_size=-256")
        # Pages of forgotten batches are used again; the file does not shrink, and need not.
        connection.execute("PRAGMA journal_size_limit=4194304")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            # A spool that was moved away is begun anew; one that lost its tables is damaged.
            if had_content and copy is not None:
                connection.close()
                return None
            _create(connection)
        sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        connection.execute(
            "SELECT seq, boot_id, clock, spooled_at_ms, checksum, grade FROM batch LIMIT 1"
        )
        book = book_of(connection)
        # The copy knows of commits that the file does not: the log was damaged.
        behind = book is not None and copy is not None and _is_behind(book, copy)
        if sound and book is not None and book.about["format"] == FORMAT and not behind:
            return connection
        logger.error("spool is damaged: path=%s sound=%s behind=%s", path, sound, behind)
    except sqlite3.DatabaseError as error:
        connection.close()
        if not is_damage(error):
            raise
        logger.error("spool is damaged: path=%s error=%s", path, error)
        return None
    connection.close()
    return None


def _is_behind(book: Book, copy: Book) -> bool:
    same = book.about["spool_id"] == copy.about["spool_id"]
    return same and book.last_seq < copy.last_seq


def _create(connection: sqlite3.Connection) -> None:
    """Write the tables and mint the ids; both are 128 random bits."""
    about = {
        "format": FORMAT,
        "spool_id": secrets.token_hex(16),
        "client_suffix": secrets.token_hex(16),
        "first_seq": "1",
        "last_seq": "0",
    }
    about["seal"] = seal_of_book(about, [])
    connection.executescript(f"BEGIN;{_SCHEMA}")
    connection.executemany("INSERT INTO about VALUES (?, ?)", about.items())
    connection.execute("COMMIT")


def _move_aside(path: Path) -> None:
    """Keep the damaged file for whoever wants to look, under the next free number."""
    number = 1
    while (target := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(target)
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    logger.error("spool moved aside, a new one is used: path=%s kept=%s", path, target)


class Transaction:
    """BEGIN IMMEDIATE .. COMMIT, rolled back on an error."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def __enter__(self) -> None:
        self._file.execute("BEGIN IMMEDIATE")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            try:
                self._file.execute("COMMIT")
                return
            except sqlite3.Error:
                self._roll_back()
                raise
        self._roll_back()

    def _roll_back(self) -> None:
        # A full disk makes SQLite roll back by itself; a second time would be an error.
        if self._file.in_transaction:
            self._file.execute("ROLLBACK")
