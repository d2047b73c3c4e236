"""The real programs behind fake radios: unmodified bleak on a D-Bus for each gateway."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "firmware_sim", "run", str(ROOT / "configs/scenarios/tiny.toml"))

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200), pytest.mark.xdist_group("demo")]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--radio", "bluez", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_shoppers_are_located_by_what_bleak_scans(tmp_path: Path) -> None:
    summary = tmp_path / "summary.json"

    done = run("--seconds", "30", "--folder", str(tmp_path), "--summary-json", str(summary))

    assert done.returncode == 0, done.stderr
    figures = json.loads(summary.read_text())
    assert figures["invariants_broken"] == figures["batches_pending"] == 0
    assert figures["zone_events"] > 0
    logs = [path.read_text() for path in (tmp_path / "run/logs").glob("gw-*.log")]
    assert len(logs) == 6
    assert all("scanning: adapter=hci0 mode=active" in log for log in logs)


@pytest.mark.parametrize("option", [["--lockstep"], ["--speed", "10"]], ids=" ".join)
def test_radios_run_in_real_time_only(tmp_path: Path, option: list[str]) -> None:
    done = run(*option, "--folder", str(tmp_path))

    assert done.returncode == 1
    assert "real time" in done.stderr
