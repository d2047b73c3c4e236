"""The page of the fleet in words: gateways, fixed beacons, what is not as the plan says."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.clock import from_ms
from store_server.entrypoints.console.board_view import NOT_KNOWN, STANDING_TEXTS
from store_server.fleet.finding import Finding
from store_server.fleet.foreign_quarter import ForeignQuarter
from store_server.flows.show_beacons import BeaconLine, FleetBoard
from store_server.flows.show_fleet import ConfigProgress, GatewayLine, GatewayStanding

FINDING_TEXTS = {
    "gateway_moved": "Gateway moved",
    "gateway_swapped": "Gateways swapped",
    "beacon_moved": "Beacon moved",
    "beacon_cloned": "Beacon twice",
    "beacon_silent": "Beacon silent",
}
# Badge and words for how far the newest configuration has come; a refused one runs on the old.
CONFIG_TEXTS = {
    ConfigProgress.OWN: ("", "Its own file"),
    ConfigProgress.PENDING: ("silent", "Version {newest} pending"),
    ConfigProgress.TRIAL: ("silent", "Version {newest} on trial"),
    ConfigProgress.CONFIRMED: ("online", "Version {newest} confirmed"),
    ConfigProgress.REFUSED: ("offline", "Version {newest} refused, runs {runs}"),
}
# Gateways hear a fixed beacon every second; what is summed up is kept every 15 s.
FRESH_S = 20 * 60
MOVES = ("gateway_moved", "gateway_swapped", "beacon_moved")


@dataclass(frozen=True, slots=True)
class FleetGateway:
    """A gateway's line; `config_state` is quiet, online, silent or offline, as of its badge."""

    id: str
    zone: str
    state: str
    state_text: str
    heard: str
    key_id: str
    version: str
    revoked: bool
    config: str
    config_state: str
    foreign: str


@dataclass(frozen=True, slots=True)
class FleetBeacon:
    """A fixed beacon's line; `state` is ok, low, silent or wrong."""

    id: str
    identity: str
    place: str
    state: str
    state_text: str
    heard: str
    heard_by: str
    battery: str
    days_left: str


@dataclass(frozen=True, slots=True)
class FleetFinding:
    """Something that is not as planned; `acceptable` where it may simply be right now."""

    subject: str
    kind_text: str
    text: str
    since: str
    acceptable: bool


@dataclass(frozen=True, slots=True)
class FleetView:
    """Everything on the page."""

    store_name: str
    gateways: tuple[FleetGateway, ...]
    beacons: tuple[FleetBeacon, ...]
    findings: tuple[FleetFinding, ...]
    warnings: tuple[str, ...]
    regions: int
    counting: bool


def fleet_view(board: FleetBoard, *, timezone: str) -> FleetView:
    """The board in words, with the store's own clock."""
    local = ZoneInfo(timezone)
    return FleetView(
        store_name=board.store_name,
        gateways=tuple(_gateway(one, board, local=local) for one in board.gateways),
        beacons=tuple(_beacon(one, at=board.at) for one in board.beacons),
        findings=tuple(_finding(one, local) for one in board.findings),
        warnings=board.warnings,
        regions=board.regions,
        counting=board.foreign is not None,
    )


def ago(then: datetime | None, *, at: datetime) -> str:
    """How long ago, as people say it."""
    if then is None:
        return "never"
    minutes = int((at - then).total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


def _gateway(line: GatewayLine, board: FleetBoard, *, local: ZoneInfo) -> FleetGateway:
    config_state, config = CONFIG_TEXTS[line.config]
    return FleetGateway(
        id=line.id,
        zone=line.zone or "not on the plan",
        state=line.standing,
        state_text=STANDING_TEXTS[line.standing],
        heard=ago(line.last_heard_at, at=board.at),
        key_id=board.key_ids.get(line.id) or "made by hand",
        version=line.version or NOT_KNOWN,
        revoked=line.standing == GatewayStanding.REVOKED,
        config=config.format(
            newest=line.pushed_version, runs=line.config_version or "its own file"
        ),
        config_state=config_state,
        foreign=_counted((board.foreign or {}).get(line.id), local),
    )


def _counted(quarter: ForeignQuarter | None, local: ZoneInfo) -> str:
    if quarter is None:
        return NOT_KNOWN
    began = from_ms(quarter.slot_ms).astimezone(local)
    return f"about {quarter.devices} from {began:%H:%M}"


def _beacon(line: BeaconLine, *, at: datetime) -> FleetBeacon:
    state, text = _beacon_state(line, at=at)
    level = line.battery_mv
    return FleetBeacon(
        id=line.id,
        identity=line.identity,
        place=line.place,
        state=state,
        state_text=text,
        heard=ago(line.last_heard_at, at=at),
        heard_by=", ".join(line.heard_by) or NOT_KNOWN,
        battery=NOT_KNOWN if level is None else f"{level / 1000:.2f} V",
        days_left=NOT_KNOWN if line.days_left is None else f"about {line.days_left}",
    )


def _beacon_state(line: BeaconLine, *, at: datetime) -> tuple[str, str]:
    if line.findings:
        return "offline", FINDING_TEXTS.get(line.findings[0], line.findings[0])
    if line.last_heard_at is None:
        return "unheard", "Not heard"
    if (at - line.last_heard_at).total_seconds() > FRESH_S:
        return "silent", "Not heard lately"
    return ("silent", "Change battery") if line.battery_low else ("online", "In place")


def _finding(one: Finding, local: ZoneInfo) -> FleetFinding:
    return FleetFinding(
        subject=one.subject,
        kind_text=FINDING_TEXTS.get(one.kind, one.kind),
        text=one.text,
        since=from_ms(one.first_at_ms).astimezone(local).strftime("%d %b %H:%M"),
        acceptable=one.kind in MOVES,
    )
