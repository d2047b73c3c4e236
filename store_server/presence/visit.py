"""Visits: one stay of one shopper in the store, made of stays in zones.

    no visit --enter--> in a zone --exit--> between zones --enter--> in a zone ...
                                                 |
                                                 +--gap over--> ended, at the last exit

The gap is short after a stay by the door or the checkout, long elsewhere: people pass through
corners where nothing hears them. A visit ends when its last stay ended, not when that was
noticed, so the visits of one shopper never overlap. What comes late (a gateway was cut off) may
tell of a stay that began before the gap was over: then the visit had not ended, and goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from store_server.ids import Scope, ShopperId, ZoneId, natural_id
from store_server.presence.engine import ZoneEvent, zone_event_id
from store_server.presence.policy import PresencePolicy

# How late may be what makes an ended visit go on; as long as an engine remembers a device.
LOOK_BACK_S = 3_600.0


class ZoneStay(NamedTuple):
    """A stay in one zone; `left_at` is None while it lasts."""

    zone: ZoneId
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay of one shopper in the store; `ended_at` is None while it lasts."""

    id: str
    shopper: ShopperId
    started_at: datetime
    ended_at: datetime | None = None
    zones: tuple[ZoneStay, ...] = ()

    @property
    def last_left_at(self) -> datetime | None:
        """When the last stay ended; None while in a zone."""
        return self.zones[-1].left_at if self.zones else self.started_at


class VisitChange(NamedTuple):
    """What became of a visit."""

    kind: Literal["started", "moved", "ended"]
    visit: Visit


class VisitStep(NamedTuple):
    """What some zone events did: the book after them, the changes in order, and whose they are.

    `visit_ids` maps zone event id -> visit id.
    """

    book: "VisitBook"
    changes: list[VisitChange]
    visit_ids: dict[str, str]


@dataclass(frozen=True, slots=True)
class VisitRules:
    """What a store's visits go by: whose they are, the zones one leaves by, the gaps."""

    scope: Scope
    ways_out: frozenset[str]
    policy: PresencePolicy

    def gap_s(self, visit: Visit) -> float:
        """How long nothing may be heard before this visit is over."""
        by_the_door = bool(visit.zones) and visit.zones[-1].zone in self.ways_out
        return self.policy.exit_gap_s if by_the_door else self.policy.visit_gap_s


@dataclass(frozen=True, slots=True)
class VisitBook:
    """The open visits of a store, and the last one that ended, by shopper; only replaced.

    `ended` reaches back `LOOK_BACK_S`: so late may be what makes a visit go on.
    """

    open: Mapping[str, Visit] = field(default_factory=dict)
    ended: Mapping[str, Visit] = field(default_factory=dict)

    def of(self, shopper: str) -> Visit | None:
        """The open visit of `shopper`."""
        return self.open.get(shopper)

    def take(self, events: Iterable[ZoneEvent], *, rules: VisitRules) -> VisitStep:
        """The book after these zone events, which come in order of time for each device."""
        events = list(events)
        visits: dict[str, Visit] = {**self.open, **_going_on(self, events, rules=rules)}
        changes: list[VisitChange] = []
        visit_ids: dict[str, str] = {}
        for event in events:
            if event.kind == "enter":
                _enter(visits, event, rules=rules, changes=changes)
            elif event.kind == "exit":
                _leave(visits, event, changes=changes)
            if (visit := visits.get(event.device)) is not None:
                visit_ids[event.id] = visit.id
        over = {str(one.visit.shopper): one.visit for one in changes if one.kind == "ended"}
        ended = {who: one for who, one in self.ended.items() if who not in visits}
        return VisitStep(VisitBook(visits, {**ended, **over}), changes, visit_ids)

    def end_overdue(self, t: float, *, rules: VisitRules) -> tuple["VisitBook", list[VisitChange]]:
        """The book at `t` without the visits whose gap is over, and those."""
        over = [
            visit
            for visit in self.open.values()
            if (left := visit.last_left_at) is not None
            and left.timestamp() + rules.gap_s(visit) <= t
        ]
        if not over:
            return self, []
        over.sort(key=lambda visit: (visit.started_at, visit.shopper))
        gone = {visit.shopper for visit in over}
        left_open = {who: visit for who, visit in self.open.items() if who not in gone}
        changes = [VisitChange("ended", _ended(visit)) for visit in over]
        ended = {**self.ended, **{str(one.visit.shopper): one.visit for one in changes}}
        recent = {who: one for who, one in ended.items() if _end_t(one) >= t - LOOK_BACK_S}
        return VisitBook(left_open, recent), changes

    def corrected(self, visits: Iterable[Visit]) -> "VisitBook":
        """The book after history of one shopper was corrected: these visits changed or are new.

        One that absorbed the open visit is open itself.
        """
        left_open, ended = dict(self.open), dict(self.ended)
        for visit in visits:
            who = str(visit.shopper)
            last, going_on = ended.get(who), left_open.get(who)
            if visit.ended_at is None:
                left_open[who] = visit
                if last is not None and last.started_at >= visit.started_at:
                    del ended[who]
            elif going_on is None and (last is None or visit.started_at >= last.started_at):
                ended[who] = visit
        return VisitBook(left_open, ended)

    def without(self, shopper: str) -> "VisitBook":
        """The book when `shopper` is not to be known any more."""
        left_open = {who: visit for who, visit in self.open.items() if who != shopper}
        ended = {who: visit for who, visit in self.ended.items() if who != shopper}
        return VisitBook(left_open, ended)


def break_off(visit: Visit, *, at: datetime, scope: Scope) -> tuple[Visit, list[ZoneEvent]]:
    """An open visit as ended because its shopper is not to be observed any more, and its exit.

    Args:
        visit: in a zone, or between zones: then it ended when the last stay did.
        at: the instant of the withdrawal; never before the stay began.
        scope: whose visit.
    """
    if not visit.zones or visit.zones[-1].left_at is not None:
        return _ended(visit), []
    stay = visit.zones[-1]
    left_at = max(at, stay.entered_at)
    entered_t, left_t = stay.entered_at.timestamp(), left_at.timestamp()
    name = zone_event_id(
        scope, kind="exit", device=visit.shopper, zone=stay.zone, entered_at_t=entered_t
    )
    stayed_s = left_t - entered_t
    event = ZoneEvent(
        name, "exit", visit.shopper, stay.zone, left_t, entered_t, stayed_s, "withdrawn"
    )
    visit = replace(visit, zones=(*visit.zones[:-1], stay._replace(left_at=left_at)))
    return _ended(visit), [event]


def instant_of(t: float) -> datetime:
    """The aware UTC instant of float seconds, to the millisecond, as tables keep it."""
    return datetime.fromtimestamp(round(t * 1000) / 1000, UTC)


def _going_on(
    book: VisitBook, events: Iterable[ZoneEvent], *, rules: VisitRules
) -> dict[str, Visit]:
    """The visits that had not ended after all: a stay began before their gap was over."""
    found: dict[str, Visit] = {}
    for event in events:
        visit = book.ended.get(event.device)
        if event.kind != "enter" or visit is None or event.device in book.open:
            continue
        if 0 <= event.t - _end_t(visit) < rules.gap_s(visit):
            found.setdefault(event.device, replace(visit, ended_at=None))
    return found


def _end_t(visit: Visit) -> float:
    assert visit.ended_at is not None
    return visit.ended_at.timestamp()


def _enter(
    visits: dict[str, Visit], event: ZoneEvent, *, rules: VisitRules, changes: list[VisitChange]
) -> None:
    at = instant_of(event.t)
    visit = visits.get(event.device)
    if (
        visit is not None
        and (left := visit.last_left_at) is not None
        and (at - left).total_seconds() >= rules.gap_s(visit)
    ):
        changes.append(VisitChange("ended", _ended(visit)))
        visit = None
    kind: Literal["started", "moved"] = "moved"
    if visit is None:
        kind, visit = "started", _started(event, rules.scope)
    visit = replace(visit, zones=(*visit.zones, ZoneStay(event.zone, at, None)))
    visits[event.device] = visit
    changes.append(VisitChange(kind, visit))


def _leave(visits: dict[str, Visit], event: ZoneEvent, *, changes: list[VisitChange]) -> None:
    visit = visits.get(event.device)
    if visit is None or not visit.zones or visit.zones[-1].left_at is not None:
        return
    left = visit.zones[-1]._replace(left_at=instant_of(event.t))
    visits[event.device] = replace(visit, zones=(*visit.zones[:-1], left))
    changes.append(VisitChange("moved", visits[event.device]))


def _started(event: ZoneEvent, scope: Scope) -> Visit:
    name = natural_id("visit", scope.org, scope.store, event.device, round(event.t * 1000))
    return Visit(name, ShopperId(event.device), instant_of(event.t))


def _ended(visit: Visit) -> Visit:
    return replace(visit, ended_at=visit.last_left_at)
