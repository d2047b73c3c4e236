"""The arithmetic of the belief."""

import numpy as np
import pytest

from store_server.presence.belief import Belief, Levels, moved, unknown, weighed
from store_server.presence.radio_map import RadioMap
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


@pytest.mark.parametrize("uneven", [False, True])
def test_the_arithmetic_is_that_of_the_formulas(uneven: bool) -> None:
    radio = SITE.radio
    if uneven:
        sd = radio.sd_db * np.linspace(0.7, 1.6, SITE.space.n, dtype=np.float32)
        radio = RadioMap(radio.anchors, radio.mean_dbm, sd)
    told = levels(NEAR_A, fresh=0.6)
    belief = weighed(start(), SITE.radio, levels(NEAR_A), freedom=3.0)

    p, offset, variance = plainly_weighed(belief, radio, told, nu=3.0)
    found = weighed(belief, radio, told, freedom=3.0)

    assert found.p == pytest.approx(p, rel=1e-3, abs=1e-7)
    assert found.offset_db == pytest.approx(offset, abs=1e-3)
    assert found.variance_db2 == pytest.approx(variance, rel=1e-3)


def plainly_weighed(
    belief: Belief, radio: RadioMap, told: Levels, *, nu: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The formulas of `belief` as they stand there, cell by cell, in double precision."""
    found = []
    passes = 4 if belief.variance_db2.max() > 4 else 1
    for x in range(len(belief.p)):
        prior, m, v = (float(row[x]) for row in belief)
        mean, sd = radio.mean_dbm[told.rows, x].astype(float), radio.sd_db[told.rows, x]
        above, step, left = told.dbm - mean - m, 0.0, v
        for _ in range(passes):
            error = above - step
            scale2 = (sd.astype(float) * np.where(error > 0, radio.loud, radio.soft)) ** 2
            w = told.fresh * (nu + 1) / (nu + error**2 / (scale2 + left)) / scale2
            left = v / (1 + v * w.sum())
            step = left * (w * above).sum()
        error = above - step
        scale2 = (sd.astype(float) * np.where(error > 0, radio.loud, radio.soft)) ** 2
        log_l = -(nu + 1) / 2 * (told.fresh * np.log1p(error**2 / (nu * scale2))).sum()
        log_l += np.log(left / v) / 2 - step**2 / (2 * v) - (told.fresh * np.log(sd)).sum()
        found.append((np.log(prior) + log_l, m + step, left))
    log_p, offset, variance = np.array(found).T
    p = np.maximum(np.exp(log_p - log_p.max()), 1e-9)
    return p / p.sum(), offset, np.maximum(variance, 0.05)
