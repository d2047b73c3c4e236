"""A server that does nothing but its scheduled campaigns: run as a module, and killed.

    python -m tests.faults.schedule_server AT_MS CONFIG...

It opens the stores of the configurations as `serve` does, sets their event clocks to AT_MS, and
runs slices through each store's writer until it is killed.
"""

import contextlib
import sys
import time
from dataclasses import replace
from pathlib import Path

from store_server.bootstrap.open_store import OpenStore, open_store
from store_server.flows.run_schedules import run_schedules
from store_server.settings import load_settings
from store_server.writer import Priority

REST_S = 0.02


def main() -> None:
    """Never returns: somebody kills it."""
    at_ms, *configs = sys.argv[1:]
    with contextlib.ExitStack() as stack:
        stores = [stack.enter_context(open_store(load_settings(Path(one)))) for one in configs]
        for store in stores:
            store.rooms.live = replace(store.rooms.live, event_now_ms=int(at_ms))
        sys.stdout.write("serving\n")
        sys.stdout.flush()
        while True:
            busy = [_slice(store) for store in stores]
            if not any(busy):
                time.sleep(REST_S)


def _slice(store: OpenStore) -> bool:
    return store.writer.submit(Priority.SIGHTINGS, run_schedules).result()


if __name__ == "__main__":
    main()
