import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware_sim.cli import app
from firmware_sim.run_record import OBSERVED

TINY = Path(__file__).resolve().parents[2] / "configs" / "scenarios" / "tiny.toml"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_a_recording_is_scored_by_kind_with_nothing_claimed(tmp_path: Path) -> None:
    assert run("record", str(TINY), "--seconds", "3", "--out", str(tmp_path))[0] == 0
    (tmp_path / OBSERVED).write_text("{}")

    code, text = run("score", str(tmp_path), "--json")

    figures = json.loads(text)
    assert code == 0
    assert figures["tolerance_s"] == 10.0
    assert figures["all"]["zone_claimed"] == 0.0
    assert len(figures["by_kind"]) >= 5
    assert set(figures["occupancy"]) >= {"entrance", "checkout"}
    table = run("score", str(tmp_path))[1]
    assert "enter_recall" in table
    assert "occupancy" in table


def test_a_folder_without_a_run_is_said(tmp_path: Path) -> None:
    code, text = run("score", str(tmp_path))

    assert code == 1
    assert "about.json" in text


def test_a_beacon_prints_one_json_line_an_advert() -> None:
    code, text = run("beacon", "ibeacon", "--seconds", "5", "--start-at", "2017-11-11")

    lines = [json.loads(line) for line in text.splitlines()]
    assert code == 0
    assert [line["at_ms"] // 1000 for line in lines] == [1510358400 + n for n in range(5)]


def test_days_print_the_battery_curve() -> None:
    lines = [json.loads(one) for one in run("beacon", "eid", "--days", "30")[1].splitlines()]

    assert [line["day"] for line in lines] == list(range(1, 31))
    assert lines[-1]["battery_mv"] < lines[0]["battery_mv"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--tx-power-dbm", "5"], "must be one of"),
        (["--interval-ms", "5"], "20..10485"),
        (["--feed", "/nowhere.sock", "--seconds", "1"], "nobody listens"),
    ],
)
def test_a_device_that_cannot_be_is_refused(option: list[str], said: str) -> None:
    code, text = run("beacon", "uid", *option)

    assert code == 1
    assert said in text
