from pathlib import Path

import pytest

from firmware_sim.errors import ChildFailed
from firmware_sim.validation.engine import Engine
from firmware_sim.validation.recording import Walk
from firmware_sim.validation.validate import Material, Validation, validate
from tests.firmware_sim.validation.builders import HEIGHT_M, a_fit, a_site, a_walk, an_engine


def validation(walk: Walk, *, engine: str | None = None) -> Validation:
    material = Material(a_site(), (walk,), None, HEIGHT_M, 0.0)
    command = None if engine is None else Engine(engine, a_site())
    return validate(material, seeds=range(1, 7), engine=command)


def test_a_recording_of_our_own_air_holds_every_bar() -> None:
    result = validation(a_walk(seconds=200))

    assert [line.name for line in result.lines if not line.holds] == []


def test_a_recording_of_independent_noise_does_not_hold() -> None:
    """The histogram can be anybody's: what tells is how levels follow each other."""
    flat = a_fit(shadowing_sd_db=0, gateway_sd_db=0, antenna_sd_db=0, k_factor=0.5)

    result = validation(a_walk(fit=flat, seconds=200))

    assert "autocorrelation at 0.5 s" in [one.name for one in result.lines if not one.holds]


def test_the_engine_is_compared_over_all_drawings(tmp_path: Path) -> None:
    # It knows nothing of the air, so its error is the same in both.
    result = validation(a_walk(), engine=an_engine(tmp_path, answer="{'x': 6.0, 'y': 4.5}"))

    line = result.lines[-1]
    assert line.real == pytest.approx(line.simulated)
    assert line.holds
    assert result.by_drawing[0][1:] == (line.real, line.real)


def test_an_engine_that_never_says_where_is_no_comparison(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="gave no position"):
        validation(a_walk(), engine=an_engine(tmp_path, answer="{'x': None, 'y': None}"))
