import json
from pathlib import Path

import pytest

from firmware_sim.errors import ScenarioError
from firmware_sim.observed import read_observed, write_observed


def test_what_the_store_told_is_read_back_as_claims(tmp_path: Path) -> None:
    zone = {
        "zone": "bakery",
        "entered_at": "1970-01-01T00:01:40Z",
        "left_at": "1970-01-01T00:01:50Z",
    }
    open_zone = {"zone": "dairy", "entered_at": "1970-01-01T00:01:51Z", "left_at": None}
    visit = {"started_at": zone["entered_at"], "ended_at": None, "zones": [zone, open_zone]}
    write_observed(tmp_path / "observed.json", {"s-1": {"visits": [visit]}})

    seen = read_observed(tmp_path / "observed.json", until_s=115)["s-1"]

    assert seen.enters == [(100.0, "bakery"), (111.0, "dairy")]
    assert seen.exits == [(110.0, "bakery")]
    assert seen.visits == [(100.0, None)]
    assert (seen.zones[100], seen.zones[115], max(seen.zones)) == ("bakery", "dairy", 115)


def test_answers_of_a_replay_are_read_with_events_and_places(tmp_path: Path) -> None:
    answers = [
        {"type": "estimate", "t": 100.0, "device": "s-1", "zone": "bakery", "x": 1, "y": 2},
        {"type": "estimate", "t": 101.0, "device": "s-1", "zone": None, "x": None, "y": None},
        {"type": "enter", "t": 99.5, "device": "s-1", "zone": "bakery"},
        {"type": "dwell", "t": 99.9, "device": "s-1", "zone": "bakery"},
        {"type": "exit", "t": 101.0, "device": "s-1", "zone": "bakery"},
    ]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in answers))

    seen = read_observed(path, until_s=200)["s-1"]

    assert seen.zones == {100: "bakery"}
    assert seen.places == {100: (1.0, 2.0)}
    assert (seen.enters, seen.exits) == ([(99.5, "bakery")], [(101.0, "bakery")])


@pytest.mark.parametrize(("name", "text"), [("a.json", "[1]"), ("a.jsonl", "{}"), ("b.json", None)])
def test_what_is_neither_is_refused_with_its_name(
    tmp_path: Path, name: str, text: str | None
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)

    with pytest.raises(ScenarioError, match=name):
        read_observed(path, until_s=0)
