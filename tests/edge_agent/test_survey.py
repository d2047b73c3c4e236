"""Survey: what a place is like."""

import json
import os
import subprocess
import sys
from pathlib import Path

from edge_agent.advert import Advert
from edge_agent.listening import advert_json
from edge_agent.survey import Survey, survey_text
from tests.edge_agent.builders import NOON_MS, an_advert, write_settings

FOREIGN = bytes.fromhex("06ff4c0010020b")


def test_rates_duplicates_and_spread_are_measured_by_kind() -> None:
    survey = Survey()

    survey.take([an_advert(NOON_MS + n, rssi_dbm=-60 - 10 * (n % 2)) for n in range(100)])
    survey.take([Advert(NOON_MS, "C0:00:00:00:00:02", FOREIGN, -80)])
    report = survey.report(10.0)

    assert (report.adverts, report.adverts_per_s, report.addresses) == (101, 10.1, 2)
    assert report.duplicates == round(99 / 101, 3)
    (line,) = report.kinds
    assert (line.kind, line.identities, line.adverts) == ("eid", 1, 100)
    assert (line.rssi_low_dbm, line.rssi_high_dbm, line.spread_db) == (-70, -60, 5.0)
    assert report.others == {"apple_continuity": 1}


def test_an_implausible_rssi_is_counted_only() -> None:
    survey = Survey()

    survey.take([an_advert(rssi_dbm=127), an_advert(rssi_dbm=-120)])

    assert (survey.report(1.0).implausible_rssi, survey.report(1.0).kinds) == (2, [])


def test_silence_makes_a_report_as_well() -> None:
    report = Survey().report(0.0)

    assert (report.adverts, report.duplicates) == (0, 0.0)
    assert "0 addresses" in survey_text(report)


def test_the_text_names_no_identity_and_no_address() -> None:
    survey = Survey()
    survey.take([an_advert(), an_advert()])

    text = survey_text(survey.report(1.0))

    assert "eid" in text
    assert an_advert().address not in text
    assert "37840884ab38cceb" not in text


def test_the_command_measures_any_source(tmp_path: Path) -> None:
    lines = "\n".join(advert_json(an_advert()) for _ in range(5))
    (tmp_path / "heard.jsonl").write_text(lines + "\n")
    config = write_settings(tmp_path, port=1)
    environ = {"BEACONRY_SOURCE__KIND": "replay", "BEACONRY_SOURCE__FILE": "heard.jsonl"}

    ended = subprocess.run(
        [sys.executable, "-m", "edge_agent", "survey", "--seconds=5", "--json", "--config", config],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert json.loads(ended.stdout)["kinds"][0]["adverts"] == 5
