"""From sightings to decisions: what is fresh asks, what is late is history."""

from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.flows.advance_presence import advance_presence
from store_server.ids import ZoneId
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.presence.repository import PresenceRepository
from tests.store_server.flows.test_take_sightings import take
from tests.store_server.offers.builders import a_campaign, an_offer
from tests.store_server.presence.builders import SCOPE, Shop, a_row, a_shop, at_s


def on_enter() -> Catalogue:
    rule = TriggerRule(TriggerKind.ZONE_ENTER, ZoneId("entrance"))
    return catalogue_of([an_offer()], [a_campaign(trigger=rule)])


def on_dwell(dwell_s: int) -> Catalogue:
    rule = TriggerRule(TriggerKind.ZONE_DWELL, ZoneId("entrance"), dwell_s)
    return catalogue_of([an_offer()], [a_campaign(trigger=rule)])


def decided(shop: Shop) -> int:
    values = shop.rooms.live.counters.values
    return sum(count for name, count in values.items() if name.startswith("decisions."))


def stay(shop: Shop, seconds: int, *, late_s: float = 0.0) -> None:
    """Shopper s-1 is heard each second; each batch is sent `late_s` after what it tells."""
    for tick in range(1, seconds + 1):
        take(shop, tick, rows=[a_row(tick)], sent_s=tick + late_s)


def test_a_fresh_enter_is_decided_once(database: Database) -> None:
    shop = a_shop(database, catalogue=on_enter())

    stay(shop, 5)

    assert decided(shop) == 1


def test_a_dwell_that_a_campaign_waits_for_is_decided(database: Database) -> None:
    shop = a_shop(database, catalogue=on_dwell(7))

    stay(shop, 8)
    before = decided(shop)
    take(shop, 9, rows=[a_row(9)], sent_s=9)

    assert (before, decided(shop)) == (0, 1)


def test_what_comes_late_is_kept_and_asks_nothing(database: Database) -> None:
    shop = a_shop(database, catalogue=on_enter())

    stay(shop, 5, late_s=40)

    assert decided(shop) == 0
    assert shop.rooms.live.counters["zone_events"] > 0
    assert shop.rooms.live.counters["visits"] == 1


def test_a_backlog_is_history_by_the_system_clock_too(database: Database) -> None:
    shop = a_shop(database, clock=SteppedClock(at_s(600)), catalogue=on_enter())

    take(shop, 1, rows=[a_row(tick) for tick in range(20)], sent_s=600)
    shop.run(advance_presence)

    assert decided(shop) == 0
    assert shop.rooms.live.counters["late_sightings"] == 20
    assert shop.rooms.live.counters["visits"] == 1


def test_the_event_clock_is_written_down_with_what_it_decided(database: Database) -> None:
    shop = a_shop(database)

    stay(shop, 5)

    assert shop.rooms.live.event_now_ms == shop.run(written_clock)


def written_clock(uow: object, rooms: object, *, now: object) -> int:
    repository = PresenceRepository(uow.session, SCOPE)  # type: ignore[attr-defined] # a UnitOfWork
    progress = repository.progress()
    assert progress is not None
    return progress.event_now_ms
