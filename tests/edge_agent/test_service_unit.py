"""The systemd unit: hardened as promised, understood by systemd, and about the real program."""

import re
import shutil
import subprocess
from pathlib import Path

from edge_agent.settings import load_settings

UNIT = Path("configs/systemd/beaconry-edge.service")
MOST_EXPOSURE = 1.5


def analyze(*arguments: str) -> str:
    tool = shutil.which("systemd-analyze")
    assert tool, "systemd-analyze is missing; run make system-packages"
    ended = subprocess.run(
        [tool, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return ended.stdout + ended.stderr


def test_the_exposure_is_as_low_as_promised() -> None:
    said = analyze("security", "--offline=true", "--no-pager", str(UNIT))

    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert exposure, said
    assert float(exposure[1]) <= MOST_EXPOSURE


def test_systemd_understands_every_line() -> None:
    said = analyze("verify", str(UNIT)).splitlines()

    # The program is not installed where the unit expects it on this machine.
    assert [line for line in said if "is not executable" not in line] == []


def test_the_unit_watches_a_program_that_says_it_is_alive() -> None:
    lines = UNIT.read_text().splitlines()

    assert {"Type=notify", "DynamicUser=yes", "StateDirectory=beaconry"} <= set(lines)
    assert any(line.startswith("WatchdogSec=") for line in lines)


def test_the_state_directory_is_where_the_example_keeps_its_spool() -> None:
    settings = load_settings(Path("configs/edge.toml"), environ={})

    assert settings.spool.path.startswith("/var/lib/beaconry/")
