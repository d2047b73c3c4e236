"""Flow (read): the fixed beacons as they are heard now, pair by pair, and the rest in counts.

Of phones and tags of people there are only the gateways' own counts by kind of frame: rotating ids
are not kept, so they cannot be shown.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median

from store_server.clock import from_ms
from store_server.database import UnitOfWork
from store_server.fleet.hearing import BeaconRow
from store_server.fleet.signal_ring import Heard, Pair
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.floor_plan import Beacon, FloorPlan

KIND = "ibeacon"
# Names of frames come from gateways; there are twenty or so.
MAX_KINDS = 64


@dataclass(frozen=True, slots=True)
class SignalAsk:
    """Which signals: of one gateway, one kind of frame, with a text in name, zone or identity."""

    gateway: str = ""
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One beacon at one gateway over the windows that are kept; None: not known."""

    beacon: str
    zone: str
    identity: str
    gateway: str
    last_at: datetime
    adverts: int
    last_dbm: float
    lowest_dbm: float
    median_dbm: float
    highest_dbm: float
    measured_power_dbm: int | None
    battery_mv: float | None
    temperature_c: float | None


@dataclass(frozen=True, slots=True)
class KindCount:
    """Adverts of one kind of frame since the gateways started, and how many gateways heard it."""

    kind: str
    adverts: int
    gateways: int


@dataclass(frozen=True, slots=True)
class SignalBoard:
    """`more`: the list goes on after the last line. `kinds`: every kind that is heard."""

    at: datetime
    lines: tuple[SignalLine, ...]
    more: bool
    counts: tuple[KindCount, ...]
    gateways: tuple[str, ...]
    kinds: tuple[str, ...]


def show_signals(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    ask: SignalAsk,
    limit: int,
    after: tuple[str, str] | None = None,
) -> SignalBoard:
    """Up to `limit` lines by (beacon, gateway), those behind `after`."""
    heard = rooms.signals.heard()
    named = sorted(_named(heard, uow.live.plan, ask), key=lambda one: (one[0].id, one[1].gateway))
    behind = [one for one in named if after is None or (one[0].id, one[1].gateway) > after]
    zones = {str(zone.id): zone.name for zone in uow.live.plan.zones}
    counts = _counts(uow.live, gateway=ask.gateway)
    return SignalBoard(
        at=now,
        lines=tuple(_line(beacon, pair, heard, zones) for beacon, pair in behind[:limit]),
        more=len(behind) > limit,
        counts=tuple(one for one in counts if ask.kind in ("", one.kind)),
        gateways=tuple(sorted({*uow.live.gateways, *(one.gateway for one in heard.windows)})),
        kinds=tuple(sorted({KIND, *(one.kind for one in counts)})),
    )


def signals_to_record(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    ask: SignalAsk,
) -> Heard:
    """The windows behind the lines of `ask`, all of them."""
    heard = rooms.signals.heard()
    wanted = {pair for _, pair in _named(heard, uow.live.plan, ask)}
    return replace(heard, windows={one: heard.windows[one] for one in wanted})


def _named(heard: Heard, plan: FloorPlan, ask: SignalAsk) -> Iterator[tuple[Beacon, Pair]]:
    """The pairs that are asked for, of beacons that are still on the plan."""
    beacons = {one.identity: one for one in plan.beacons}
    zones = {str(zone.id): zone.name for zone in plan.zones}
    for pair in heard.windows if ask.kind in ("", KIND) else ():
        beacon = beacons.get(pair.identity)
        if beacon is None or ask.gateway not in ("", pair.gateway):
            continue
        words = f"{beacon.id} {zones.get(str(beacon.zone), beacon.zone)} {pair.identity}"
        if ask.text.casefold() in words.casefold():
            yield beacon, pair


def _line(beacon: Beacon, pair: Pair, heard: Heard, zones: dict[str, str]) -> SignalLine:
    rows = heard.windows[pair]
    last, told = rows[-1], heard.told.get(pair.identity, {})
    means = [row.rssi_mean_dbm for row in rows]
    return SignalLine(
        beacon=beacon.id,
        zone=zones.get(str(beacon.zone), str(beacon.zone)),
        identity=pair.identity,
        gateway=pair.gateway,
        last_at=from_ms(last.at_ms),
        adverts=sum(row.adverts for row in rows),
        last_dbm=last.rssi_mean_dbm,
        lowest_dbm=min(means),
        median_dbm=median(means),
        highest_dbm=max(_loudest(row) for row in rows),
        measured_power_dbm=last.measured_power_dbm,
        battery_mv=told.get("battery_mv"),
        temperature_c=told.get("temperature_c"),
    )


def _loudest(row: BeaconRow) -> float:
    return row.rssi_mean_dbm if row.rssi_max_dbm is None else row.rssi_max_dbm


def _counts(live: StoreLive, *, gateway: str) -> list[KindCount]:
    """What gateways say in their health that they heard, the most first."""
    adverts, gateways = Counter[str](), Counter[str]()
    for name, board in live.gateways.items():
        frames = board.health.get("frames")
        if gateway not in ("", name) or not isinstance(frames, dict):
            continue
        adverts.update(frames)
        gateways.update(frames.keys())
    return [KindCount(name, many, gateways[name]) for name, many in adverts.most_common(MAX_KINDS)]
