"""Counts of foreign devices: kept where the shop counts, dropped and told where it does not."""

import msgspec
import pytest

from proximity_wire.messages import ForeignCount
from store_server.database import Database
from store_server.errors import Unprocessable
from store_server.fleet.hearing import SLOT_MS
from store_server.flows.count_foreign import show_foreign_counts
from store_server.flows.push_gateway_config import push_gateway_config
from store_server.flows.rooms import Policy
from store_server.flows.take_sightings import take_sightings
from tests.store_server.presence.builders import T0_MS, Shop, a_batch, a_shop, some_rooms

QUARTER_MS = T0_MS // SLOT_MS * SLOT_MS - SLOT_MS


def counting_shop(database: Database) -> Shop:
    return Shop(database, some_rooms(policy=Policy(clock="event", counting=True)))


def take(shop: Shop, seq: int, *counts: ForeignCount) -> None:
    batch = msgspec.structs.replace(a_batch(seq), foreign=list(counts))
    shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)


def a_count(devices: int = 40, *, at_ms: int = QUARTER_MS, lasts_ms: int = SLOT_MS) -> ForeignCount:
    return ForeignCount(at_ms, at_ms + lasts_ms, devices, {"fast_pair": devices * 10})


def known(shop: Shop) -> list[tuple[str, int, int, dict[str, int]]]:
    found = shop.run(show_foreign_counts, hours=1)
    return [(one.gateway, one.slot_ms, one.devices, dict(one.adverts)) for one in found]


def test_a_count_is_kept_by_gateway_and_quarter(database: Database) -> None:
    shop = counting_shop(database)

    take(shop, 1, a_count(40))

    assert known(shop) == [("gw-1", QUARTER_MS, 40, {"fast_pair": 400})]
    assert shop.rooms.live.counters["foreign_counts"] == 1


def test_a_batch_that_comes_again_counts_once(database: Database) -> None:
    shop = counting_shop(database)

    for _ in range(2):
        take(shop, 1, a_count(40))

    assert known(shop) == [("gw-1", QUARTER_MS, 40, {"fast_pair": 400})]


def test_two_parts_of_a_quarter_add_adverts_but_not_devices(database: Database) -> None:
    shop = counting_shop(database)

    take(shop, 1, a_count(40))
    take(shop, 2, a_count(30))

    assert known(shop) == [("gw-1", QUARTER_MS, 40, {"fast_pair": 700})]


def test_a_shop_that_does_not_count_keeps_nothing(database: Database) -> None:
    shop = a_shop(database)

    take(shop, 1, a_count(40))

    assert known(shop) == []
    assert shop.rooms.live.counters["foreign_counts_dropped"] == 1


@pytest.mark.parametrize(
    "odd",
    [
        a_count(at_ms=QUARTER_MS + SLOT_MS),
        a_count(at_ms=QUARTER_MS - 1),
        a_count(lasts_ms=2 * SLOT_MS),
    ],
    ids=["not over yet", "no quarter", "too long"],
)
def test_what_is_no_whole_quarter_is_dropped(database: Database, odd: ForeignCount) -> None:
    shop = counting_shop(database)

    take(shop, 1, odd)

    assert known(shop) == []
    assert shop.rooms.live.gateways["gw-1"].applied_batches == 1


def test_a_quarter_is_forgotten_after_400_days(database: Database) -> None:
    shop = counting_shop(database)
    long_ago_ms = QUARTER_MS - 401 * 24 * 3_600_000

    take(shop, 1, a_count(at_ms=long_ago_ms), a_count(50))

    assert [one.devices for one in shop.run(show_foreign_counts, hours=24 * 500)] == [50]


def test_a_gateway_is_not_told_to_count_where_the_shop_does_not(database: Database) -> None:
    settings = {"counting": True}

    with pytest.raises(Unprocessable, match="privacy"):
        a_shop(database).run(push_gateway_config, gateway="gw-1", settings=settings)

    pushed = counting_shop(database).run(push_gateway_config, gateway="gw-1", settings=settings)
    assert pushed.counting is True
