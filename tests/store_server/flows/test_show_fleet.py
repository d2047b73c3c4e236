"""How gateways stand: what an operator acts on, by what was heard and what was not."""

from datetime import timedelta

import pytest

from store_server.clock import to_ms
from store_server.flows.rooms import StoreLive
from store_server.flows.show_fleet import GatewayStanding, fleet_of
from store_server.offers.catalogue import EMPTY
from store_server.presence.gateway_live import GatewayLive
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.shoppers.identity import IdentityTable
from tests.store_server.entrypoints.web_builders import HERE, PLAN
from tests.store_server.offers.builders import NOON


def standing_of(line: GatewayLive | None) -> GatewayStanding:
    lines = fleet_of(a_store(*([line] if line else [])), now=NOON)
    return next(one.standing for one in lines if one.id == "gw-1")


def a_store(*lines: GatewayLive) -> StoreLive:
    engine = NearestAnchor(PLAN, scope=HERE)
    table = IdentityTable.build([], to_ms(NOON))
    return StoreLive(PLAN, engine, table, EMPTY, gateways={line.gateway: line for line in lines})


def a_line(
    *, heard_s_ago: float | None = 1, online: bool = True, clock: str = "synced"
) -> GatewayLive:
    heard_at = None if heard_s_ago is None else to_ms(NOON - timedelta(seconds=heard_s_ago))
    return GatewayLive(
        "gw-1",
        online=online,
        state_known=True,
        last_sent_at_ms=heard_at,
        health={"clock": clock, "adverts_per_s": 12.5, "queued_batches": 3, "takeovers": 2},
    )


@pytest.mark.parametrize(
    ("line", "standing"),
    [
        (None, GatewayStanding.UNHEARD),
        (a_line(), GatewayStanding.ONLINE),
        (a_line(heard_s_ago=46), GatewayStanding.SILENT),
        (a_line(heard_s_ago=None), GatewayStanding.SILENT),
        (a_line(online=False), GatewayStanding.OFFLINE),
        (a_line(clock="unset"), GatewayStanding.CLOCK),
        (a_line(clock="event"), GatewayStanding.ONLINE),
    ],
)
def test_a_gateway_stands_as_it_was_heard(
    line: GatewayLive | None, standing: GatewayStanding
) -> None:
    assert standing_of(line) is standing


def test_every_gateway_of_the_plan_is_listed_and_then_the_strangers() -> None:
    lines = fleet_of(a_store(GatewayLive("gw-99", online=True)), now=NOON)

    assert [line.id for line in lines] == [*(one.id for one in PLAN.gateways), "gw-99"]
    assert lines[-1].zone is None


def test_what_health_said_is_shown_and_nonsense_is_not() -> None:
    odd = GatewayLive("gw-2", health={"adverts_per_s": True, "queued_batches": "many"})

    lines = {line.id: line for line in fleet_of(a_store(a_line(), odd), now=NOON)}

    assert (lines["gw-1"].adverts_per_s, lines["gw-1"].queued_batches) == (12.5, 3)
    assert (lines["gw-2"].adverts_per_s, lines["gw-2"].queued_batches) == (None, None)


def test_takeovers_of_its_client_id_are_shown() -> None:
    line = fleet_of(a_store(a_line()), now=NOON)[0]

    assert line.takeovers == 2
