"""The command line: exit codes, messages, and what is not loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.cli import main
from edge_agent.listening import advert_json
from tests.edge_agent.builders import an_advert, write_settings
from tests.ports import free_port

HEAVY = {"bleak", "dbus_fast", "paho", "fastapi", "sqlalchemy", "numpy", "pandas"}


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["listen", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from edge_agent.cli import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "usage: edge-agent" in ended.stdout
    assert HEAVY.isdisjoint(ended.stderr.split())


@pytest.mark.parametrize("arguments", [[], ["fly"], ["replay"], ["run", "--port", "1"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert end.value.code == 2


def test_good_settings_end_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_settings(tmp_path, port=1883)

    assert main(["check-config", "--config", str(config), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mqtt"]["port"] == 1883


def test_bad_settings_end_with_1_and_say_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_settings(tmp_path, port=1883, extra="[window]\nseconds = 0\n")

    assert main(["check-config", "--config", str(config)]) == 1
    assert f"{config}: [window] seconds is 0; must be 0.5..60" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_settings(tmp_path, port=1883, mqtt='password_file = "none.password"')

    assert main(["check-config", "--config", str(config)]) == 1
    assert f"[mqtt] password_file {tmp_path}/none.password cannot" in capsys.readouterr().err


def test_a_broker_that_cannot_be_reached_ends_with_3(tmp_path: Path) -> None:
    config = write_settings(tmp_path, port=free_port())

    assert main(["check-config", "--config", str(config), "--reach"]) == 3


def test_a_recording_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = tmp_path / "heard.jsonl"
    recording.write_text(advert_json(an_advert()) + "\n")

    assert main(["replay", str(recording), "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert counts == {"adverts": 1, "addresses": 1, "not_understood": 0, "kinds": {"eid": 1}}


def test_a_recording_with_faults_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "heard.jsonl"
    recording.write_text(advert_json(an_advert()) + "\n{broken\n")

    assert main(["replay", str(recording), "--print"]) == 1
    shown = capsys.readouterr().out
    assert "not understood: 1" in shown
    assert "-60 dBm" in shown


def test_of_a_file_that_is_no_recording_is_said_what_it_must_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "README.md"
    other.write_text("# Not a recording\n")

    assert main(["replay", str(other), "--json"]) == 1
    shown = capsys.readouterr()
    assert json.loads(shown.out)["adverts"] == 0
    assert f"{other} holds no advert; must be JSONL" in shown.err


def test_a_recording_that_is_not_there_ends_with_1(tmp_path: Path) -> None:
    assert main(["replay", str(tmp_path / "none")]) == 1


def test_listen_prints_what_a_recording_holds(tmp_path: Path) -> None:
    (tmp_path / "heard.jsonl").write_text(advert_json(an_advert()) + "\n")
    config = write_settings(tmp_path, port=1)
    environ = {"BEACONRY_SOURCE__KIND": "replay", "BEACONRY_SOURCE__FILE": "heard.jsonl"}

    listened = subprocess.run(
        [sys.executable, "-m", "edge_agent", "listen", "--json", "--config", config],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )

    assert json.loads(listened.stdout)["kind"] == "eid"
