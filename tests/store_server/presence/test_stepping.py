"""Steps end at whole multiples of their length, and never before what lies in them."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from store_server.presence.observation import Observation
from store_server.presence.pane import Panes
from store_server.presence.stepping import Stepper
from store_server.presence.tuning import FilterTuning
from store_server.presence.zone_rule import ZoneRule
from tests.store_server.presence.filtered import SITE, a_filter

RULE = ZoneRule((2.0, 2.0, 2.0), 0.6, 0.5, 0.2)
# As large as seconds since 1970 are, where a float knows a quarter of a microsecond.
TODAY = 1_600_000_000.0


@given(st.floats(0.0, 2 * TODAY), st.sampled_from([0.25, 0.5, 1.0]))
def test_a_step_ends_after_what_lies_in_it(t: float, step_s: float) -> None:
    end_t = Stepper(replace(SITE, step_s=step_s), FilterTuning(), RULE, Panes(SITE)).end_of(t)

    assert t <= end_t <= t + 1.01 * step_s


def test_a_time_a_hair_past_a_step_is_taken_in_the_next() -> None:
    engine = a_filter(replace(SITE, step_s=0.5))
    hair_t = math.nextafter(TODAY, math.inf)

    engine.observe(Observation("s", "gw:a", hair_t, -60.0))
    engine.advance(TODAY + 5.0)

    estimate = engine.estimate("s", TODAY + 5.0)
    assert estimate is not None
    assert estimate.last_seen_t == hair_t
