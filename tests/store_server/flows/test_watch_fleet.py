"""Sightings of fixed beacons become quarters of an hour, a usual week, and findings."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from proximity_wire.messages import SightingRow
from store_server.clock import SteppedClock, to_ms
from store_server.database import Database
from store_server.errors import NotFound
from store_server.fleet.hearing import SLOT_MS, BeaconRow
from store_server.flows.show_beacons import show_beacons, show_findings, show_fleet_board
from store_server.flows.take_sightings import take_sightings
from store_server.flows.watch_fleet import accept_as_it_is, watch_fleet
from tests.store_server.fleet.test_fleet_watch import SHOP, STAYING, levels
from tests.store_server.presence.builders import (
    ENTRANCE_BEACON,
    T0_MS,
    Shop,
    a_batch,
    a_shop,
    some_rooms,
)
from tests.store_server.shoppers.builders import MONDAY

EXTRAS = {"battery_mv": 2950.0, "temperature_c": 21.5, "uptime_s": 10.0}


class Week:
    """A shop with twelve beacons, whose gateways hear them quarter by quarter."""

    def __init__(self, database: Database) -> None:
        self.clock = SteppedClock(MONDAY)
        rooms = some_rooms(clock=self.clock)
        rooms.live = replace(rooms.live, plan=SHOP)
        self.shop = Shop(database, rooms)
        self.at = MONDAY

    def quarter(self, heard: Mapping[tuple[str, str], float], *, looks: bool = True) -> None:
        self.at += timedelta(milliseconds=SLOT_MS)
        self.clock.advance_to(self.at)
        for (gateway, identity), dbm in heard.items():
            row = BeaconRow(identity, to_ms(self.at) - 1000, 900, dbm, None)
            self.shop.rooms.tally.add(gateway, [row])
        if looks:
            self.shop.run(watch_fleet)

    def usual(self, quarters: int = 16) -> "Week":
        for number in range(quarters):
            self.quarter(levels(seed=f"quarter {number}", noise_db=1.0))
        return self

    def findings(self) -> list[tuple[str, str, str | None]]:
        return [(one.kind, one.subject, one.other) for one in self.shop.run(show_findings)]


SWAPPED = {**STAYING, "gw-1": STAYING["gw-6"], "gw-6": STAYING["gw-1"]}
BOTH = [("gateway_swapped", "gw-1", "gw-6"), ("gateway_swapped", "gw-6", "gw-1")]


def test_a_quiet_week_has_no_findings(database: Database) -> None:
    assert Week(database).usual().findings() == []


def test_swapped_gateways_stay_found_until_they_are_put_back(database: Database) -> None:
    week = Week(database).usual()

    for number in range(12):
        week.quarter(levels(places=SWAPPED, seed=f"swapped {number}", noise_db=1.0))
    found, first = week.findings(), {one.first_at_ms for one in week.shop.run(show_findings)}
    for number in range(2):
        week.quarter(levels(seed=f"back {number}", noise_db=1.0))

    assert sorted(found) == BOTH
    assert len(first) == 1
    assert first.pop() < to_ms(week.at) - 10 * SLOT_MS
    assert week.findings() == []


def test_a_new_place_that_is_accepted_becomes_the_usual_one(database: Database) -> None:
    week = Week(database).usual()
    moved = {**STAYING, "gw-1": (27.0, 12.0)}
    for number in range(3):
        week.quarter(levels(places=moved, seed=f"moved {number}", noise_db=1.0))
    assert [one[:2] for one in week.findings()] == [("gateway_moved", "gw-1")]

    plan = week.shop.rooms.live.plan
    there = replace(plan.gateways[0], x=27.0, y=12.0)
    here = replace(plan, gateways=(there, *plan.gateways[1:]))
    week.shop.rooms.live = replace(week.shop.rooms.live, plan=here)
    week.shop.run(accept_as_it_is, subject="gw-1")
    week.quarter(levels(places=moved, seed="after", noise_db=1.0))

    assert week.findings() == []


def test_what_is_not_on_the_plan_cannot_be_accepted(database: Database) -> None:
    with pytest.raises(NotFound, match="no such"):
        Week(database).shop.run(accept_as_it_is, subject="gw-77")


def test_a_finding_stays_while_the_gateway_is_off(database: Database) -> None:
    week = Week(database).usual()
    for number in range(3):
        week.quarter(levels(places=SWAPPED, seed=f"swapped {number}", noise_db=1.0))

    for number in range(3):
        heard = levels(places=SWAPPED, seed=f"off {number}", noise_db=1.0)
        week.quarter({pair: dbm for pair, dbm in heard.items() if pair[0] != "gw-1"})

    assert "gw-1" in {subject for _, subject, _ in week.findings()}


def test_a_batch_tells_of_a_fixed_beacon_and_its_battery(database: Database) -> None:
    shop = a_shop(database, clock=SteppedClock(MONDAY))
    row = SightingRow(
        "ibeacon", ENTRANCE_BEACON, T0_MS - 900, T0_MS, 9, -61.0, -60.0, -59, None, EXTRAS
    )

    shop.run(take_sightings, batch=a_batch(1, rows=[row]), received_at_ms=T0_MS)
    shop.run(watch_fleet)

    line = next(one for one in shop.run(show_beacons) if one.identity == ENTRANCE_BEACON)
    assert (line.heard_by, line.last_heard_at) == (("gw-1",), MONDAY)
    assert (line.battery_mv, line.temperature_c, line.days_left) == (2950, 21.5, None)
    assert shop.rooms.tally.waiting() == ({}, [])


def test_a_quarter_is_added_up_over_several_keepings(database: Database) -> None:
    week = Week(database)
    heard = {("gw-1", SHOP.beacons[0].identity): -60.0}
    week.quarter(heard)
    for _ in range(2):
        week.shop.rooms.tally.add(
            "gw-1", [BeaconRow(SHOP.beacons[0].identity, to_ms(week.at), 100, -70.0, None)]
        )
        week.shop.run(watch_fleet)

    board = week.shop.run(show_fleet_board)
    assert board.beacons[0].heard_by == ("gw-1",)
    assert board.beacons[0].last_heard_at == week.at
    assert len(board.gateways) == 6
