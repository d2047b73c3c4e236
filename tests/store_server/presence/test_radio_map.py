"""The map that follows from places alone."""

import numpy as np
import pytest

from store_server.presence.radio_map import (
    EXPONENT,
    REFERENCE_DBM,
    AnchorPlace,
    RadioMap,
    distances_m,
    level_dbm,
    path_loss_map,
)
from tests.store_server.presence.filtered import SITE

ANCHOR = AnchorPlace("gw:x", 2.25, 4.25, 2.3)


def test_distance_counts_the_height() -> None:
    away = distances_m([ANCHOR], SITE.space, tag_z_m=1.3)

    assert away.min() == pytest.approx(1.0)


def test_ten_times_as_far_is_ten_times_the_exponent_softer() -> None:
    assert level_dbm(2.0) - level_dbm(20.0) == pytest.approx(10 * EXPONENT)


def test_nothing_is_louder_than_at_one_metre() -> None:
    radio = path_loss_map([ANCHOR], SITE.space, tag_z_m=2.3)

    assert radio.mean_dbm.max() == pytest.approx(REFERENCE_DBM)


def test_the_reference_sender_moves_the_whole_map() -> None:
    plain = path_loss_map([ANCHOR], SITE.space)
    other = path_loss_map([ANCHOR], SITE.space, reference_dbm=-65.0)

    assert plain.mean_dbm - other.mean_dbm == pytest.approx(-65.0 * -1 + REFERENCE_DBM, abs=1e-4)


def test_only_an_uneven_scale_is_worth_a_logarithm() -> None:
    even = path_loss_map([ANCHOR], SITE.space)
    sd = even.sd_db * np.linspace(1, 2, SITE.space.n, dtype=np.float32)

    assert even.log_sd is None
    assert RadioMap(even.anchors, even.mean_dbm, sd).log_sd == pytest.approx(np.log(sd))


def test_an_anchor_is_found_by_name() -> None:
    radio = path_loss_map([ANCHOR, ANCHOR._replace(id="gw:y")], SITE.space)

    assert radio.row("gw:y") == 1
    assert radio.row("gw:z") is None
