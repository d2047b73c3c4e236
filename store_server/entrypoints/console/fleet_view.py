"""The page of the fleet in words: gateways, fixed beacons, what is not as the plan says."""

from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from store_server.clock import from_ms
from store_server.entrypoints.console.board_view import STANDING_TEXTS
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.spelling import NOT_KNOWN
from store_server.fleet.finding import Finding
from store_server.fleet.foreign_quarter import ForeignQuarter
from store_server.flows.show_beacons import BeaconLine, FleetBoard
from store_server.flows.show_fleet import ConfigProgress, GatewayLine, GatewayStanding
from store_server.shop.floor_plan import FloorPlan

FINDING_TEXTS = {
    "gateway_moved": N_("Gateway moved"),
    "gateway_swapped": N_("Gateways swapped"),
    "beacon_moved": N_("Beacon moved"),
    "beacon_cloned": N_("Beacon twice"),
    "beacon_silent": N_("Beacon silent"),
}
# What each kind means, with the names filled in; the full text of the watch is for the log.
FINDING_SENTENCES = {
    "gateway_moved": N_("%(subject)s hears what a gateway elsewhere should hear."),
    "gateway_swapped": N_("%(subject)s and %(other)s hear what the other one should hear."),
    "beacon_moved": N_("%(subject)s is heard loudest by %(other)s, far from its place."),
    "beacon_cloned": N_("%(subject)s is heard in two places at once."),
    "beacon_silent": N_("%(subject)s is silent, though others near it are heard."),
}
# Badge and words for how far the newest configuration has come; a refused one runs on the old.
CONFIG_TEXTS = {
    ConfigProgress.OWN: ("", N_("Its own file")),
    ConfigProgress.PENDING: ("silent", N_("Version %(newest)s pending")),
    ConfigProgress.TRIAL: ("silent", N_("Version %(newest)s on trial")),
    ConfigProgress.CONFIRMED: ("online", N_("Version %(newest)s confirmed")),
    ConfigProgress.REFUSED: ("offline", N_("Version %(newest)s refused, runs %(runs)s")),
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
    since: datetime
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


def fleet_view(
    board: FleetBoard, *, plan: FloorPlan, timezone: str, words: NullTranslations
) -> FleetView:
    """The board in the words of a language, with the store's own clock and the plan's names."""
    local = ZoneInfo(timezone)
    return FleetView(
        store_name=board.store_name,
        gateways=tuple(_gateway(one, board, plan, local, words) for one in board.gateways),
        beacons=tuple(_beacon(one, board.at, plan, words) for one in board.beacons),
        findings=tuple(_finding(one, words) for one in board.findings),
        warnings=board.warnings,
        regions=board.regions,
        counting=board.foreign is not None,
    )


def ago(then: datetime | None, *, at: datetime, words: NullTranslations) -> str:
    """How long ago, as people say it."""
    if then is None:
        return words.gettext("never")
    minutes = int((at - then).total_seconds() // 60)
    if minutes < 1:
        return words.gettext("now")
    if minutes < 60:
        return words.gettext("%(num)s min ago") % {"num": minutes}
    if minutes < 48 * 60:
        return words.gettext("%(num)s h ago") % {"num": minutes // 60}
    days = minutes // 1440
    return words.ngettext("%(num)s day ago", "%(num)s days ago", days) % {"num": days}


def _gateway(
    line: GatewayLine, board: FleetBoard, plan: FloorPlan, local: ZoneInfo, words: NullTranslations
) -> FleetGateway:
    say = words.gettext
    config_state, config = CONFIG_TEXTS[line.config]
    runs = line.config_version or say("its own file")
    return FleetGateway(
        id=line.id,
        zone=_zone_name(plan, line.zone) if line.zone else say("not on the plan"),
        state=line.standing,
        state_text=say(STANDING_TEXTS[line.standing]),
        heard=ago(line.last_heard_at, at=board.at, words=words),
        key_id=board.key_ids.get(line.id) or say("made by hand"),
        version=line.version or NOT_KNOWN,
        revoked=line.standing == GatewayStanding.REVOKED,
        config=say(config) % {"newest": line.pushed_version, "runs": runs},
        config_state=config_state,
        foreign=_counted((board.foreign or {}).get(line.id), local, words),
    )


def _counted(quarter: ForeignQuarter | None, local: ZoneInfo, words: NullTranslations) -> str:
    if quarter is None:
        return NOT_KNOWN
    began = from_ms(quarter.slot_ms).astimezone(local)
    text = words.gettext("about %(num)s from %(time)s")
    return text % {"num": quarter.devices, "time": f"{began:%H:%M}"}


def _beacon(
    line: BeaconLine, at: datetime, plan: FloorPlan, words: NullTranslations
) -> FleetBeacon:
    say = words.gettext
    state, text = _beacon_state(line, at=at)
    level, left = line.battery_mv, line.days_left
    return FleetBeacon(
        id=line.id,
        identity=line.identity,
        place=_place(line, plan, words),
        state=state,
        state_text=say(text),
        heard=ago(line.last_heard_at, at=at, words=words),
        heard_by=", ".join(line.heard_by) or NOT_KNOWN,
        battery=NOT_KNOWN if level is None else f"{level / 1000:.2f} V",
        days_left=NOT_KNOWN if left is None else say("about %(num)s") % {"num": left},
    )


def _place(line: BeaconLine, plan: FloorPlan, words: NullTranslations) -> str:
    hung = next((one for one in plan.beacons if one.id == line.id), None)
    if hung is None:
        return line.place
    where = {"zone": _zone_name(plan, hung.zone), "x": f"{hung.x:.1f}", "y": f"{hung.y:.1f}"}
    text = words.gettext("%(zone)s, %(x)s m / %(y)s m, %(z)s m high")
    return text % {**where, "z": f"{hung.z:.1f}"}


def _zone_name(plan: FloorPlan, zone: str) -> str:
    known = plan.zone(zone)
    return known.name if known else zone


def _beacon_state(line: BeaconLine, *, at: datetime) -> tuple[str, str]:
    if line.findings:
        return "offline", FINDING_TEXTS.get(line.findings[0], line.findings[0])
    if line.last_heard_at is None:
        return "unheard", N_("Not heard")
    if (at - line.last_heard_at).total_seconds() > FRESH_S:
        return "silent", N_("Not heard lately")
    return ("silent", N_("Change battery")) if line.battery_low else ("online", N_("In place"))


def _finding(one: Finding, words: NullTranslations) -> FleetFinding:
    sentence = FINDING_SENTENCES.get(one.kind)
    values = {"subject": one.subject, "other": one.other or NOT_KNOWN}
    return FleetFinding(
        subject=one.subject,
        kind_text=words.gettext(FINDING_TEXTS.get(one.kind, one.kind)),
        text=one.text if sentence is None else words.gettext(sentence) % values,
        since=from_ms(one.first_at_ms),
        acceptable=one.kind in MOVES,
    )
