"""A belief on a pane of a very large floor: as good as one over the whole, at a bounded price."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.belief import Belief
from store_server.presence.pane import PANE_CELLS, Located, Panes
from store_server.presence.track import Pane, Reading
from store_server.shop.floor_plan import Wall
from tests.store_server.presence import filtered, hall
from tests.store_server.presence.builders import SCOPE, T0
from tests.store_server.presence.filtered import fed, levels_of, there_and_back

PANES = Panes(hall.SITE)
CORNER, FAR_CORNER = Pane(0, 0), Pane(80 - PANES.height, 120 - PANES.width)
SEEDS = st.integers(0, 2**16)


def a_belief(seed: int) -> Belief:
    """One with a peak somewhere, and offsets that differ from cell to cell."""
    rng = np.random.default_rng(seed)
    cells = PANES.cells(CORNER)
    p = rng.exponential(1, cells) ** 8
    p = np.maximum(p / p.sum(), 1e-9)
    offset, variance = rng.normal(0, 8, cells), rng.exponential(4, cells)
    return Belief(*(row.astype(np.float32) for row in (p, offset, variance)))


def readings(*anchors: tuple[float, float, float]) -> list[Reading]:
    """One reading of the gateway that hangs at (x, y), so loud, for each."""
    names = hall.SITE.rows
    return [Reading(T0, names[f"gw:g{x:.0f}-{y:.0f}"], dbm) for x, y, dbm in anchors]


@settings(max_examples=12, deadline=None)
@given(SEEDS, st.sampled_from([-8.0, 0.0, 8.0]))
def test_a_pane_of_the_whole_floor_is_the_filter_without_panes(seed: int, louder: float) -> None:
    told = levels_of(there_and_back(30), seed=seed, louder_db=louder)
    panes = Panes(filtered.SITE, whole_up_to=0, cells=filtered.SITE.space.n)
    engines = filtered.a_filter(), BayesFilter(filtered.SITE, scope=SCOPE, panes=panes)

    plain, with_panes = (fed(engine, told, until_s=30) for engine in engines)

    assert not panes.whole
    assert with_panes == plain
    assert engines[0].estimate("s-1", T0 + 30) == engines[1].estimate("s-1", T0 + 30)


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.integers(0, 80), st.integers(0, 120))
def test_a_move_keeps_all_mass_and_the_offset(seed: int, row: int, column: int) -> None:
    before = Located(CORNER, a_belief(seed))

    after = PANES.moved(before, PANES.around(row, column))

    p, offset, variance = after.belief
    assert p.sum() == pytest.approx(1, abs=1e-4)
    assert p.min() > 0
    assert variance.min() > 0
    mean = float(before.belief.p @ before.belief.offset_db)
    assert float(p @ offset) == pytest.approx(mean, abs=12)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_what_both_panes_have_keeps_its_proportions(seed: int) -> None:
    before = Located(CORNER, a_belief(seed))

    after = PANES.moved(before, Pane(6, 12))

    shape = PANES.height, PANES.width
    old = before.belief.p.reshape(shape)[6:, 12:]
    new = after.belief.p.reshape(shape)[: shape[0] - 6, : shape[1] - 12]
    cut_off = (1 - float(old.sum())) / PANES.cells(CORNER)
    np.testing.assert_allclose(new, old + cut_off, rtol=2e-3, atol=2e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_through_the_hall_is_followed_as_over_the_whole_floor(seed: int) -> None:
    told = hall.heard_on(hall.through_the_hall(), seed=seed)
    whole, on_panes = hall.a_filter(), hall.a_filter(cells=PANE_CELLS)

    expected, events = (fed(engine, told, until_s=80) for engine in (whole, on_panes))

    assert [(one.kind, one.zone) for one in events] == [(one.kind, one.zone) for one in expected]
    assert [one.t for one in events] == pytest.approx([one.t for one in expected], abs=1.0)
    at, where = (engine.estimate("s-1", T0 + 80) for engine in (whole, on_panes))
    assert at is not None
    assert where is not None
    assert math.hypot(at.x - where.x, at.y - where.y) < 0.5  # type: ignore[operator] # a grid


def test_a_belief_begins_around_the_loudest_gateways() -> None:
    pane = PANES.first(readings((90, 50, -60), (110, 50, -62), (90, 30, -66), (10, 10, -95)))

    assert pane is not None
    assert pane.row < 45 < pane.row + PANES.height
    assert pane.column < 95 < pane.column + PANES.width


def test_it_jumps_when_the_loudest_gateways_are_all_elsewhere() -> None:
    far = readings((90, 70, -60), (110, 70, -62), (110, 50, -66))

    at = PANES.caught_up(Located(CORNER, a_belief(1)), far, heard={})

    assert at.pane == FAR_CORNER
    assert at.belief.p.sum() == pytest.approx(1, abs=1e-4)
    assert at.belief.p.max() < 0.01


def test_one_corrupt_level_does_not_make_it_jump() -> None:
    mixed = readings((110, 70, -20), (10, 10, -60), (30, 10, -62))

    assert PANES.caught_up(Located(CORNER, a_belief(1)), mixed, heard={}).pane == CORNER


def test_one_gateway_alone_is_believed_when_those_of_the_pane_fell_silent() -> None:
    far, near = readings((110, 70, -60), (10, 10, -60))

    for heard_s, expected in ((2.0, CORNER), (20.0, FAR_CORNER)):
        at = PANES.caught_up(Located(CORNER, a_belief(1)), [far], heard={near.row: T0 - heard_s})
        assert at.pane == expected


def test_walls_stand_where_they_stood() -> None:
    floor = hall.a_hall(walls=(Wall(((30, 0), (30, 80))),))
    panes = Panes(hall.a_site(floor))
    space = panes.site(Pane(12, 12)).space
    p = np.zeros(space.n, np.float32)
    p[17] = 1.0

    spread = space.spread(p, 60.0).reshape(panes.height, panes.width)

    assert spread[:, :18].sum() == pytest.approx(1, abs=1e-4)


def test_a_device_keeps_no_more_than_its_pane() -> None:
    engine = hall.a_filter(cells=PANE_CELLS)
    fed(engine, hall.heard_on(hall.through_the_hall(20)), until_s=20)

    assert len(engine.states(("s-1",))["s-1"]) < 20_000


def test_a_restart_in_the_middle_of_a_walk_changes_nothing() -> None:
    told = hall.heard_on(hall.through_the_hall(60))
    before = hall.a_filter(cells=PANE_CELLS)
    fed(before, told[:1500], until_s=0)
    after = hall.a_filter(cells=PANE_CELLS)

    after.resume(before.snapshot(), before.states(before.known()))

    assert fed(after, told[1500:], until_s=60) == fed(before, told[1500:], until_s=60)
    assert after.estimate("s-1", T0 + 60) == before.estimate("s-1", T0 + 60)


def test_a_changed_floor_takes_the_place_over() -> None:
    before = hall.a_filter(cells=PANE_CELLS)
    fed(before, hall.heard_on(hall.through_the_hall(40)), until_s=40)
    floor = hall.a_hall(walls=(Wall(((70, 0), (70, 20))),))
    site = hall.a_site(floor)
    after = BayesFilter(site, scope=SCOPE)

    after.carry_over(before, t=T0 + 40)

    was, now = (engine.estimate("s-1", T0 + 40) for engine in (before, after))
    assert was is not None
    assert now is not None
    assert (now.x, now.y) == pytest.approx((was.x, was.y), abs=0.5)
    assert now.zone == was.zone
