"""A server that does nothing but work off what is due: run as a module, and killed.

    python -m tests.faults.slice_server schedules|waits AT_MS CONFIG...

It opens the stores of the configurations as `serve` does, sets their event clocks to AT_MS, and
runs slices of scheduled campaigns, or of waits, through each store's writer until it is killed.
With `waits` every third shopper is also said to have come into the zone that they wait for, by
each server again and again: event and time race for the same waits.
"""

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from store_server.bootstrap.open_store import OpenStore, open_store
from store_server.database import UnitOfWork
from store_server.flows.end_waits import meet_waits, run_waits
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.run_schedules import run_schedules
from store_server.ids import ZoneId
from store_server.offers.repository import WaitRepository
from store_server.offers.step import AwaitedKind, Happening
from store_server.offers.wait import WaitState
from store_server.settings import load_settings
from store_server.writer import Priority

REST_S = 0.02
MET_AT_ONCE = 5
MET_BEFORE_DUE = timedelta(minutes=1)


def main() -> None:
    """Never returns: somebody kills it."""
    what, at_ms, *configs = sys.argv[1:]
    flows = FLOWS[what]
    with contextlib.ExitStack() as stack:
        stores = [stack.enter_context(open_store(load_settings(Path(one)))) for one in configs]
        for store in stores:
            store.rooms.live = replace(store.rooms.live, event_now_ms=int(at_ms))
        sys.stdout.write("serving\n")
        sys.stdout.flush()
        while True:
            busy = [_slice(store, flow) for store in stores for flow in flows]
            if not any(busy):
                time.sleep(REST_S)


def meet_some(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> bool:
    """Some of those who wait came into the zone a minute before their time was up."""
    waiting = WaitRepository(uow.session, rooms.scope).page(limit=200, state=WaitState.WAITING)
    came = [one for one in waiting if int(one.shopper[1:]) % 3 == 0][:MET_AT_ONCE]
    happenings = [
        Happening(
            one.shopper,
            AwaitedKind.ZONE_ENTER,
            one.due_at - MET_BEFORE_DUE,
            f"came-{one.shopper}",
            zone=ZoneId("entrance"),
        )
        for one in came
    ]
    return meet_waits(uow, rooms, happenings, now=now) > 0


FLOWS: dict[str, tuple[Callable[..., bool], ...]] = {
    "schedules": (run_schedules,),
    "waits": (meet_some, run_waits),
}


def _slice(store: OpenStore, flow: Callable[..., bool]) -> bool:
    return store.writer.submit(Priority.SIGHTINGS, flow).result()


if __name__ == "__main__":
    main()
