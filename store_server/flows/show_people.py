"""Flow (read): everybody who is in the store, with what is honestly believed of their place.

    placed    a point is known, and mostly a zone
    zoned     only the zone is known: a site of labels has no coordinates
    unplaced  in an open visit, but nothing honest can be said of where

An unplaced shopper is listed and counted, and never drawn at an invented place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ZoneId
from store_server.presence.engine import Estimate


@runtime_checkable
class TellsZones(Protocol):
    """An engine that says more of a device than its likeliest zone."""

    def zone_probabilities(self, device: str, t: float) -> Mapping[ZoneId, float]:
        """The probability of each zone; what is missing to 1 is off every zone."""
        ...


@dataclass(frozen=True, slots=True)
class Believed:
    """One shopper in the store.

    x, y: metres; None unless placed. radius_m: of the circle that holds about 68 % of the
    belief. confidence: the probability of `zone`.
    """

    device: str
    zone: ZoneId | None
    x: float | None
    y: float | None
    radius_m: float | None
    confidence: float
    age_s: float

    @property
    def standing(self) -> Literal["placed", "zoned", "unplaced"]:
        """How much is known of the place."""
        if self.x is not None:
            return "placed"
        return "unplaced" if self.zone is None else "zoned"


def show_people(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,  # noqa: ARG001 - every flow is given its rooms
    *,
    now: datetime,
) -> tuple[Believed, ...]:
    """Everybody in the store at `now`."""
    return people_in(uow.live, at_t=now.timestamp())


def people_in(live: StoreLive, *, at_t: float) -> tuple[Believed, ...]:
    """Everybody in the store at `at_t` (event seconds): in a zone, or in an open visit."""
    found: list[Believed] = []
    seen: set[str] = set()
    for device in live.presence.devices():
        estimate = live.presence.estimate(device, at_t)
        if estimate is None:
            continue
        if estimate.zone is not None or live.visits.of(device) is not None:
            found.append(_believed(estimate, at_t))
        seen.add(device)
    found.extend(_unheard(live, seen, at_t=at_t))
    return tuple(found)


def _believed(estimate: Estimate, at_t: float) -> Believed:
    """What an estimate says; a point is known whole, or not at all."""
    known = estimate.x is not None and estimate.y is not None
    return Believed(
        device=estimate.device,
        zone=estimate.zone,
        x=estimate.x if known else None,
        y=estimate.y if known else None,
        radius_m=estimate.radius_m if known else None,
        confidence=0.0 if estimate.zone is None else estimate.confidence,
        age_s=max(0.0, at_t - estimate.last_seen_t),
    )


def zone_mass(live: StoreLive, people: Iterable[Believed], *, at_t: float) -> dict[ZoneId, float]:
    """How many are to be expected in each zone: the sum of everybody's probability of it.

    An engine that only knows a likeliest zone gives that one's; the sum is then too low.
    """
    mass: dict[ZoneId, float] = {}
    for one in people:
        for zone, share in _shares(live, one, at_t=at_t):
            mass[zone] = mass.get(zone, 0.0) + share
    return mass


def _shares(live: StoreLive, one: Believed, *, at_t: float) -> list[tuple[ZoneId, float]]:
    if isinstance(live.presence, TellsZones):
        return list(live.presence.zone_probabilities(one.device, at_t).items())
    return [] if one.zone is None else [(one.zone, one.confidence)]


def _unheard(live: StoreLive, seen: set[str], *, at_t: float) -> list[Believed]:
    """Open visits of shoppers whom the engine has forgotten: between two zones, or silent."""
    return [
        Believed(shopper, None, None, None, None, 0.0, _since(visit.last_left_at, at_t))
        for shopper, visit in sorted(live.visits.open.items())
        if shopper not in seen
    ]


def _since(left_at: datetime | None, at_t: float) -> float:
    return 0.0 if left_at is None else max(0.0, at_t - left_at.timestamp())
