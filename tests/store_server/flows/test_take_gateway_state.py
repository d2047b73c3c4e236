"""What gateways say of themselves, and what it does to the event clock."""

from proximity_wire.messages import Health
from store_server.database import Database
from store_server.flows.quarantine_payload import quarantine_payload
from store_server.flows.take_gateway_state import (
    lose_sight_of_gateways,
    take_gateway_state,
    take_health,
)
from store_server.presence.quarantine import refuse
from tests.store_server.flows.test_take_sightings import stand_by, take
from tests.store_server.presence.builders import BOOT, T0_MS, a_shop, a_state


def a_health(gateway: str = "gw-1") -> Health:
    return Health(
        org="acme",
        store="demo",
        gateway=gateway,
        boot_id=BOOT,
        sent_at_ms=T0_MS,
        clock="synced",
        uptime_s=5.0,
        version="0.1.0",
        adverts=100,
        adverts_per_s=20.0,
    )


def test_a_gateway_that_goes_offline_is_not_waited_for(database: Database) -> None:
    shop = a_shop(database)
    stand_by(shop, "gw-1", "gw-2")
    take(shop, 1, sent_s=5)
    held_at_ms = shop.rooms.live.event_now_ms

    state = a_state("gw-2", online=False)
    shop.run(take_gateway_state, state=state, gateway="gw-2", received_at_ms=T0_MS)

    assert held_at_ms == T0_MS
    assert shop.rooms.live.event_now_ms == T0_MS + 5_000


def test_a_gateway_that_started_anew_holds_the_clock_until_it_speaks(database: Database) -> None:
    shop = a_shop(database)
    stand_by(shop, "gw-1", "gw-2")
    for gateway in ("gw-1", "gw-2"):
        take(shop, 1, gateway=gateway, sent_s=1)

    state = a_state("gw-2", boot_id="d" * 32)
    shop.run(take_gateway_state, state=state, gateway="gw-2", received_at_ms=T0_MS)
    take(shop, 2, sent_s=9)

    assert shop.rooms.live.event_now_ms == T0_MS + 1_000


def test_a_new_connection_hears_everybody_anew(database: Database) -> None:
    shop = a_shop(database)
    stand_by(shop, "gw-1")
    take(shop, 1, sent_s=1)

    shop.run(lose_sight_of_gateways)

    line = shop.rooms.live.gateways["gw-1"]
    assert (line.online, line.last_sent_at_ms, line.applied_batches) == (False, None, 1)


def test_nobody_speaks_for_another(database: Database) -> None:
    shop = a_shop(database)

    taken = shop.run(
        take_gateway_state, state=a_state("gw-2"), gateway="gw-1", received_at_ms=T0_MS
    )

    assert not taken
    assert shop.rooms.live.gateways == {}
    assert shop.rooms.live.counters["quarantined_messages"] == 1


def test_health_stands_on_the_board(database: Database) -> None:
    shop = a_shop(database)

    shop.run(take_health, health=a_health(), gateway="gw-1", received_at_ms=T0_MS)

    line = shop.rooms.live.gateways["gw-1"]
    assert line.health["adverts"] == 100
    assert line.health_at_ms == T0_MS


def test_a_refused_message_is_counted(database: Database) -> None:
    shop = a_shop(database)
    refused = refuse("beaconry/v1/acme/demo/gw-1/up/health", b"{", reason="undecodable")

    for _ in range(2):
        shop.run(quarantine_payload, refused=refused, received_at_ms=T0_MS)

    assert shop.rooms.live.counters["quarantined_messages"] == 2
