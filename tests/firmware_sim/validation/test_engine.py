import json
from pathlib import Path

import numpy as np
import pytest

from firmware_sim.errors import ChildFailed, RecordingError
from firmware_sim.validation.engine import Engine
from firmware_sim.validation.recording import Floats, Survey
from tests.firmware_sim.validation.builders import a_site, a_walk, an_engine


def errors(command: str, *, survey: Survey | None = None) -> Floats:
    walk = a_walk()
    return Engine(command, a_site()).errors_m(walk.heard, walk.path, survey=survey)


def test_the_error_is_the_distance_to_the_truth_of_each_tick(tmp_path: Path) -> None:
    found = errors(an_engine(tmp_path, answer="{'x': 6.0, 'y': 4.5}"))

    # The path is an ellipse of 5 and 3.5 m around that place.
    assert len(found) == 58
    assert found.min() == pytest.approx(3.5, abs=0.05)
    assert found.max() == pytest.approx(5.0, abs=0.05)


def test_who_says_no_place_has_no_error(tmp_path: Path) -> None:
    assert np.isnan(errors(an_engine(tmp_path, answer="{'x': None, 'y': None}"))).all()


def test_a_survey_is_handed_over_in_json_lines(tmp_path: Path) -> None:
    told = tmp_path / "told.jsonl"
    answer = f"{{'x': open({str(told)!r}, 'w').write(open(sys.argv[4]).read()) * 0, 'y': 0}}"
    heard = a_walk().heard
    count = len(heard)
    survey = Survey(heard, np.full(count, 2.0), np.full(count, 3.0))

    errors(an_engine(tmp_path, answer=answer), survey=survey)

    rows = [json.loads(line) for line in told.read_text().splitlines()]
    assert len(rows) == count
    assert set(rows[0]) == {"t", "gateway", "device", "rssi", "x", "y"}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("no-such-engine-here", "No such file"),
        ("false", "ended with 1"),
        ("echo oops", "is not an answer in JSON"),
    ],
)
def test_an_engine_that_fails_is_told_with_its_reason(command: str, says: str) -> None:
    with pytest.raises(ChildFailed, match=says):
        errors(command)


@pytest.mark.parametrize("command", ["", "  ", "replay 'unclosed"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    with pytest.raises(RecordingError, match="--engine"):
        Engine(command, a_site())
