from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from firmware_sim.cli import app
from tests.firmware_sim.validation.builders import a_fit, a_walk, an_engine, write_files


def run(files: dict[str, Path], *more: str) -> Result:
    arguments = [
        word for name in ("recording", "truth", "site") for word in (f"--{name}", str(files[name]))
    ]
    tag = ["--tag-height-m", "1.5", "--body-db", "0", "--drawings", "4"]
    return CliRunner().invoke(app, ["validate-air", *arguments, *tag, *more])


def test_the_table_and_the_fitted_constants_are_printed(tmp_path: Path) -> None:
    result = run(write_files(tmp_path, a_walk(seconds=200)))

    assert result.exit_code == 0, result.output
    assert "| reception ratio |" in result.output
    assert "fitted: " in result.output


def test_a_missed_bar_ends_with_one(tmp_path: Path) -> None:
    noise = a_fit(shadowing_sd_db=0, gateway_sd_db=0, antenna_sd_db=0, k_factor=0.5)

    result = run(write_files(tmp_path, a_walk(fit=noise, seconds=200)))

    assert result.exit_code == 1
    assert "MISSED" in result.output


def test_the_engine_is_compared_with_and_without_survey(tmp_path: Path) -> None:
    files = write_files(tmp_path, a_walk())
    engine = an_engine(tmp_path, answer="{'x': 6.0, 'y': 4.5}")

    result = run(files, "--engine", engine, "--survey", str(files["survey"]))

    for case in ("without", "with"):
        assert f"| engine's median error {case} survey, m | 4." in result.output


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--recording", "another.csv"), "one for each"),
        (("--drawings", "0"), "--drawings is 0"),
        (("--body-db", "-3"), "--body-db is -3"),
        (("--survey", "none.csv"), "none.csv"),
        (("--engine", ""), "--engine is empty"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    tmp_path: Path, more: tuple[str, ...], says: str
) -> None:
    result = run(write_files(tmp_path, a_walk()), *more)

    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output
