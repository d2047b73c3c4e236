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

logger = logging.getLogger(__name__)

FORMAT = "1"
_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE batch (
    seq INTEGER PRIMARY KEY,
    boot_id TEXT NOT NULL,
    clock TEXT NOT NULL,
    spooled_at_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    rows BLOB NOT NULL
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


def open_file(path: Path) -> tuple[sqlite3.Connection, bool]:
    """A checked connection to the spool file, and whether a damaged one was moved aside.

    Raises:
        SpoolError: the file can neither be used nor replaced.
    """
    moved = False
    try:
        connection = _open_sound(path)
        if connection is None:
            _move_aside(path)
            moved = True
            connection = _open_sound(path)
    except (sqlite3.Error, OSError) as error:
        raise SpoolError(f"spool {path} cannot be opened: {error}; see [spool] path") from error
    if connection is None:
        raise SpoolError(f"spool {path} stays damaged although it is new; check the disk")
    return connection, moved


def _open_sound(path: Path) -> sqlite3.Connection | None:
    """A connection to a sound spool (made when missing), or None when it is damaged."""
    # Whom a shop has heard is nobody else's business; SQLite's side files take over the mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # Pages of forgotten batches are used again; the file does not shrink, and need not.
        connection.execute("PRAGMA journal_size_limit=4194304")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            _create(connection)
        sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        about = dict(connection.execute("SELECT key, value FROM about"))
        connection.execute("SELECT seq, boot_id, clock, spooled_at_ms, checksum FROM batch LIMIT 1")
        connection.execute("SELECT from_seq, to_seq, reason FROM lost LIMIT 1")
        whole = {"spool_id", "client_suffix", "last_seq"} <= about.keys()
        if sound and whole and about.get("format") == FORMAT:
            return connection
    except sqlite3.DatabaseError as error:
        connection.close()
        if not is_damage(error):
            raise
        logger.error("spool is damaged: path=%s error=%s", path, error)
        return None
    connection.close()
    return None


def _create(connection: sqlite3.Connection) -> None:
    """Write the tables and mint the ids; both are 128 random bits."""
    about = {
        "format": FORMAT,
        "spool_id": secrets.token_hex(16),
        "client_suffix": secrets.token_hex(16),
        "last_seq": "0",
    }
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
