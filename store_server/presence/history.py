"""What came too late for the engine, put into the history of visits; it triggers nothing.

A gateway that was cut off keeps what it hears and sends it minutes later. By then the engine has
gone on by the others, and does not go back. An engine without memory hears the late sightings
alone, in their order; of the stays that it tells, only what lies between the known ones counts:
what was said of a time when somebody was heard is not taken back.

    known    |--entrance--|                                |--checkout--|
    late            |-------bakery-------|
    after    |--entrance--|----bakery----|                 |--checkout--|

Two visits with no gap between them any more were one: the earlier one goes on, under its id, and
absorbs the later one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from store_server.ids import Scope, ShopperId, natural_id
from store_server.presence.engine import EventKind, PresenceEngine, ZoneEvent, zone_event_id
from store_server.presence.event_clock import reached
from store_server.presence.observation import Observation
from store_server.presence.visit import Visit, VisitRules, ZoneStay, instant_of

# Shorter than a hold of the zone rule, and a piece says nothing.
LEAST_PIECE_S = 2.0
# Time passes in steps of this length between late sightings.
_STEP_S = 1.0


class Correction(NamedTuple):
    """The visits that change, as they are now; the zone events of what was added.

    `absorbed` maps the id of a visit that is gone to the id of the one that it is part of.
    """

    visits: list[Visit]
    events: list[ZoneEvent]
    absorbed: Mapping[str, str]


def late_stays(engine: PresenceEngine, heard: Iterable[Observation]) -> list[ZoneStay]:
    """The stays that late sightings of one device tell, in order; each has an end.

    Args:
        engine: without devices.
        heard: of one device, in any order.
    """
    told, _ = reached(heard, float("inf"))
    if not told:
        return []
    events: list[ZoneEvent] = []
    passed_t = told[0].t
    for one in told:
        if one.t > passed_t + _STEP_S:
            events += engine.advance(passed_t := one.t - _STEP_S)
        events += engine.observe(one)
    last_t = told[-1].t
    events += engine.advance(last_t + _STEP_S)
    stays: list[ZoneStay] = []
    for event in events:
        if event.kind == "enter":
            stays.append(ZoneStay(event.zone, instant_of(event.t), None))
        elif event.kind == "exit" and stays:
            stays[-1] = stays[-1]._replace(left_at=instant_of(event.t))
    if stays and stays[-1].left_at is None:
        stays[-1] = stays[-1]._replace(left_at=max(stays[-1].entered_at, instant_of(last_t)))
    return stays


def corrected(
    visits: Sequence[Visit], stays: Iterable[ZoneStay], *, shopper: ShopperId, rules: VisitRules
) -> Correction:
    """What late stays change.

    Args:
        visits: all of the shopper, by start.
        stays: late ones, in order, each with an end.
        shopper: whose.
        rules: when one visit is over and another begins.
    """
    known = {visit.id: visit for visit in visits}
    changed: set[str] = set()
    absorbed: dict[str, str] = {}
    events: list[ZoneEvent] = []
    for stay in stays:
        for piece in _free(stay, known.values()):
            visit = _with(known.values(), piece, shopper=shopper, rules=rules)
            known[visit.id] = visit
            changed.add(_joined(known, visit, absorbed, rules=rules).id)
            events += _events(piece, shopper, scope=rules.scope)
    now = sorted((known[name] for name in changed & known.keys()), key=_start)
    gone = {visit.id for visit in visits} - known.keys()
    return Correction(now, events, {name: absorbed[name] for name in sorted(gone)})


def _joined(
    known: dict[str, Visit], visit: Visit, absorbed: dict[str, str], *, rules: VisitRules
) -> Visit:
    """The visit with its neighbours as far as no gap is left between them."""
    while True:
        row = sorted(known.values(), key=_start)
        at = row.index(visit)
        pair = next(
            (
                (first, second)
                for first, second in pairwise(row[max(0, at - 1) : at + 2])
                if first.ended_at is not None
                and (second.started_at - first.ended_at).total_seconds() < rules.gap_s(first)
            ),
            None,
        )
        if pair is None:
            return visit
        first, second = pair
        visit = replace(first, ended_at=second.ended_at, zones=(*first.zones, *second.zones))
        del known[second.id]
        known[first.id] = visit
        absorbed |= {name: first.id for name, kept in absorbed.items() if kept == second.id}
        absorbed[second.id] = first.id


def _start(visit: Visit) -> tuple[datetime, str]:
    return visit.started_at, visit.id


def _free(stay: ZoneStay, visits: Iterable[Visit]) -> list[ZoneStay]:
    """What of a late stay lies between the known ones."""
    assert stay.left_at is not None
    spans: list[tuple[datetime, datetime]] = [(stay.entered_at, stay.left_at)]
    for taken in sorted(
        (one for visit in visits for one in visit.zones), key=lambda one: one.entered_at
    ):
        spans = (
            [
                part
                for start, end in spans
                for part in (
                    (start, min(end, taken.entered_at)),
                    (max(start, taken.left_at or end), end),
                )
                if part[0] < part[1]
            ]
            if _touch(spans, taken)
            else spans
        )
    return [
        ZoneStay(stay.zone, start, end)
        for start, end in spans
        if (end - start).total_seconds() >= LEAST_PIECE_S
    ]


def _touch(spans: list[tuple[datetime, datetime]], taken: ZoneStay) -> bool:
    return any(
        taken.entered_at < end and (taken.left_at is None or taken.left_at > start)
        for start, end in spans
    )


def _with(
    visits: Iterable[Visit], piece: ZoneStay, *, shopper: ShopperId, rules: VisitRules
) -> Visit:
    """The visit that a piece belongs to, with it: around it, just before, just after, or new."""
    assert piece.left_at is not None
    start, end = piece.entered_at, piece.left_at
    before: Visit | None = None
    after: Visit | None = None
    for visit in sorted(visits, key=lambda one: one.started_at):
        if visit.started_at <= start:
            before = visit
        elif after is None:
            after = visit
    if before is not None and (before.ended_at is None or start <= before.ended_at):
        visit = _put(before, piece)
        # A piece begins where the last stay ended: then the visit ends with it.
        over = before.ended_at is not None
        return replace(visit, ended_at=max(before.ended_at or end, end)) if over else visit
    ended_at = before.ended_at if before is not None else None
    if before is not None and ended_at is not None:
        away_s = (start - ended_at).total_seconds()
        if away_s < rules.gap_s(before):
            return replace(_put(before, piece), ended_at=end)
    if after is not None and (after.started_at - end).total_seconds() < rules.policy.visit_gap_s:
        return replace(_put(after, piece), started_at=start)
    name = natural_id(
        "visit", rules.scope.org, rules.scope.store, shopper, round(start.timestamp() * 1000)
    )
    return Visit(name, shopper, start, end, (piece,))


def _put(visit: Visit, piece: ZoneStay) -> Visit:
    zones = sorted((*visit.zones, piece), key=lambda one: one.entered_at)
    return replace(visit, zones=tuple(zones))


def _events(piece: ZoneStay, shopper: ShopperId, *, scope: Scope) -> list[ZoneEvent]:
    assert piece.left_at is not None
    zone, entered_t, left_t = piece.zone, piece.entered_at.timestamp(), piece.left_at.timestamp()

    def name(kind: EventKind) -> str:
        return zone_event_id(scope, kind=kind, device=shopper, zone=zone, entered_at_t=entered_t)

    stayed_s = left_t - entered_t
    return [
        ZoneEvent(name("enter"), "enter", shopper, zone, entered_t, entered_t, 0.0),
        ZoneEvent(name("exit"), "exit", shopper, zone, left_t, entered_t, stayed_s, "moved"),
    ]
