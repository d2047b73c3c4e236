"""Once a day, in the small hours of the store, every shopper's standing is worked out anew.

Looked at now and then by the timetable: whoever was switched off at night makes up for it in the
morning. The reading is done here, on the timetable's thread; only the writing goes to the writer,
some hundred shoppers at a time, behind tills and apps.
"""

from datetime import date
from threading import Event
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from store_server.errors import StoreServerError, fault_of
from store_server.flows.refresh_profiles import measure_shoppers, refresh_profiles
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.writer import Priority, Reader, Writer

log = structlog.get_logger(__name__)

# The shop is closed, and the day's last baskets are in.
HOUR = 3


class _Store(Protocol):
    """An opened store, as far as it is needed here."""

    @property
    def writer(self) -> Writer[StoreLive]:
        """Its writer."""
        ...

    @property
    def reader(self) -> Reader[StoreLive]:
        """Its reader."""
        ...

    @property
    def rooms(self) -> StoreRooms:
        """Its rooms."""
        ...


class ProfileRefresh:
    """Knows for which day of the store it was done last."""

    def __init__(self, store: _Store) -> None:
        self._store = store
        self._done_for: date | None = None
        self._stopping = Event()

    def stop(self) -> None:
        """Leave the rest for the next start, as soon as the slice at hand is written."""
        self._stopping.set()

    def look(self) -> bool:
        """Do the day's work where it is due and not done; whether it was done now."""
        rooms = self._store.rooms
        local = rooms.now(rooms.live).astimezone(ZoneInfo(rooms.policy.timezone))
        if local.hour < HOUR or self._done_for == local.date():
            return False
        try:
            number = refresh_all(self._store, stopping=self._stopping)
        except StoreServerError as error:
            log.warning("standing of shoppers not refreshed", error=fault_of(error))
            return False
        if self._stopping.is_set():
            return False
        self._done_for = local.date()
        log.info("standing of shoppers refreshed", slices=number)
        return True


def refresh_all(store: _Store, *, stopping: Event | None = None) -> int:
    """Work out the standing of every shopper now; in how many slices it was written.

    Args:
        store: whose shoppers.
        stopping: once set, the rest is left out.
    """
    model = store.reader.read(measure_shoppers)
    after: str | None = ""
    slices = 0
    while after is not None and not (stopping is not None and stopping.is_set()):
        written = store.writer.submit(
            Priority.SIGHTINGS, refresh_profiles, wait_s=60.0, model=model, after=after
        )
        after = written.result()
        slices += after is not None
    return slices
