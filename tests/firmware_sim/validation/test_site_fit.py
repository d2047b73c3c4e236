import numpy as np
import pytest

from firmware_sim.errors import RecordingError
from firmware_sim.validation.recording import Path2d, Walk
from firmware_sim.validation.site_fit import fit_site
from tests.firmware_sim.validation.builders import HEIGHT_M, a_fit, a_site, a_walk


def test_the_constants_that_made_a_recording_are_found_again() -> None:
    plain = a_fit(path_loss_exponent=2.2, shadowing_sd_db=0, gateway_sd_db=0, antenna_sd_db=0)
    walk = a_walk(fit=plain, seconds=300)

    fit = fit_site([walk], a_site(), height_m=HEIGHT_M, body_db=0.0)

    assert fit.air.path_loss_exponent == pytest.approx(2.2, abs=0.25)
    assert fit.power_1m_dbm == pytest.approx(-60.0, abs=2.0)
    assert fit.air.loss == pytest.approx(0.1, abs=0.03)
    assert fit.interval_s == pytest.approx(0.45, abs=0.002)


def test_no_gateway_gets_constants_of_its_own() -> None:
    fits = [
        fit_site([a_walk(seed=seed)], a_site(), height_m=HEIGHT_M, body_db=0.0) for seed in (77, 78)
    ]

    same = {"shadowing_sd_db", "gateway_sd_db", "k_factor", "fading_sd_db", "antenna_sd_db"}
    for name in same:
        assert getattr(fits[0].air, name) == getattr(fits[1].air, name)


def test_a_path_in_other_coordinates_is_told() -> None:
    walk = a_walk(seconds=300)
    mirrored = Path2d(walk.path.at_s, 12 - walk.path.x, 9 - walk.path.y)
    gone = Path2d(walk.path.at_s, np.full(len(walk.path.at_s), 5e3), walk.path.y)

    for path in (mirrored, gone):
        with pytest.raises(RecordingError, match="same coordinates"):
            fit_site([Walk(walk.heard, path)], a_site(), height_m=HEIGHT_M, body_db=0.0)
