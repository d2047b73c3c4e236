"""What a no ends, ends at once: the stay, the visit, the dot, what waits to be sent."""

from store_server.database import Database, unit_of_work
from store_server.flows.load_seed import load_shoppers
from store_server.flows.record_consent import record_consent
from store_server.flows.show_people import people_in
from store_server.flows.take_sightings import take_sightings
from store_server.ids import ShopperId, scope
from store_server.outbox.repository import NotificationRepository, OutboxRepository
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.shopper_builders import a_known_shopper
from tests.store_server.outbox.builders import a_notification
from tests.store_server.presence.builders import (
    SCOPE,
    T0,
    T0_MS,
    Shop,
    a_batch,
    a_row,
    a_shop,
    at_s,
    in_words,
)

ONE, TWO = ShopperId("s-1"), ShopperId("s-2")


def hear(shop: Shop, first_s: int, last_s: int, *, until_s: float | None = None) -> None:
    """Both shoppers heard each second; the batches come at once, or together at `until_s`."""
    for second in range(first_s, last_s + 1):
        rows = [a_row(second, shopper=one) for one in (ONE, TWO)]
        batch = a_batch(second + 1, rows=rows, sent_s=max(second, until_s or 0))
        shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)


def a_shop_with_two_inside(database: Database) -> Shop:
    shop = a_shop(database)
    shop.run(load_shoppers, shoppers=[a_known_shopper(one) for one in (ONE, TWO)])
    hear(shop, 0, 30)
    assert shop.zone_of == {ONE: "entrance", TWO: "entrance"}
    return shop


def say(shop: Shop, *, granted: bool, purpose: Purpose = Purpose.LOCATION) -> None:
    shop.run(
        record_consent,
        shopper=ONE,
        purpose=purpose,
        granted=granted,
        source="app",
        text_version="1",
    )


def visits(shop: Shop, shopper: ShopperId) -> list[Visit]:
    with unit_of_work(shop.database.write, None) as uow:
        return PresenceRepository(uow.session, SCOPE).visits_of(shopper)


def test_a_no_to_location_ends_the_visit_at_once(database: Database) -> None:
    shop = a_shop_with_two_inside(database)

    say(shop, granted=False)

    (mine,), (other,) = visits(shop, ONE), visits(shop, TWO)
    assert mine.ended_at == mine.zones[-1].left_at == at_s(30)
    assert other.ended_at is None


def test_the_stay_gets_its_exit_and_the_reason(database: Database) -> None:
    shop = a_shop_with_two_inside(database)

    say(shop, granted=False)

    with unit_of_work(shop.database.write, None) as uow:
        events = PresenceRepository(uow.session, SCOPE).zone_events_of(ONE)
    assert [event.kind for event in events] == ["enter", "exit"]
    assert in_words(events)[-1] == ("exit", "entrance", 30.0)
    assert events[-1].reason == "withdrawn"


def test_the_dot_is_gone_from_the_live_plan(database: Database) -> None:
    shop = a_shop_with_two_inside(database)
    before = [one.device for one in people_in(shop.rooms.live, at_t=T0 + 30)]

    say(shop, granted=False)

    after = [one.device for one in people_in(shop.rooms.live, at_t=T0 + 30)]
    assert (sorted(before), after) == ([ONE, TWO], [TWO])
    assert shop.zone_of == {TWO: "entrance"}
    assert shop.rooms.live.visits.of(ONE) is None


def test_what_is_heard_afterwards_changes_nothing(database: Database) -> None:
    shop = a_shop_with_two_inside(database)
    say(shop, granted=False)

    hear(shop, 31, 60)

    assert len(visits(shop, ONE)) == 1
    assert shop.zone_of == {TWO: "entrance"}
    assert shop.rooms.live.counters["not_consented"] == 30


def test_what_was_heard_between_no_and_yes_stays_unheard(database: Database) -> None:
    shop = a_shop_with_two_inside(database)
    say(shop, granted=False)
    shop.run(take_sightings, batch=a_batch(32, sent_s=70), received_at_ms=T0_MS)
    say(shop, granted=True)

    hear(shop, 33, 60, until_s=75)
    shop.run(take_sightings, batch=a_batch(90, sent_s=80), received_at_ms=T0_MS)

    assert len(visits(shop, ONE)) == 1
    assert shop.rooms.live.counters["not_consented"] == 28


def test_a_new_yes_begins_a_new_visit(database: Database) -> None:
    shop = a_shop_with_two_inside(database)
    say(shop, granted=False)
    for silent_s in range(31, 71):
        batch = a_batch(silent_s + 1, sent_s=silent_s)
        shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)
    say(shop, granted=True)

    hear(shop, 71, 90)

    first, second = visits(shop, ONE)
    assert first.ended_at is not None
    assert second.started_at > first.ended_at


def test_a_no_twice_ends_it_once(database: Database) -> None:
    shop = a_shop_with_two_inside(database)

    for _ in range(2):
        say(shop, granted=False)

    assert len(visits(shop, ONE)) == 1


def test_a_no_to_offers_suppresses_what_waits_in_every_store(database: Database) -> None:
    shop = a_shop_with_two_inside(database)
    places = [scope("acme", "demo"), scope("acme", "other"), scope("rival", "demo")]
    with unit_of_work(database.write, None) as uow:
        for place in places:
            waiting = [a_notification(str(one), shopper=one) for one in (ONE, TWO)]
            OutboxRepository(uow.session, place).add(waiting)

    say(shop, granted=False, purpose=Purpose.OFFERS)

    with unit_of_work(database.write, None) as uow:
        counts = [OutboxRepository(uow.session, place).counts() for place in places]
        (mine,) = NotificationRepository(uow.session, SCOPE).of_shopper(ONE)
    assert [one["suppressed"] for one in counts] == [1, 1, 0]
    assert [one["queued"] for one in counts] == [1, 1, 2]
    assert [(way.state, way.reason) for way in mine.ways] == [("suppressed", "consent_withdrawn")]


def test_a_no_to_offers_leaves_the_visit_alone(database: Database) -> None:
    shop = a_shop_with_two_inside(database)

    say(shop, granted=False, purpose=Purpose.OFFERS)

    assert ONE in shop.zone_of
