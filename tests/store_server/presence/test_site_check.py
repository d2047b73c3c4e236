"""Coverage, expected errors and the place for one more gateway, where the answer is known."""

import numpy as np
import pytest

from store_server.errors import ConfigError
from store_server.presence.label_map import fit_labels
from store_server.presence.radio_map import AnchorPlace, RadioMap, path_loss_map
from store_server.presence.site_check import check_site, suggest
from store_server.presence.survey import survey_of
from tests.store_server.presence.surveyed import EAST, WEST, a_space, the_anchors
from tests.store_server.presence.test_label_map import standing


def test_a_small_shop_with_five_gateways_is_heard_everywhere() -> None:
    check = check_site(
        a_space(), path_loss_map(the_anchors(), a_space()), rng=np.random.default_rng(1)
    )

    assert check.heard == 1.0
    assert [zone.zone for zone in check.zones] == [WEST, EAST]
    assert all(0.3 < zone.error_m < 6.0 and zone.right > 0.6 for zone in check.zones)


def test_more_spread_means_more_error() -> None:
    radio = path_loss_map(the_anchors(), a_space())
    sharp = RadioMap(radio.anchors, radio.mean_dbm, radio.sd_db / np.float32(3))

    blurred, clear = (
        np.mean([z.error_m for z in check_site(a_space(), one, rng=np.random.default_rng(1)).zones])
        for one in (radio, sharp)
    )
    assert clear < blurred / 1.5


def test_the_next_gateway_goes_where_none_is() -> None:
    west = [AnchorPlace(f"gw:{n}", x, y) for n, (x, y) in enumerate([(1, 1), (1, 9), (5, 5)])]
    best = suggest(a_space(), path_loss_map(west, a_space()))

    assert best is not None
    assert best.x > 8
    assert best.after_m < best.before_m


def test_a_site_of_labels_has_no_coverage_to_show() -> None:
    fitted = fit_labels(survey_of(standing(seed=1)), (WEST, EAST))

    with pytest.raises(ConfigError, match="only labels"):
        check_site(fitted.space, fitted.radio, rng=np.random.default_rng(1))
