"""A process that is killed in the middle of a checkpoint: run as a module by test_same_events.

It opens the store of a configuration, writes slices of a checkpoint until the last is written
and not committed, says so, and waits for its end.
"""

import signal
import sys
from pathlib import Path

from store_server.bootstrap.open_store import open_store
from store_server.database import unit_of_work
from store_server.flows.journal_presence import checkpoint_presence
from store_server.settings import load_settings


def main() -> None:
    """Never returns: somebody kills it."""
    with open_store(load_settings(Path(sys.argv[1]))) as store:
        rooms = store.rooms
        with unit_of_work(store.database.write, rooms.live) as uow:
            while checkpoint_presence(uow, rooms, now=rooms.now(uow.live), forced=True):
                pass
            sys.stdout.write("written\n")
            sys.stdout.flush()
            signal.pause()


if __name__ == "__main__":
    main()
