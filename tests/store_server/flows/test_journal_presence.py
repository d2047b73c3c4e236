"""Killed at any moment, the store goes on as if nothing had happened; the journal dies young."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from store_server.clock import SteppedClock
from store_server.database import Database, unit_of_work
from store_server.flows import journal_presence
from store_server.flows.advance_presence import advance_presence
from store_server.flows.end_presence import end_presence
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.journal_presence import checkpoint_presence
from store_server.flows.restore_presence import restore_presence
from store_server.ids import ShopperId
from store_server.presence.policy import PresencePolicy
from store_server.presence.repository import JournalRepository, PresenceRepository
from store_server.presence.tables import BeliefRow, CheckpointRow, JournalRow
from tests.store_server.flows.test_restore_presence import restarted
from tests.store_server.flows.test_take_sightings import a_day, stand_by, take, zone_events
from tests.store_server.presence.builders import (
    SCOPE,
    Shop,
    a_row,
    a_shop,
    an_engine,
    at_s,
    some_rooms,
)
from tests.store_server.shoppers.builders import MONDAY

ONE = ShopperId("s-1")


def serving(shop: Shop) -> Shop:
    """As a server starts: with a checkpoint to journal from."""
    while shop.run(checkpoint_presence, forced=True):
        pass
    return shop


def a_day_with_kills(shop: Shop, *, seed: int) -> list[tuple[str, str, int]]:
    """The day of `a_day`; at random instants the process is another one, or takes a checkpoint."""
    rng = random.Random(seed)
    stand_by(serving(shop), "gw-1", "gw-2")
    for tick in range(1, 41):
        for gateway in rng.sample(("gw-1", "gw-2"), 2):
            level = -60.0 if gateway == ("gw-1" if tick < 20 else "gw-2") else -85.0
            rows = [a_row(tick, shopper=one, rssi_dbm=level) for one in ("s-1", "s-2")]
            take(shop, tick, gateway=gateway, rows=rows, sent_s=tick)
            if rng.random() < 0.25:
                shop = serving(restarted(shop.database))
                stand_by(shop, "gw-1", "gw-2")
            elif rng.random() < 0.2:
                shop.run(checkpoint_presence)
    return shop.run(zone_events)


@pytest.mark.parametrize("seed", range(6))
def test_a_day_with_kills_has_the_events_of_a_day_without(
    database: Database, twin: Database, seed: int
) -> None:
    whole = a_day(a_shop(twin), seed=seed)

    killed = a_day_with_kills(a_shop(database), seed=seed)

    assert killed == whole
    assert len(whole) >= 6


def rows_of(shop: Shop) -> tuple[int, int]:
    """How many checkpoints and steps are kept."""
    with unit_of_work(shop.database.write, None) as uow:
        counts = [
            uow.session.execute(select(func.count()).select_from(row)).scalar() or 0
            for row in (CheckpointRow, JournalRow)
        ]
    return counts[0], counts[1]


def everything_kept(shop: Shop) -> bytes:
    columns = (CheckpointRow.engine, CheckpointRow.pending, JournalRow.step, BeliefRow.shopper)
    with unit_of_work(shop.database.write, None) as uow:
        found = [one for column in columns for one in uow.session.scalars(select(col(column)))]
    return b"".join(one.encode() if isinstance(one, str) else bytes(one) for one in found)


def test_a_checkpoint_takes_the_place_of_the_steps(database: Database) -> None:
    shop = serving(a_shop(database))
    take(shop, 1, rows=[a_row()], sent_s=1)
    before = rows_of(shop)

    shop.run(checkpoint_presence)

    assert before[1] >= 2
    assert rows_of(shop) == (1, 0)
    assert b"s-1" in everything_kept(shop)


def test_a_quiet_night_writes_nothing(database: Database) -> None:
    clock = SteppedClock(MONDAY)
    shop = serving(a_shop(database, clock=clock))
    for second in range(1, 9):
        clock.advance_to(at_s(second))
        shop.run(advance_presence)

    assert rows_of(shop) == (1, 0)
    shop.run(checkpoint_presence)
    assert shop.rooms.live.journal.is_empty
    assert rows_of(shop) == (1, 0)


def test_what_waits_for_the_event_clock_survives(database: Database) -> None:
    shop = serving(a_shop(database))
    stand_by(shop, "gw-1", "gw-2")
    take(shop, 1, rows=[a_row(1), a_row(3)], sent_s=3)

    again = restarted(database)

    assert again.rooms.live.pending == shop.rooms.live.pending
    assert len(again.rooms.live.pending) == 2


@pytest.mark.parametrize("flow", [end_presence, forget_shopper])
def test_no_raw_line_outlives_a_withdrawal_or_an_erasure(database: Database, flow: object) -> None:
    shop = serving(a_shop(database))
    stand_by(shop, "gw-1", "gw-2")
    for tick in range(1, 9):
        rows = [a_row(tick, shopper=one) for one in ("s-1", "s-2")]
        take(shop, tick, rows=rows, sent_s=tick)
        take(shop, tick, gateway="gw-2", sent_s=tick - 2)
    assert everything_kept(shop).count(b"s-1") > 4

    shop.run(flow, shopper=ONE)  # type: ignore[arg-type] # one of two flows

    kept = everything_kept(shop)
    assert (b"s-1" in kept, b"s-2" in kept) == (False, True)
    shop.run(checkpoint_presence)
    assert restarted(database).rooms.live.visits.of("s-1") is None


def test_a_withdrawal_counts_for_a_checkpoint_under_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_presence, "SLICE_BYTES", 1)
    shop = a_shop(database)
    shop.run(checkpoint_presence, forced=True)
    a_day(shop, seed=1)
    left = shop.run(checkpoint_presence)
    shop.run(end_presence, shopper=ONE)
    while shop.run(checkpoint_presence):
        pass

    again = restarted(database).rooms.live

    assert left == 1
    assert not again.presence.knows("s-1")
    assert again.presence.knows("s-2")


def test_other_settings_fall_back_to_the_open_stays(database: Database) -> None:
    shop = serving(a_shop(database))
    a_day(shop, seed=1)
    rooms = some_rooms()
    engine = an_engine(PresencePolicy(hold_s=9.0))
    rooms.live = replace(rooms.live, presence=engine)
    other = Shop(database, rooms)

    other.rooms.live = other.run(restore_presence, start_at=MONDAY)

    assert other.rooms.live.presence.devices() == ("s-1", "s-2")
    assert dict(other.rooms.live.visits.open) == dict(shop.rooms.live.visits.open)


def test_a_journal_older_than_raw_data_may_live_is_not_used(database: Database) -> None:
    clock = SteppedClock(MONDAY)
    shop = serving(a_shop(database, clock=clock))
    take(shop, 1, rows=[a_row()])
    later = Shop(database, some_rooms(clock=SteppedClock(at_s(25 * 3600))))

    live = later.run(restore_presence, start_at=MONDAY)

    assert shop.rooms.live.presence.knows("s-1")
    assert not live.presence.knows("s-1")


def test_visits_never_overlap_whatever_is_killed(database: Database) -> None:
    a_day_with_kills(a_shop(database), seed=3)

    with unit_of_work(database.write, None) as uow:
        visits = PresenceRepository(uow.session, SCOPE).visits_of("s-1")
        assert JournalRepository(uow.session, SCOPE).last_seq() > 0
    for before, after in pairwise(visits):
        assert before.ended_at is not None
        assert before.ended_at <= after.started_at
