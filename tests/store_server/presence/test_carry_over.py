"""What a filter of a changed site takes over: the place, the loudness, what waits."""

from dataclasses import replace

import pytest

from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.grid import grid_space
from store_server.presence.observation import Observation
from store_server.presence.site import site_of
from tests.store_server.presence.builders import T0
from tests.store_server.presence.filtered import SITE, a_filter, a_floor, fed, levels_of

STANDING = levels_of([(float(t), 3.0, 4.0) for t in range(20)], louder_db=8.0)


def carried(site: object = SITE) -> tuple[BayesFilter, BayesFilter]:
    """A filter that knows somebody at (3, 4), 8 dB louder, and the one of the new site."""
    before = a_filter()
    fed(before, STANDING, until_s=20)
    after = a_filter(site)  # type: ignore[arg-type] # a Site
    after.carry_over(before, t=T0 + 20)
    return before, after


def test_over_the_same_site_nothing_is_lost() -> None:
    before, after = carried()

    was, now = (one.estimate("s-1", T0 + 20) for one in (before, after))
    assert was is not None
    assert now is not None
    assert now.zone == was.zone
    assert (now.x, now.y, now.confidence) == pytest.approx((was.x, was.y, was.confidence), rel=1e-4)


@pytest.mark.parametrize("cell_m", [0.4, 1.0])
def test_other_cells_keep_the_place(cell_m: float) -> None:
    floor = a_floor()
    before, after = carried(site_of(floor, space=grid_space(floor, cell_m=cell_m)))

    was, now = (one.estimate("s-1", T0 + 20) for one in (before, after))

    assert was is not None
    assert now is not None
    assert (now.x, now.y) == pytest.approx((was.x, was.y), abs=0.5)
    assert now.zone == was.zone == "left"


def test_what_waits_is_heard_by_the_same_gateway() -> None:
    floor = a_floor()
    turned = replace(floor, gateways=floor.gateways[::-1])
    before = a_filter()
    fed(before, STANDING, until_s=20)
    before.observe(Observation("s-1", "gw:a", T0 + 20.2, -50.0))
    after = a_filter(site_of(turned))
    after.carry_over(before, t=T0 + 20)

    for engine in (before, after):
        engine.advance(T0 + 21)

    was, now = (one.estimate("s-1", T0 + 21) for one in (before, after))
    assert was is not None
    assert now is not None
    assert now.x == pytest.approx(was.x, abs=0.05)
    assert now.last_seen_t == T0 + 20.2


def test_an_anchor_that_is_gone_is_left_out() -> None:
    floor = a_floor()
    _, after = carried(site_of(replace(floor, gateways=floor.gateways[1:])))

    after.observe(Observation("s-1", "gw:a", T0 + 20.2, -50.0))

    assert after.knows("s-1")
    assert after.advance(T0 + 25) == []
