import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware_sim.cli import app
from firmware_sim.shop_floor import MARKER

CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "scenarios"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from firmware_sim.cli import app;"
        "r = CliRunner().invoke(app, ['--help']); assert r.exit_code == 0;"
        "print([n for n in ('numpy', 'pandas', 'pyarrow', 'httpx', 'rich.live', 'sqlalchemy',"
        " 'fastapi', 'bleak') if n in sys.modules])"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_recording_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        scenario = str(CONFIGS / "tiny.toml")
        result = CliRunner().invoke(
            app, ["record", scenario, "--seconds", "3", "--out", str(tmp_path / name)]
        )
        assert result.exit_code == 0

    one, two = ((tmp_path / name / "events.jsonl").read_bytes() for name in ("a", "b"))
    assert one == two
    assert one.count(b"\n") == 60


@pytest.mark.parametrize("option", [["--seconds", "0"], ["--seed", "-1"]])
def test_a_pace_that_cannot_be_is_refused(tmp_path: Path, option: list[str]) -> None:
    arguments = ["record", str(CONFIGS / "tiny.toml"), "--out", str(tmp_path), *option]

    result = CliRunner().invoke(app, arguments)

    assert result.exit_code == 1
    assert option[0] in result.output


def test_a_missing_scenario_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["run", str(tmp_path / "none.toml")])

    assert result.exit_code == 1
    assert "none.toml" in result.output


def test_a_folder_of_somebody_else_is_not_emptied(tmp_path: Path) -> None:
    mine = tmp_path / "run" / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("years of work")

    result = CliRunner().invoke(app, ["run", str(CONFIGS / "tiny.toml"), "--folder", str(tmp_path)])

    assert result.exit_code == 1
    assert "not of an earlier run" in result.output
    assert mine.exists()
    assert not (tmp_path / "run" / MARKER).exists()
