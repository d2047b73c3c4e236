"""A database for each run of a state machine: a copy of an empty store that is never flushed."""

import itertools
import shutil
from pathlib import Path
from sqlite3 import Connection

from sqlalchemy import event

from store_server.database import Database, open_database

_NUMBERS = itertools.count()


def unflushed_copy(template: Path) -> Database:
    """A copy beside the template, under a name of its own; whoever opened it closes it."""
    path = template.with_name(f"machine-{next(_NUMBERS)}.db")
    shutil.copy(template, path)
    opened = open_database(f"sqlite:///{path}")
    # Tests pull no plugs: a disk flush for each step would only make this slow.
    event.listen(opened.write, "connect", _without_flushes)
    return opened


def _without_flushes(connection: Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
