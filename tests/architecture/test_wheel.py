"""A wheel carries everything its programs read: run without the clone it was built from."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a wheel of this clone was unpacked into."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def run(site: Path, program: str) -> str:
    """What a program says whose packages come from `site` alone."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_an_installed_demo_finds_its_scenario(installed: Path) -> None:
    program = (
        "from firmware_sim.cli import CONFIGS\n"
        "from firmware_sim.scenario import load_scenario\n"
        "print(CONFIGS); print(load_scenario(CONFIGS / 'demo.toml').floor.store)"
    )

    place, store = run(installed, program).splitlines()

    assert Path(place) == installed / "firmware_sim" / "configs" / "scenarios"
    assert store == "demo"


def test_the_units_and_the_console_travel_with_it(installed: Path) -> None:
    units = installed / "firmware_sim" / "configs" / "systemd"
    console = installed / "store_server" / "entrypoints" / "console"

    assert (units / "beaconry-edge.service").is_file()
    assert (console / "templates" / "fleet.html").is_file()
    assert (installed / "store_server/migrations/versions/0001_the_first_schema.py").is_file()
