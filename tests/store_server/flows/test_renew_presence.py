"""A changed plan or survey: positions follow, who is in the store stays there, once."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from store_server.clock import SteppedClock, to_ms
from store_server.database import Database
from store_server.flows.advance_presence import advance_presence
from store_server.flows.journal_presence import checkpoint_presence
from store_server.flows.renew_presence import renew_presence, see_ground
from store_server.flows.restore_presence import restore_presence
from store_server.flows.rooms import Ground
from store_server.flows.save_zone import save_zone
from store_server.ids import ZoneId
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import PresenceEngine
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.repository import SurveyRepository
from store_server.presence.site import site_of
from store_server.presence.survey import NO_SURVEY, SurveyLine
from store_server.shop.floor_plan import FloorPlan, Wall, Zone
from store_server.shop.repository import PlanRepository
from tests.store_server.flows.test_take_sightings import take, zone_events
from tests.store_server.presence.builders import SCOPE, T0, Shop, a_row, a_shop, at_s, some_rooms
from tests.store_server.shop.builders import BAKERY, a_plan, a_store
from tests.store_server.shoppers.builders import MONDAY

WALLED = replace(a_plan(), walls=(Wall(((10, 0), (10, 4))),))


def filters(plan: FloorPlan, _survey: Sequence[SurveyLine]) -> PresenceEngine:
    return BayesFilter(site_of(plan), scope=SCOPE)


def nearest(plan: FloorPlan, _survey: Sequence[SurveyLine]) -> PresenceEngine:
    return NearestAnchor(plan, scope=SCOPE)


def keep_plan(uow: object, _rooms: object, *, now: object, plan: FloorPlan) -> None:
    PlanRepository(uow.session, SCOPE).save(a_store(), plan)  # type: ignore[attr-defined] # a UnitOfWork


def serving(database: Database, *, kind: object = filters) -> Shop:
    """A store in which shopper s-1 stands by the gateway of the entrance for ten seconds."""
    shop = a_shop(database, clock=SteppedClock(MONDAY))
    shop.run(keep_plan, plan=a_plan())
    shop.rooms.engines = kind  # type: ignore[assignment] # one of two builders
    engine = shop.rooms.engines(a_plan(), ())  # type: ignore[misc] # set above
    shop.rooms.live = replace(shop.rooms.live, presence=engine, ground=Ground(a_plan()))
    shop.run(checkpoint_presence, forced=True)
    for second in range(1, 11):
        hear(shop, second)
    return shop


def hear(shop: Shop, second: int) -> None:
    clock = shop.rooms.clock
    assert isinstance(clock, SteppedClock)
    clock.advance_to(at_s(second))
    for gateway, level in (("gw-1", -62.0), ("gw-2", -82.0)):
        rows = [a_row(second, rssi_dbm=level)]
        take(shop, second, gateway=gateway, rows=rows, sent_s=second)
    shop.run(advance_presence)


def wall_in(shop: Shop, plan: FloorPlan = WALLED) -> None:
    shop.run(keep_plan, plan=plan)
    engine = filters(plan, ())
    assert shop.run(renew_presence, ground=Ground(plan), engine=engine)


def test_a_belief_goes_on_over_the_new_plan(database: Database) -> None:
    shop = serving(database)
    before = shop.rooms.live.presence.estimate("s-1", T0 + 10)

    wall_in(shop)

    after = shop.rooms.live.presence.estimate("s-1", T0 + 10)
    assert before is not None
    assert after is not None
    assert after.zone == before.zone == "entrance"
    assert after.x == pytest.approx(before.x, abs=0.5)
    assert shop.rooms.live.plan == WALLED


@pytest.mark.parametrize("kind", [filters, nearest])
def test_nobody_enters_twice(sqlite_database: Database, kind: object) -> None:
    shop = serving(sqlite_database, kind=kind)

    shop.run(
        save_zone, zone=replace(a_plan().zones[1], polygon=((11, 0), (20, 0), (20, 10), (11, 10)))
    )
    for second in range(11, 20):
        hear(shop, second)

    assert [kind for _, kind, _ in shop.run(zone_events)] == ["enter"]
    assert shop.rooms.live.counters["visits"] == 1


def test_a_saved_zone_is_in_the_engine_of_the_same_publication(database: Database) -> None:
    shop = serving(database)
    plan = a_plan()
    a_hall = Zone(ZoneId("hall"), "Hall", ((10, 8), (20, 8), (20, 10), (10, 10)))
    bakery = replace(plan.zones[1], polygon=((10, 0), (20, 0), (20, 8), (10, 8)))

    shop.run(save_zone, zone=bakery)
    shop.run(save_zone, zone=a_hall)

    engine = shop.rooms.live.presence
    assert isinstance(engine, BayesFilter)
    assert ZoneId("hall") in engine.zone_probabilities("s-1", T0 + 10)


def test_a_stay_in_a_zone_that_is_gone_ends(database: Database) -> None:
    shop = serving(database)
    plan = a_plan()
    smaller = replace(plan, zones=plan.zones[1:], gateways=plan.gateways[1:], beacons=())

    wall_in(shop, smaller)

    assert [kind for _, kind, _ in shop.run(zone_events)] == ["enter", "exit"]
    assert shop.zone_of == {"s-1": None}
    visit = shop.rooms.live.visits.of("s-1")
    assert visit is not None
    assert visit.last_left_at == at_s(10)


def test_a_restart_takes_the_carried_beliefs_up(database: Database) -> None:
    shop = serving(database)
    wall_in(shop)
    rooms = some_rooms(clock=SteppedClock(at_s(10)))
    rooms.live = replace(rooms.live, plan=WALLED, presence=filters(WALLED, ()))
    again = Shop(database, rooms)

    live = again.run(restore_presence, start_at=MONDAY)

    now = shop.rooms.live.presence
    for engine in (live.presence, now):
        engine.advance(T0 + 12)
    assert live.presence.states(live.presence.known()) == now.states(now.known())


def test_with_a_survey_the_plan_waits_for_its_fit(database: Database) -> None:
    shop = serving(database)
    shop.run(take_reading)
    engine = shop.rooms.live.presence

    shop.run(
        save_zone, zone=replace(a_plan().zones[1], polygon=((11, 0), (20, 0), (20, 10), (11, 10)))
    )

    ground = shop.run(see_ground)
    assert shop.rooms.live.presence is engine
    assert ground is not None
    assert ground.survey != NO_SURVEY
    assert ground.plan == shop.rooms.live.plan


def take_reading(uow: object, _rooms: object, *, now: object) -> None:
    survey = SurveyRepository(uow.session, SCOPE)  # type: ignore[attr-defined] # a UnitOfWork
    survey.add_readings([SurveyLine(to_ms(MONDAY) / 1000, "gw-1", "t-1", -60.0, zone=BAKERY)])


def test_an_engine_of_a_plan_that_changed_meanwhile_is_not_taken(database: Database) -> None:
    shop = serving(database)
    late = filters(WALLED, ())

    assert not shop.run(renew_presence, ground=Ground(WALLED), engine=late)

    assert shop.rooms.live.presence is not late
    assert shop.rooms.live.plan == a_plan()
