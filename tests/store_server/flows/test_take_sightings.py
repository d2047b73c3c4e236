"""A batch is taken once, whole, and acknowledged; by the event clock, in one order."""

import random

import pytest
from msgspec import structs

from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.flows.restore_presence import restore_presence
from store_server.flows.take_gateway_state import take_gateway_state
from store_server.flows.take_sightings import SightingsTaken, take_sightings
from store_server.presence.repository import IntakeRepository, PresenceRepository
from tests.store_server.presence.builders import (
    OTHER_SPOOL,
    SCOPE,
    T0_MS,
    Shop,
    a_batch,
    a_row,
    a_shop,
    a_state,
    at_s,
    some_rooms,
)
from tests.store_server.shoppers.builders import MONDAY


def take(shop: Shop, seq: int = 1, **arguments: object) -> SightingsTaken:
    batch = a_batch(seq, **arguments)  # type: ignore[arg-type] # passed on as they are
    return shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)


def stand_by(shop: Shop, *gateways: str) -> None:
    for gateway in gateways:
        shop.run(take_gateway_state, state=a_state(gateway), gateway=gateway, received_at_ms=T0_MS)


def test_acknowledges_what_it_took(database: Database) -> None:
    shop = a_shop(database)

    answers = [take(shop, seq) for seq in (1, 2)]

    assert [one.ack.through_seq for one in answers] == [1, 2]
    assert shop.rooms.live.gateways["gw-1"].applied_batches == 2


def test_a_duplicate_is_acknowledged_again_and_changes_nothing_else(database: Database) -> None:
    shop = a_shop(database)
    take(shop, 1, rows=[a_row()])
    before = shop.rooms.live

    again = take(shop, 1, rows=[a_row()], sent_s=5)

    assert again.duplicate
    assert again.ack.through_seq == 1
    assert shop.rooms.live.counters == before.counters
    assert shop.rooms.live.event_now_ms == before.event_now_ms
    assert shop.rooms.live.gateways["gw-1"].duplicates == 1


def test_a_probe_is_acknowledged_and_counts_as_nothing(database: Database) -> None:
    shop = a_shop(database)
    take(shop, 1)
    before = shop.rooms.live

    probe = structs.replace(a_batch(1), spool_id=OTHER_SPOOL, probe=True)
    told = shop.run(take_sightings, batch=probe, received_at_ms=T0_MS)

    assert (told.ack.spool_id, told.ack.through_seq) == (OTHER_SPOOL, 1)
    assert shop.rooms.live == before


def test_an_unexplained_gap_is_not_acknowledged(database: Database) -> None:
    shop = a_shop(database)
    take(shop, 1)

    assert take(shop, 3).ack.through_seq == 1
    assert take(shop, 2).ack.through_seq == 3


def test_an_explained_gap_is_passed(database: Database) -> None:
    assert take(a_shop(database), 9, lost=[(1, 8)]).ack.through_seq == 9


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"sent_s": 12 * 3600 + 1}, "clock_ahead"),
        ({"sent_s": -12 * 3600 - 1}, "clock_behind"),
        ({"store": "other"}, "topic_mismatch"),
    ],
)
def test_what_cannot_be_used_is_quarantined_and_passed(
    database: Database, arguments: dict[str, object], reason: str
) -> None:
    shop = a_shop(database)

    taken = take(shop, 1, rows=[a_row()], **arguments)

    assert taken.quarantined == reason
    assert (taken.ack.through_seq, taken.ack.quarantined) == (1, [1])
    assert shop.rooms.live.pending == ()
    assert shop.run(quarantined) == [reason]


def quarantined(uow: object, rooms: object, *, now: object) -> list[str]:
    repository = IntakeRepository(uow.session, SCOPE)  # type: ignore[attr-defined] # a UnitOfWork
    return [entry.refused.reason for entry in repository.quarantined()]


def test_a_batch_of_another_gateway_is_not_taken_for_it(database: Database) -> None:
    shop = a_shop(database)

    taken = shop.run(
        take_sightings, batch=a_batch(gateway="gw-2"), received_at_ms=T0_MS, gateway="gw-1"
    )

    assert (taken.gateway, taken.quarantined) == ("gw-1", "topic_mismatch")
    assert "gw-2" not in shop.rooms.live.gateways


def test_only_who_agreed_is_observed(database: Database) -> None:
    shop = Shop(database, some_rooms()).agree("s-1")

    take(shop, 1, rows=[a_row(), a_row(shopper="s-2"), a_row(identity="0" * 16)])

    assert [one.device for one in shop.rooms.live.pending] == ["s-1"]
    counters = shop.rooms.live.counters
    assert (counters["sightings"], counters["not_consented"]) == (3, 1)
    assert counters["unknown_identities"] == 1


def test_a_withdrawn_consent_counts_at_once(database: Database) -> None:
    shop = a_shop(database).agree("s-1", granted=False)

    take(shop, 1, rows=[a_row()])

    assert shop.rooms.live.pending == ()


def test_observations_wait_until_every_gateway_has_told(database: Database) -> None:
    shop = a_shop(database)
    stand_by(shop, "gw-1", "gw-2")

    take(shop, 1, rows=[a_row(1), a_row(3)], sent_s=3)
    waiting = len(shop.rooms.live.pending)
    take(shop, 1, gateway="gw-2", sent_s=3)

    assert waiting == 2
    assert shop.rooms.live.pending == ()
    assert shop.rooms.live.event_now_ms == T0_MS + 3_000
    assert shop.zone_of == {"s-1": "entrance"}


def a_day(shop: Shop, *, seed: int) -> list[tuple[str, str, int]]:
    """Forty ticks of two gateways, whose messages interleave by the seed."""
    rng = random.Random(seed)
    stand_by(shop, "gw-1", "gw-2")
    for tick in range(1, 41):
        nearer = "gw-1" if tick < 20 else "gw-2"
        for gateway in rng.sample(("gw-1", "gw-2"), 2):
            level = -60.0 if gateway == nearer else -85.0
            rows = [a_row(tick, shopper=one, rssi_dbm=level) for one in ("s-1", "s-2")]
            rng.shuffle(rows)
            take(shop, tick, gateway=gateway, rows=rows, sent_s=tick)
    return shop.run(zone_events)


def zone_events(uow: object, rooms: object, *, now: object) -> list[tuple[str, str, int]]:
    repository = PresenceRepository(uow.session, SCOPE)  # type: ignore[attr-defined] # a UnitOfWork
    return [
        (one.id, one.kind, round(one.t * 1000))
        for shopper in ("s-1", "s-2")
        for one in repository.zone_events_of(shopper)
    ]


def test_the_way_messages_interleave_changes_no_event(database: Database, twin: Database) -> None:
    first = a_day(a_shop(database), seed=1)
    again = a_day(a_shop(twin), seed=2)

    assert len(first) >= 6
    assert again == first


def test_by_the_system_clock_an_observation_counts_at_once(database: Database) -> None:
    clock = SteppedClock(MONDAY)
    shop = a_shop(database, clock=clock)

    for tick in range(4):
        clock.advance_to(at_s(tick))
        take(shop, tick + 1, rows=[a_row(tick)], sent_s=tick)

    assert shop.zone_of == {"s-1": "entrance"}
    assert shop.rooms.live.counters["visits"] == 1


def test_a_row_from_the_future_is_taken_as_of_now(database: Database) -> None:
    shop = a_shop(database, clock=SteppedClock(MONDAY))

    take(shop, 1, rows=[a_row(200)], sent_s=200)

    estimate = shop.rooms.live.presence.estimate("s-1", T0_MS / 1000)
    assert estimate is not None
    assert estimate.last_seen_t == T0_MS / 1000


def test_a_new_spool_starts_anew_and_the_totals_stay(database: Database) -> None:
    shop = a_shop(database)
    take(shop, 1)
    take(shop, 2)

    fresh = take(shop, 1, spool_id=OTHER_SPOOL)
    old = take(shop, 2)

    assert fresh.ack.through_seq == 1
    assert (old.duplicate, old.ack.through_seq) == (True, 2)
    board = shop.rooms.live.gateways["gw-1"]
    assert (board.applied_batches, board.duplicates) == (3, 1)


def test_a_row_of_long_ago_costs_no_ids(database: Database) -> None:
    shop = a_shop(database)
    before = shop.rooms.live.identities

    take(shop, 1, rows=[a_row(-25 * 3600), a_row(0)])

    assert shop.rooms.live.identities is before
    assert shop.rooms.live.counters["stale_sightings"] == 1


def test_a_spool_of_an_hour_ago_is_resolved(database: Database) -> None:
    shop = a_shop(database)

    take(shop, 1, rows=[a_row(-3600)])

    assert shop.rooms.live.counters["unknown_identities"] == 0
    assert shop.rooms.live.counters["late_sightings"] == 1


def with_a_slow_clock(database: Database) -> Shop:
    """Ten seconds of a gateway whose clock is 0.8 s behind."""
    clock = SteppedClock(at_s(0))
    shop = a_shop(database, clock=clock)
    for second in range(10):
        clock.advance_to(at_s(second))
        told = a_batch(second + 1, rows=[a_row(second - 0.8)], sent_s=second - 0.8)
        shop.run(take_sightings, batch=told, received_at_ms=T0_MS + second * 1000)
    return shop


def test_a_slow_clock_of_a_gateway_is_corrected(database: Database) -> None:
    shop = with_a_slow_clock(database)

    assert shop.rooms.live.gateways["gw-1"].offset_ms == pytest.approx(-800)
    seen = shop.rooms.live.presence.estimate("s-1", T0_MS / 1000 + 9)
    assert seen is not None
    assert seen.last_seen_t == pytest.approx(T0_MS / 1000 + 9, abs=0.05)


def test_what_is_known_of_a_clock_survives_a_kill(database: Database) -> None:
    shop = with_a_slow_clock(database)
    again = Shop(database, some_rooms(clock=SteppedClock(at_s(10))))

    again.rooms.live = again.run(restore_presence, start_at=MONDAY)

    gateways = again.rooms.live.gateways
    assert gateways["gw-1"].clock == shop.rooms.live.gateways["gw-1"].clock
    assert gateways["gw-1"].offset_ms == pytest.approx(-800)
