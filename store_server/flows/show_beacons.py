"""Flow (read): the fixed beacons of the plan, their batteries, and what is wrong with the fleet."""

from dataclasses import dataclass
from datetime import datetime

from store_server.clock import from_ms, to_ms
from store_server.database import UnitOfWork
from store_server.fleet.beacon_battery import LOW_MV, days_left
from store_server.fleet.beacon_plan import place_of, plan_warnings, regions_needed
from store_server.fleet.finding import Finding
from store_server.fleet.foreign_quarter import ForeignQuarter
from store_server.fleet.hearing import SLOT_MS
from store_server.fleet.repository import (
    AdmissionRepository,
    FindingRepository,
    HearingRepository,
)
from store_server.flows.count_foreign import show_foreign_counts
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_fleet import GatewayLine, fleet_of

# A battery that ends within a month is bought and changed now.
CHANGE_WITHIN_DAYS = 30
# An older count says nothing of how full the shop is.
COUNTED_WITHIN_H = 2


@dataclass(frozen=True, slots=True)
class BeaconLine:
    """One fixed beacon. None: not known. `days_left` is an estimate from above."""

    id: str
    identity: str
    zone: str
    place: str
    last_heard_at: datetime | None
    heard_by: tuple[str, ...]
    battery_mv: int | None
    temperature_c: float | None
    days_left: int | None
    battery_low: bool
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FleetBoard:
    """Everything about the installation: gateways, beacons, findings, what the plan makes hard.

    `foreign` is the newest count of foreign devices by gateway; None: they are not counted.
    """

    store_name: str
    at: datetime
    gateways: tuple[GatewayLine, ...]
    key_ids: dict[str, str]
    beacons: tuple[BeaconLine, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    regions: int
    foreign: dict[str, ForeignQuarter] | None


def show_beacons(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime
) -> tuple[BeaconLine, ...]:
    """Every fixed beacon, in the order of the plan."""
    hearings = HearingRepository(uow.session, rooms.scope)
    last, power = hearings.last_heard(), hearings.power()
    heard_by: dict[str, set[str]] = {}
    for key in hearings.slots(since_ms=to_ms(now) // SLOT_MS * SLOT_MS - SLOT_MS):
        heard_by.setdefault(key.identity, set()).add(key.gateway)
    findings = FindingRepository(uow.session, rooms.scope).all()
    lines = []
    for beacon in uow.live.plan.beacons:
        readings = power.get(beacon.identity, [])
        newest = readings[-1] if readings else None
        left = days_left(readings)
        low = newest is not None and newest.battery_mv < LOW_MV
        lines.append(
            BeaconLine(
                id=beacon.id,
                identity=beacon.identity,
                zone=str(beacon.zone),
                place=place_of(uow.live.plan, beacon),
                last_heard_at=from_ms(last[beacon.identity]) if beacon.identity in last else None,
                heard_by=tuple(sorted(heard_by.get(beacon.identity, ()))),
                battery_mv=round(newest.battery_mv) if newest else None,
                temperature_c=newest.temperature_c if newest else None,
                days_left=left,
                battery_low=low or (left is not None and left <= CHANGE_WITHIN_DAYS),
                findings=tuple(one.kind for one in findings if one.subject == beacon.id),
            )
        )
    return tuple(lines)


def show_findings(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[Finding, ...]:
    """What is not as the plan says, oldest first."""
    return FindingRepository(uow.session, rooms.scope).all()


def show_fleet_board(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> FleetBoard:
    """The whole page of the fleet."""
    plan = uow.live.plan
    accounts = AdmissionRepository(uow.session, rooms.scope).accounts()
    return FleetBoard(
        store_name=plan.name,
        at=now,
        gateways=fleet_of(uow.live, now=now),
        key_ids={name: one.key_id for name, one in accounts.items() if one.key_id},
        beacons=show_beacons(uow, rooms, now=now),
        findings=show_findings(uow, rooms, now=now),
        warnings=tuple(plan_warnings(plan)),
        regions=regions_needed(plan),
        foreign=_newest_counts(uow, rooms, now=now) if rooms.policy.counting else None,
    )


def _newest_counts(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime
) -> dict[str, ForeignQuarter]:
    """The last quarter of an hour of each gateway that told one within the last hours."""
    quarters = show_foreign_counts(uow, rooms, now=now, hours=COUNTED_WITHIN_H)
    return {one.gateway: one for one in quarters}
