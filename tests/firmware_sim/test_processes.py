import os
import signal
from pathlib import Path

import pytest

from firmware_sim.errors import ChildFailed
from firmware_sim.processes import Child, read_run_file, run_once, wait_for


def a_child(folder: Path, *arguments: str) -> Child:
    return Child("child", "timeit", *arguments, log_path=folder / "logs" / "child.log")


def forever(folder: Path) -> Child:
    return a_child(folder, "-n", "1", "import time; time.sleep(60)")


def test_a_child_that_ends_well_is_no_failure(tmp_path: Path) -> None:
    run_once("timeit", "-n", "1", "pass", log_path=tmp_path / "log")

    assert "1 loop" in (tmp_path / "log").read_text()


def test_a_child_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="no_such_name"):
        run_once("timeit", "no_such_name", log_path=tmp_path / "log")


def test_sigterm_ends_a_child(tmp_path: Path) -> None:
    child = forever(tmp_path)

    assert child.stop()
    assert not child.running


def test_waiting_ends_as_soon_as_a_child_has_died(tmp_path: Path) -> None:
    child = forever(tmp_path)
    os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(ChildFailed, match="exit code -9"):
        wait_for("readiness", lambda: False, children=[child], within_s=30)


def test_waiting_says_what_did_not_happen(tmp_path: Path) -> None:
    child = forever(tmp_path)
    try:
        with pytest.raises(ChildFailed, match="readiness did not happen within 0 s"):
            wait_for("readiness", lambda: False, children=[child], within_s=0.0)
    finally:
        child.stop()


@pytest.mark.parametrize("text", ["", "{", "[1]"])
def test_a_run_file_that_is_not_whole_is_not_there_yet(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)

    assert read_run_file(tmp_path / "run.json") is None
