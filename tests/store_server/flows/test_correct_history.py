"""A gateway was cut off for five minutes: its spool corrects visits and triggers nothing."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlmodel import col

from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.decisions.tables import DecisionRow
from store_server.flows.advance_presence import advance_presence
from store_server.flows.correct_history import REST_MS, correct_history
from store_server.flows.journal_presence import checkpoint_presence
from store_server.flows.restore_presence import restore_presence
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.repository import PresenceRepository
from store_server.presence.site import site_of
from store_server.presence.tables import ZoneEventRow
from store_server.presence.visit import Visit
from tests.store_server.flows.test_advance_presence import decided, on_enter
from tests.store_server.flows.test_take_sightings import take, zone_events
from tests.store_server.presence.builders import SCOPE, T0, Shop, a_row, a_shop, at_s, some_rooms
from tests.store_server.shop.builders import a_plan
from tests.store_server.shoppers.builders import MONDAY

OUTAGE = range(40, 340, 2)


def at(shop: Shop, second: float) -> None:
    clock = shop.rooms.clock
    assert isinstance(clock, SteppedClock)
    clock.advance_to(at_s(second))
    shop.run(advance_presence)


def in_the_bakery(second: int) -> dict[str, float]:
    """What the gateways of entrance and bakery would hear; nothing while out of the shop."""
    if second < 40 or second >= 360:
        return {"gw-1": -60.0, "gw-2": -82.0}
    return {"gw-2": -60.0} if second < 300 else {}


def a_day(database: Database, *, kind: str) -> Shop:
    """At the entrance; gw-2 is cut off, the shopper goes into the bakery; back at the entrance."""
    shop = with_engine(a_shop(database, clock=SteppedClock(MONDAY), catalogue=on_enter()), kind)
    for second in range(2, 381, 2):
        at(shop, second)
        for gateway, level in in_the_bakery(second).items():
            if gateway == "gw-2" and second in OUTAGE:
                continue
            rows = [a_row(second, rssi_dbm=level)]
            take(shop, second, gateway=gateway, rows=rows, sent_s=second)
    return shop


def with_engine(shop: Shop, kind: str) -> Shop:
    if kind == "bayes":
        engine = BayesFilter(site_of(a_plan()), scope=SCOPE)
        shop.rooms.live = replace(shop.rooms.live, presence=engine)
    return shop


def an_event_day(database: Database) -> Shop:
    """The same day by the event clock; gw-2 is back at 380 s and tells all, in order."""
    shop = with_engine(a_shop(database, catalogue=on_enter()), "bayes")
    for second in range(2, 397, 2):
        tell(shop, second, gateway="gw-1")
        if second == 380:
            for heard in range(40, 380, 2):
                tell(shop, heard, gateway="gw-2", sent_s=heard if heard >= 350 else second)
        if second < 40 or second >= 380:
            tell(shop, second, gateway="gw-2")
    return shop


def tell(shop: Shop, second: int, *, gateway: str, sent_s: int | None = None) -> None:
    """The batch of two seconds; a short backlog bears the ticks it was written under."""
    level = in_the_bakery(second).get(gateway)
    rows = [a_row(second, rssi_dbm=level)] if level else []
    take(shop, second // 2, gateway=gateway, rows=rows, sent_s=second if sent_s is None else sent_s)


def spool_comes(shop: Shop, *, at_second: int = 381) -> None:
    """The batches of the outage, in order, within one second; then nothing late any more."""
    at(shop, at_second)
    for second in OUTAGE:
        level = in_the_bakery(second).get("gw-2")
        rows = [a_row(second, rssi_dbm=level)] if level else []
        take(shop, second, gateway="gw-2", rows=rows, sent_s=at_second)
    at(shop, at_second + REST_MS / 1000 + 1)


def visits(uow: object, _rooms: object, *, now: object) -> list[Visit]:
    repository = PresenceRepository(uow.session, SCOPE)  # type: ignore[attr-defined] # a UnitOfWork
    return repository.visits_of("s-1")


def visits_named_in_decisions(uow: object, _rooms: object, *, now: object) -> list[str]:
    rows = uow.session.execute(select(col(DecisionRow.visit_id)))  # type: ignore[attr-defined] # a UnitOfWork
    return [visit for (visit,) in rows]


def visits_named_in_events(uow: object, _rooms: object, *, now: object) -> set[str]:
    rows = uow.session.execute(select(col(ZoneEventRow.visit)))  # type: ignore[attr-defined] # a UnitOfWork
    return {visit for (visit,) in rows}


def in_zones(found: Sequence[Visit]) -> list[tuple[str, int, int | None]]:
    """(zone, from, until) of each stay, in seconds of the day."""
    return [
        (
            str(stay.zone),
            round(stay.entered_at.timestamp() - T0),
            round(stay.left_at.timestamp() - T0) if stay.left_at else None,
        )
        for visit in found
        for stay in visit.zones
    ]


@pytest.mark.parametrize("kind", ["bayes", "nearest"])
def test_a_gap_of_a_visit_is_filled(sqlite_database: Database, kind: str) -> None:
    shop = a_day(sqlite_database, kind=kind)
    before = in_zones(shop.run(visits))
    spool_comes(shop)

    assert shop.run(correct_history) == 0

    after = in_zones(shop.run(visits))
    assert {zone for zone, _, _ in before} == {"entrance"}
    added = [one for one in after if one not in before]
    assert [zone for zone, _, _ in added] == ["bakery"]
    assert added[0][1] == pytest.approx(41, abs=3)
    assert added[0][2] == pytest.approx(299, abs=3)


def test_two_visits_that_it_bridges_are_one(sqlite_database: Database) -> None:
    shop = a_day(sqlite_database, kind="bayes")
    first, second = shop.run(visits)
    spool_comes(shop)

    shop.run(correct_history)

    (one,) = shop.run(visits)
    assert first.ended_at is not None
    assert (one.id, one.started_at) == (first.id, first.started_at)
    assert (one.ended_at, one.zones[-1]) == (second.ended_at, second.zones[-1])
    assert [stay.zone for stay in one.zones] == ["entrance", "bakery", "entrance"]
    assert shop.rooms.live.visits.of("s-1") == one


def test_what_referred_to_the_absorbed_visit_finds_the_one(sqlite_database: Database) -> None:
    shop = a_day(sqlite_database, kind="bayes")
    first, second = shop.run(visits)
    before = shop.run(visits_named_in_decisions)
    spool_comes(shop)

    shop.run(correct_history)
    take(shop, 382, rows=[a_row(392, rssi_dbm=-60.0)], sent_s=392)

    assert sorted(before) == sorted([first.id, second.id])
    assert shop.run(visits_named_in_decisions) == [first.id, first.id]
    assert shop.run(visits_named_in_events) == {first.id}
    assert len(shop.run(visits)) == 1


def test_by_the_event_clock_it_is_done_as_time_passes(sqlite_database: Database) -> None:
    shop = an_event_day(sqlite_database)

    (one,) = shop.run(visits)

    assert [stay.zone for stay in one.zones] == ["entrance", "bakery", "entrance"]
    assert in_zones([one])[1][1:] == pytest.approx((41, 299), abs=3)
    assert shop.rooms.live.late == ()
    assert shop.rooms.live.counters["corrected_visits"] == 1
    assert decided(shop) == 2


def test_the_event_clock_gives_the_same_after_a_kill(sqlite_database: Database) -> None:
    shop = an_event_day(sqlite_database)
    whole = shop.run(zone_events)
    shop.run(checkpoint_presence, forced=True)
    rooms = some_rooms(catalogue=on_enter())
    again = with_engine(Shop(sqlite_database, rooms), "bayes")

    again.rooms.live = again.run(restore_presence, start_at=MONDAY)
    for second in range(398, 420, 2):
        for gateway in ("gw-1", "gw-2"):
            take(again, second // 2, gateway=gateway, rows=[], sent_s=second)

    assert again.run(zone_events) == whole


def test_it_triggers_nothing_and_is_marked_late(sqlite_database: Database) -> None:
    shop = a_day(sqlite_database, kind="bayes")
    decisions, events = decided(shop), len(shop.run(zone_events))
    spool_comes(shop)

    shop.run(correct_history)

    assert decided(shop) == decisions >= 1
    assert len(shop.run(zone_events)) == events + 2
    assert shop.rooms.live.counters["late_events"] == 2


def test_visits_do_not_overlap_and_twice_is_once(sqlite_database: Database) -> None:
    shop = a_day(sqlite_database, kind="bayes")
    spool_comes(shop)
    waiting = shop.rooms.live.late
    shop.run(correct_history)
    once = shop.run(visits)

    shop.rooms.live = replace(shop.rooms.live, late=waiting)
    shop.run(correct_history)

    assert shop.run(visits) == once
    for one, following in pairwise(once):
        assert one.ended_at is not None
        assert one.ended_at <= following.started_at


def test_while_a_spool_still_comes_nothing_is_concluded(sqlite_database: Database) -> None:
    shop = a_day(sqlite_database, kind="nearest")
    at(shop, 381)
    take(shop, 40, gateway="gw-2", rows=[a_row(second) for second in range(40, 60)], sent_s=381)

    left = shop.run(correct_history)

    assert left == 0
    assert len(shop.rooms.live.late) == 20


def test_what_waits_to_correct_history_survives_a_kill(sqlite_database: Database) -> None:
    shop = a_shop(sqlite_database, clock=SteppedClock(at_s(100)))
    shop.run(checkpoint_presence, forced=True)
    take(shop, 1, rows=[a_row(100)], sent_s=100)
    take(shop, 1, gateway="gw-2", rows=[a_row(second) for second in range(20, 40)], sent_s=100)
    again = Shop(sqlite_database, some_rooms(clock=SteppedClock(at_s(101))))

    again.rooms.live = again.run(restore_presence, start_at=MONDAY)

    assert len(again.rooms.live.late) == 20
    assert again.rooms.live.late == shop.rooms.live.late
