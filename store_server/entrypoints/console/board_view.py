"""The live board as words and numbers for people: the same for the page and for the socket."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel import numbers

from store_server.decisions.decision import Outcome
from store_server.entrypoints.console.dot_frame import Mark, dot_id
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import locale_of
from store_server.entrypoints.console.spelling import NOT_KNOWN
from store_server.flows.show_fleet import GatewayLine, GatewayStanding
from store_server.flows.show_live import DecisionLine, LiveBoard
from store_server.flows.show_people import Believed
from store_server.ids import Scope

HEARD_NOW_S = 2
HOTTEST = 3
NO_ZONE = {"unplaced": N_("Not known"), "placed": N_("No zone yet")}
MARK_TEXTS = {Mark.IN_STORE: NOT_KNOWN, Mark.OFFERED: N_("Got one"), Mark.REDEEMED: N_("Redeemed")}
OUTCOME_TEXTS = {
    Outcome.OFFERED: N_("Offered"),
    Outcome.HELD_OUT: N_("Held out"),
    Outcome.NOTHING: N_("Nothing"),
    Outcome.HANDED_OVER: N_("Handed over"),
}
STANDING_TEXTS = {
    GatewayStanding.ONLINE: N_("Online"),
    GatewayStanding.CLOCK: N_("Clock not set"),
    GatewayStanding.SILENT: N_("Silent"),
    GatewayStanding.OFFLINE: N_("Offline"),
    GatewayStanding.REVOKED: N_("Cut off"),
    GatewayStanding.UNHEARD: N_("Not heard"),
}


Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ZoneView:
    """A zone and how many are in it; `heat` 0..3 against the busiest one.

    expected: the sum of everybody's probability of it, one decimal.
    """

    id: str
    name: str
    count: int
    expected: str
    heat: int


@dataclass(frozen=True, slots=True)
class GatewayView:
    """A gateway's line in the table."""

    id: str
    state: str
    state_text: str
    adverts: str
    queued: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision in one line: when, where, how it ended, and one sentence why."""

    id: str
    at: str
    clock: str
    zone: str
    outcome: str
    outcome_text: str
    text: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A shopper in the table that says what the dots say; `code` names nobody."""

    code: str
    place: str
    accuracy: str
    sure: str
    heard: str
    offer: str


@dataclass(frozen=True, slots=True)
class BoardView:
    """Everything on the live page except the dots; `people` is only in the page."""

    store_name: str
    store_clock: str
    in_store: int
    unplaced: int
    delivered: int
    redeemed: int
    lift: str
    zones: tuple[ZoneView, ...]
    gateways: tuple[GatewayView, ...]
    decisions: tuple[DecisionView, ...]
    people: tuple[PersonView, ...]

    @property
    def most(self) -> int:
        """How many are in the busiest zone, 1 at least: the full length of a bar."""
        return max((zone.count for zone in self.zones), default=0) or 1

    def count(self, zone: str) -> int:
        """How many are in a zone."""
        return next((one.count for one in self.zones if one.id == zone), 0)

    def heat(self, zone: str) -> int:
        """The tint of a zone, 0..3."""
        return next((one.heat for one in self.zones if one.id == zone), 0)

    def gateway_state(self, gateway: str) -> str:
        """How a gateway stands, as the drawing shows it."""
        return next((one.state for one in self.gateways if one.id == gateway), "unheard")

    def to_json(self) -> str:
        """The text frame of the live socket."""
        numbers = {"type": "board", **asdict(replace(self, people=()))}
        del numbers["people"]
        return json.dumps(numbers, separators=(",", ":"))


def board_view(
    board: LiveBoard, *, scope: Scope, lift: str, words: NullTranslations, language: str
) -> BoardView:
    """The board in words.

    Args:
        board: as the flow found it.
        scope: whose board: pseudonyms are an organisation's own.
        lift: the sentence on what the offers added.
        words: of the reader's language.
        language: for its numbers.
    """
    say = words.gettext
    local = ZoneInfo(board.timezone)
    busiest = max((zone.count for zone in board.zones), default=0)
    names = {zone.id: zone.name for zone in board.zones}
    order: dict[str | None, int] = {zone.id: n for n, zone in enumerate(board.zones)}
    return BoardView(
        store_name=board.store_name,
        store_clock=_clock(board.at, local),
        in_store=len(board.people),
        unplaced=sum(one.standing == "unplaced" for one in board.people),
        delivered=board.delivered_today,
        redeemed=board.redeemed_today,
        lift=lift,
        zones=tuple(
            ZoneView(
                zone.id,
                zone.name,
                zone.count,
                numbers.format_decimal(zone.expected, "#,##0.0", locale=locale_of(language)),
                _heat(zone.count, busiest),
            )
            for zone in board.zones
        ),
        gateways=tuple(_gateway(line, say) for line in board.gateways),
        decisions=tuple(_decision(line, names, local, say) for line in board.decisions),
        people=tuple(
            _person(one, names, say, (dot_id(scope, one.device), board.marks.get(one.device, 0)))
            for one in sorted(
                board.people,
                key=lambda one: (order.get(one.zone, len(order)), dot_id(scope, one.device)),
            )
        ),
    )


def _person(one: Believed, names: dict[str, str], say: Say, dot: tuple[int, int]) -> PersonView:
    """The line of one shopper (`dot`: its code and mark); live.js makes the same of a frame."""
    code, mark = dot
    return PersonView(
        code=f"{code:08x}"[:6],
        place=names.get(one.zone, one.zone) if one.zone else say(NO_ZONE[one.standing]),
        accuracy=NOT_KNOWN if one.radius_m is None else f"{one.radius_m:.1f} m",
        sure=NOT_KNOWN if one.zone is None else f"{one.confidence:.0%}",
        heard=heard(one.age_s, say),
        offer=say(MARK_TEXTS[Mark(mark)]),
    )


def heard(age_s: float, say: Say) -> str:
    """How long ago somebody was heard."""
    if age_s < HEARD_NOW_S:
        return say("now")
    return say("%(seconds)s s ago") % {"seconds": int(age_s)}


def _heat(count: int, busiest: int) -> int:
    return -(-count * HOTTEST // busiest) if busiest else 0


def _clock(at: datetime, local: ZoneInfo) -> str:
    return at.astimezone(local).strftime("%H:%M:%S")


def _gateway(line: GatewayLine, say: Say) -> GatewayView:
    adverts, queued = line.adverts_per_s, line.queued_batches
    return GatewayView(
        id=line.id,
        state=line.standing,
        state_text=say(STANDING_TEXTS[line.standing]),
        adverts=NOT_KNOWN if adverts is None else f"{adverts:.0f}",
        queued=NOT_KNOWN if queued is None else str(queued),
    )


def _decision(line: DecisionLine, names: dict[str, str], local: ZoneInfo, say: Say) -> DecisionView:
    return DecisionView(
        id=line.id,
        at=line.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        clock=_clock(line.at, local),
        zone=names.get(line.zone, line.zone) if line.zone else say("Whole store"),
        outcome=line.outcome,
        outcome_text=say(OUTCOME_TEXTS[line.outcome]),
        text=line.text,
    )
