from pathlib import Path

import pytest

from firmware_sim.errors import ScenarioError
from firmware_sim.events import DeviceKind
from firmware_sim.scenario import load_scenario, with_pace
from tests.firmware_sim.builders import a_scenario

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
HEAD = f"""
[scenario]
name = "x"
plan = "{CONFIGS / "demo" / "supermarket.toml"}"
start_at = "2017-11-11T10:00:00"
"""
KINDS = "[people.kinds]\ntag = 1\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "x.toml"
    path.write_text(text)
    return path


def test_the_demo_has_sixty_shoppers_of_every_kind() -> None:
    kinds = load_scenario(CONFIGS / "scenarios" / "demo.toml").people.kinds

    assert sum(kinds.values()) == 60
    assert all(count > 0 for count in kinds.values())


def test_the_start_is_read_in_the_stores_local_time() -> None:
    scenario = load_scenario(CONFIGS / "scenarios" / "demo.toml")

    assert scenario.start_at.isoformat() == "2017-11-11T15:00:00+00:00"


def test_every_scenario_in_configs_can_be_read() -> None:
    for path in sorted((CONFIGS / "scenarios").glob("*.toml")):
        assert load_scenario(path).people.shoppers > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + KINDS + "[aire]\n", "did you mean air"),
        (HEAD + KINDS + "[air]\nloss = 1.5\n", "air.loss is 1.5"),
        (HEAD + KINDS + "[air]\npath_loss_exponant = 2\n", "did you mean air.path_loss_exponent"),
        (HEAD + "[people.kinds]\ntags = 1\n", "did you mean people.kinds.tag"),
        (HEAD, "names no shopper"),
        (HEAD + "seconds = 'long'\n" + KINDS, "must be a number"),
        (HEAD + "speed = nan\n" + KINDS, "speed is nan"),
        (HEAD.replace("2017-11-11", "2017-13-11") + KINDS, "month"),
        ("[scenario]\n" + KINDS, "scenario.plan is None"),
        (HEAD + "[people]\ntills = 0\n" + KINDS, "people.tills is 0"),
        (HEAD + "[people]\nstaff = -1\n" + KINDS, "people.staff is -1"),
        (HEAD + "[people]\napp_killed_share = 2\n" + KINDS, "must be 0 to 1"),
        (HEAD + KINDS + "[[outages]]\ngateway = 'gw-9'\n", "the plan has gw-1"),
        (HEAD + KINDS + "[[outages]]\ngateway = 'gw-1'\nkind = 'fire'\n", "power, net, radio"),
        (HEAD + KINDS + "[outages]\ngateway = 'gw-1'\n", "[[outages]]"),
        ("nonsense", "TOML"),
    ],
)
def test_a_bad_scenario_is_refused_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(ScenarioError, match=r"x\.toml") as caught:
        load_scenario(path)

    assert said in str(caught.value)


def test_a_pace_of_zero_is_refused() -> None:
    with pytest.raises(ScenarioError, match="--speed is 0"):
        with_pace(a_scenario(), speed=0)


def test_open_and_foreground_apps_hear_and_are_heard_and_every_kind_does_one() -> None:
    both = {kind for kind in DeviceKind if kind.ranges and kind.advertises}

    assert both == {DeviceKind.IOS_OPEN, DeviceKind.ANDROID_EID}
    assert all(kind.ranges or kind.advertises for kind in DeviceKind)


def test_outages_are_read(tmp_path: Path) -> None:
    table = '[[outages]]\ngateway = "gw-2"\nkind = "net"\nfrom_s = 60\nfor_s = 30\n'

    (outage,) = load_scenario(written(tmp_path, HEAD + KINDS + table)).outages

    assert outage.covers(60)
    assert not outage.covers(90)
    assert not outage.deafens
