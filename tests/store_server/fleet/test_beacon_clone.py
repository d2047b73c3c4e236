"""A second beacon of one id is told by a new voice; a shelf that went, a faster beacon is none."""

from collections.abc import Mapping

import pytest

from store_server.fleet.beacon_clone import two_places
from store_server.fleet.hearing import SLOT_MS, Hearing, HearingKey
from store_server.fleet.levels import Levels, Scene, View
from tests.store_server.fleet.test_fleet_watch import NOW_MS, SHOP

HOME, FAR = "gw-1", "gw-4"
BEACON = SHOP.beacons[0]
USUAL = {HOME: -68.0, FAR: -90.0}
ONCE, TWICE = 900, 1_500


def told(
    levels: Mapping[str, tuple[float, int]],
    *,
    usual: Mapping[str, float] = USUAL,
    quarters: tuple[int, ...] = (1, 2),
) -> tuple[str, str] | None:
    """What is said of levels (mean RSSI and adverts by gateway) in these quarters of an hour."""
    whole = NOW_MS // SLOT_MS * SLOT_MS
    recent = {
        HearingKey(name, BEACON.identity, slot := whole - back * SLOT_MS): Hearing(
            adverts, adverts * dbm, slot + 1
        )
        for name, (dbm, adverts) in levels.items()
        for back in quarters
    }
    others = {(g.id, b.identity): -70.0 for g in SHOP.gateways for b in SHOP.beacons[1:]}
    known: Levels = others | {(name, BEACON.identity): dbm for name, dbm in usual.items()}
    often = dict.fromkeys(known, float(ONCE))
    scene = Scene(SHOP, recent, known, {}, 0, NOW_MS, usual_adverts=often)
    return two_places(View(scene), BEACON, list(SHOP.gateways))


@pytest.mark.parametrize(
    ("home", "far", "found"),
    [
        pytest.param((-70, TWICE), (-83, TWICE), True, id="a new voice far away"),
        pytest.param((-70, ONCE), (-83, ONCE), False, id="a shelf was taken away"),
        pytest.param((-68, TWICE), (-90, TWICE), False, id="it sends faster"),
        pytest.param((-86, TWICE), (-72, TWICE), False, id="carried there, and sends faster"),
        pytest.param((-68, ONCE), (-90, ONCE), False, id="as ever"),
    ],
)
def test_a_clone_is_louder_and_more_often_heard_where_it_is_not(
    home: tuple[float, int], far: tuple[float, int], found: bool
) -> None:
    assert told({HOME: home, FAR: far}) == ((HOME, FAR) if found else None)


@pytest.mark.parametrize(("dbm", "found"), [(-80.0, True), (-90.0, False)])
def test_a_beacon_that_is_loud_where_it_was_never_heard_is_there_twice(
    dbm: float, found: bool
) -> None:
    said = told({HOME: (-68, ONCE), FAR: (dbm, ONCE)}, usual={HOME: -68.0})

    assert said == ((HOME, FAR) if found else None)


def test_one_quarter_of_an_hour_is_not_enough() -> None:
    assert told({HOME: (-70, TWICE), FAR: (-83, TWICE)}, quarters=(1,)) is None
