"""A shopper's phone reports the beacons it heard: the same presence as what gateways hear."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.advance_presence import save_progress, take_observations
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.app_reading import (
    TOO_OLD_MS,
    AppReading,
    RefusedReading,
    fault_of,
    observation_of,
)
from store_server.presence.repository import IntakeRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository

# Phones are a minute or two off where their network does not set them; by the event clock the
# store itself may be some ticks behind the phones.
SYSTEM_AHEAD_MS = 120_000
EVENT_AHEAD_MS = 600_000
NOT_CONSENTED = ("not_consented", "the shopper has not agreed to location, or not yet at this time")


@dataclass(frozen=True, slots=True)
class AppSightingsTaken:
    """How many readings were taken (repeated ones among them), and which were not, by index."""

    accepted: int
    refused: tuple[RefusedReading, ...] = ()


def take_app_sightings(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    readings: Sequence[AppReading],
) -> AppSightingsTaken:
    """Take a burst of readings of one shopper; each is judged alone.

    A repeated post changes nothing: (shopper, beacon, time) counts once. Without consent to
    location no reading is taken, each is refused with `not_consented`.
    """
    consents = ConsentRepository(uow.session, rooms.scope)
    since_ms = consents.allowed_since([shopper], Purpose.LOCATION, at=now).get(shopper)
    if since_ms is None:
        _count(uow, not_consented=len(readings))
        save_progress(uow, rooms)
        return AppSightingsTaken(0, _not_consented(readings))
    now_ms, system = to_ms(now), rooms.policy.clock == "system"
    ahead_ms = SYSTEM_AHEAD_MS if system else EVENT_AHEAD_MS
    good: list[AppReading] = []
    refused: list[RefusedReading] = []
    for index, reading in enumerate(readings):
        fault = fault_of(reading, plan=uow.live.plan, now_ms=now_ms, ahead_ms=ahead_ms)
        if fault is None and reading.at_ms < since_ms:
            fault = NOT_CONSENTED
        if fault is None:
            good.append(reading)
        else:
            refused.append(RefusedReading(index, *fault))
    keys = [(str(shopper), reading.beacon, reading.at_ms) for reading in good]
    intake = IntakeRepository(uow.session, rooms.scope)
    new = intake.note_app_readings(keys, keep_ms=now_ms - TOO_OLD_MS)
    latest_ms = now_ms if system else None
    observations = [observation_of(one, shopper, latest_ms=latest_ms) for one in good]
    _count(
        uow,
        app_sightings=new,
        app_duplicates=len(good) - new,
        app_refused=len(refused),
        observations=new,
    )
    if new:
        take_observations(uow, rooms, now=now, observations=observations)
    save_progress(uow, rooms)
    return AppSightingsTaken(len(good), tuple(refused))


def _count(uow: UnitOfWork[StoreLive], **more: int) -> None:
    uow.live = replace(uow.live, counters=uow.live.counters.plus(**more))


def _not_consented(readings: Sequence[AppReading]) -> tuple[RefusedReading, ...]:
    return tuple(RefusedReading(index, *NOT_CONSENTED) for index in range(len(readings)))
