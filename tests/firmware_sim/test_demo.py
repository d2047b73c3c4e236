"""The real programs, started by the simulator: a few shoppers, a few simulated minutes."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "firmware_sim", "run", str(ROOT / "configs/scenarios/tiny.toml"))

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.xdist_group("demo")]


def run(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "--folder", str(folder), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def decided(folder: Path) -> set[tuple[object, ...]]:
    rows = sqlite3.connect(folder / "run/state/store.sqlite").execute(
        "SELECT trigger_id, shopper, outcome, offer, reasons FROM decision"
    )
    return set(rows)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """Two runs of the same seed in lockstep: folder and what was printed."""
    runs = []
    for name in ("one", "two"):
        folder = tmp_path_factory.mktemp(name)
        summary = str(folder / "summary.json")
        child = run(folder, "--lockstep", "--seconds", "10", "--summary-json", summary)
        out, err = child.communicate(timeout=150)
        assert child.returncode == 0, err
        runs.append((folder, out))
    return runs


def test_the_same_seed_gives_the_same_event_log(twice: list[tuple[Path, str]]) -> None:
    one, two = ((folder / "run/log/events.jsonl").read_bytes() for folder, _ in twice)

    assert one == two
    assert one.count(b"\n") == 200


def test_in_lockstep_the_same_seed_gives_the_same_decisions(
    twice: list[tuple[Path, str]],
) -> None:
    one, two = (decided(folder) for folder, _ in twice)

    assert len(one) >= 5
    assert one == two


def test_every_batch_that_was_emitted_is_applied_and_none_is_pending(
    twice: list[tuple[Path, str]],
) -> None:
    for folder, _ in twice:
        figures = json.loads((folder / "summary.json").read_text())
        assert figures["batches_emitted"] == figures["batches_applied"] >= 1000
        assert figures["batches_pending"] == figures["invariants_broken"] == 0


def test_off_a_terminal_the_figures_are_plain_lines(twice: list[tuple[Path, str]]) -> None:
    for _, out in twice:
        assert "\x1b" not in out
        assert re.search(r"^adverts_heard: [1-9]\d{3,}$", out, re.MULTILINE)
        assert re.search(r"^console: http://127\.0\.0\.1:[1-9]\d*/login/", out, re.MULTILINE)


def test_no_log_names_a_shopper_or_a_household(twice: list[tuple[Path, str]]) -> None:
    for folder, _ in twice:
        people = sqlite3.connect(folder / "run/state/store.sqlite").execute(
            "SELECT shopper, household FROM shopper"
        )
        names = {name for pair in people for name in pair if name}
        logged = "".join(path.read_text() for path in (folder / "run/logs").glob("*.log"))

        assert len(names) >= 6
        assert "broker connected" in logged
        assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", logged)] == []


def test_ctrl_c_ends_a_run_with_its_figures_and_leaves_no_child(tmp_path: Path) -> None:
    child = run(tmp_path, "--seconds", "120")
    assert child.stdout is not None
    while "the store is open" not in child.stdout.readline():
        assert child.poll() is None
    pid = json.loads((tmp_path / "run/state/run.json").read_text())["pid"]

    deadline = time.monotonic() + 30
    while not (tmp_path / "run/log/events.jsonl").stat().st_size:
        assert time.monotonic() < deadline
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=90)

    assert child.returncode == 0, err
    assert "invariants_broken: 0" in out
    assert not Path(f"/proc/{pid}").exists()
