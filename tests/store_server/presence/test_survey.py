"""Reading a survey: what is taken, what is set aside, what is refused and how it is said."""

import json

import numpy as np
import pytest

from store_server.errors import ConfigError
from store_server.presence.survey import point_numbers, read_survey


def line(**changes: object) -> bytes:
    whole = {"t": 1.0, "gateway": "g1", "device": "tag", "rssi": -70, "x": 1.0, "y": 2.0}
    return json.dumps({k: v for k, v in {**whole, **changes}.items() if v is not None}).encode()


def test_a_place_or_a_zone_is_enough() -> None:
    survey = read_survey([line(), b"", line(x=None, y=None, zone="hall")], source="s")

    assert survey.placed.tolist() == [True, False]
    assert survey.zone.tolist() == [-1, 0]


def test_glitches_are_set_aside_and_counted() -> None:
    survey = read_survey([line(), line(rssi=42), line(rssi=-127)], source="s")

    assert (len(survey), survey.set_aside) == (1, 2)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (line(x=None, y=None), "must say where"),
        (line(y=None), "x and y must both"),
        (line(rssi="loud"), r"rssi"),
        (line(gateway=None), "gateway"),
        (b"{", "line 2"),
    ],
)
def test_a_bad_line_is_named_with_its_number(bad: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        read_survey([line(), bad], source="walk.jsonl")

    assert "walk.jsonl: line 2: " in str(refused.value)


def test_an_empty_file_says_what_belongs_into_it() -> None:
    with pytest.raises(ConfigError, match="expected lines like"):
        read_survey([b"\n"], source="s")


def test_a_stated_power_is_taken_out_of_the_levels() -> None:
    loud = read_survey([line(rssi=-60, tx_power=-49)], source="s")
    usual = read_survey([line(rssi=-70, tx_power=-59)], source="s")

    assert loud.dbm.tolist() == usual.dbm.tolist()
    assert loud.reference_dbm == usual.reference_dbm is not None


def test_marks_a_hand_apart_are_one_point() -> None:
    number, xy = point_numbers(np.array([[1.0, 1.0], [1.05, 1.1], [4.0, 1.0]]))

    assert number[0] == number[1] != number[2]
    assert len(xy) == 2
