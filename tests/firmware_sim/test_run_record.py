import json
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_sim.errors import ScenarioError
from firmware_sim.run_record import SIGHTINGS, SITE, ReplayLog, read_about, write_about
from firmware_sim.world import World
from tests.firmware_sim.builders import a_cast, a_scenario


def test_who_withholds_the_consent_to_be_located_is_not_scored(tmp_path: Path) -> None:
    one, two = a_cast(a_scenario(tag=2))

    write_about(tmp_path, a_scenario(), [one, replace(two, allows_location=False)])

    assert set(read_about(tmp_path).kinds) == {one.shopper}


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="log folder of a run"):
        read_about(tmp_path)


def test_sightings_name_anchors_of_the_site_and_shoppers_and_tick_every_second(
    tmp_path: Path,
) -> None:
    scenario = a_scenario()
    shoppers = a_cast(scenario)
    world = World(scenario, shoppers)
    with ReplayLog(tmp_path, scenario.floor) as replay:
        for _ in range(60):
            replay.tick(world.step(), world.owners)

    rows = [json.loads(line) for line in (tmp_path / SIGHTINGS).read_text().splitlines()]
    heard = [row for row in rows if "tick" not in row]
    site = json.loads((tmp_path / SITE).read_text())
    assert sum("tick" in row for row in rows) == 60
    assert {row["gateway"] for row in heard} <= set(site["gateways"])
    assert {row["device"] for row in heard} <= {one.shopper for one in shoppers}
    assert any("tx_power" in row for row in heard)
