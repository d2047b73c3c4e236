"""The arithmetic of the belief."""

import numpy as np
import pytest

from store_server.presence.belief import Belief, Levels, moved, unknown, weighed
from tests.store_server.presence.filtered import SITE

NEAR_A = {0: -50.0, 1: -65.0, 2: -75.0, 3: -77.0}


def levels(dbm: dict[int, float], *, fresh: float = 1.0) -> Levels:
    rows = np.array(sorted(dbm), np.intp)
    return Levels(
        rows,
        np.array([dbm[row] for row in sorted(dbm)], np.float32),
        np.full(len(rows), fresh, np.float32),
    )


def start() -> Belief:
    return unknown(SITE.space, offset_db=0.0, offset_sd_db=20.0)


def place_of(belief: Belief) -> tuple[float, float]:
    x, y = belief.p @ SITE.space.xy
    return float(x), float(y)


def test_the_loudest_gateway_draws() -> None:
    belief = weighed(start(), SITE.radio, levels(NEAR_A), freedom=4.0)

    x, y = place_of(belief)
    assert x < 4
    assert y < 4
    assert belief.p.sum() == pytest.approx(1, abs=1e-5)


def test_a_common_shift_goes_to_the_offset() -> None:
    plain = weighed(start(), SITE.radio, levels(NEAR_A), freedom=4.0)
    shifted = {row: dbm + 8 for row, dbm in NEAR_A.items()}
    louder = weighed(start(), SITE.radio, levels(shifted), freedom=4.0)

    assert place_of(louder) == pytest.approx(place_of(plain), abs=0.3)
    at = int(plain.p.argmax())
    assert louder.offset_db[at] - plain.offset_db[at] == pytest.approx(8, abs=0.5)


def test_one_corrupt_level_does_not_carry_the_belief_away() -> None:
    settled = start()
    for _ in range(5):
        settled = weighed(settled, SITE.radio, levels(NEAR_A), freedom=4.0)

    hit = weighed(settled, SITE.radio, levels({3: -20.0}), freedom=4.0)

    assert place_of(hit) == pytest.approx(place_of(settled), abs=1.0)


def test_repeated_readings_say_little() -> None:
    once = weighed(start(), SITE.radio, levels(NEAR_A), freedom=4.0)
    fresh = weighed(once, SITE.radio, levels(NEAR_A), freedom=4.0)
    stale = weighed(once, SITE.radio, levels(NEAR_A, fresh=0.02), freedom=4.0)

    assert abs(stale.p - once.p).sum() < 0.1 * abs(fresh.p - once.p).sum() + 0.05


def test_the_offset_outlives_the_place() -> None:
    belief = start()
    for _ in range(20):
        belief = weighed(belief, SITE.radio, levels(NEAR_A), freedom=4.0)

    later = moved(belief, SITE.space, dt_s=60.0, drift_db2_per_s=0.003)

    known = float(belief.p @ belief.offset_db)
    assert float(later.p @ later.offset_db) == pytest.approx(known, abs=0.5)
    assert later.p.max() < belief.p.max()
