"""Levels: comparable, smoothed by time, faded with age."""

import pytest

from store_server.presence.anchor_levels import Level, by_zone, heard, level_db, places_of
from store_server.presence.policy import PresencePolicy
from store_server.shop.floor_plan import beacon_anchor
from tests.store_server.presence import builders
from tests.store_server.presence.builders import BAKERY_GW, ENTRANCE_BEACON, ENTRANCE_GW, T0
from tests.store_server.shop.builders import BAKERY, ENTRANCE, a_plan

PLACES = places_of(a_plan())
POLICY = PresencePolicy()


def test_a_beacon_has_its_power_from_the_plan() -> None:
    name = beacon_anchor(ENTRANCE_BEACON)
    reading = builders.heard(0, anchor=name, rssi_dbm=-70, power=None)

    assert level_db(reading, PLACES[name], default_power_dbm=-40) == -11


def test_what_the_advert_states_counts_first() -> None:
    reading = builders.heard(0, rssi_dbm=-70, power=-50)

    assert level_db(reading, PLACES[ENTRANCE_GW], default_power_dbm=-40) == -20


@pytest.mark.parametrize("after_s", [0.0, -1.0])
def test_a_repetition_or_an_older_one_changes_nothing(after_s: float) -> None:
    levels = {ENTRANCE_GW: Level(-10.0, T0)}

    assert heard(levels, builders.heard(after_s), -50.0, policy=POLICY) == levels


def test_what_is_new_weighs_more_after_a_longer_time() -> None:
    levels = {ENTRANCE_GW: Level(0.0, T0)}

    soon = heard(levels, builders.heard(1), -10.0, policy=POLICY)[ENTRANCE_GW]
    later = heard(levels, builders.heard(60), -10.0, policy=POLICY)[ENTRANCE_GW]

    assert soon.db == pytest.approx(-2.212, abs=1e-3)
    assert later.db == pytest.approx(-10.0, abs=1e-3)


def test_an_anchor_that_hears_no_more_fades() -> None:
    levels = {ENTRANCE_GW: Level(-10.0, T0), BAKERY_GW: Level(-12.0, T0 + 8)}

    best = by_zone(levels, PLACES, T0 + 8)

    assert best[ENTRANCE].db == -16.0
    assert best[BAKERY].db == -12.0
