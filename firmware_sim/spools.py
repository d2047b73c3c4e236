"""What the gateways have emitted and not got rid of, read from their spools after they stopped.

The spool is the gateway's own book: comparing it with what the server says it applied is what
"exactly once" means. Opened read-only, with the standard library: the simulator shares no code
with the edge.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from firmware_sim.errors import OutletError


class SpoolState(NamedTuple):
    """Batches that got a number, and batches that no acknowledgement has covered."""

    emitted: int
    pending: int


def read_spool(path: Path) -> SpoolState:
    """The state of one spool.

    Raises:
        OutletError: there is no spool at that path, or it is not one of an edge agent.
    """
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            about = dict(connection.execute("SELECT key, value FROM about"))
            (pending,) = connection.execute("SELECT count(*) FROM batch").fetchone()
        finally:
            connection.close()
        return SpoolState(int(about["last_seq"]), int(pending))
    except (sqlite3.Error, KeyError, ValueError, TypeError) as error:
        raise OutletError(f"spool {path} cannot be read: {error}") from None


def read_spools(paths: Iterable[Path]) -> SpoolState:
    """The sum over several spools; raises as `read_spool` does."""
    states = [read_spool(path) for path in paths]
    return SpoolState(sum(one.emitted for one in states), sum(one.pending for one in states))
