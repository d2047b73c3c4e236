import gzip
from pathlib import Path

import pytest

from firmware_sim.errors import RecordingError
from firmware_sim.validation.recording import read_site, read_survey, read_walk
from tests.firmware_sim.validation.builders import a_site, a_walk, write_files

HEADER = "t,gateway,device,rssi\n"


def test_what_was_written_is_read_plain_or_gzipped(tmp_path: Path) -> None:
    walk = a_walk()
    files = write_files(tmp_path, walk)
    packed = tmp_path / "recording.csv.gz"
    packed.write_bytes(gzip.compress(files["recording"].read_bytes()))

    for recording in (files["recording"], packed):
        found = read_walk(recording, files["truth"], site=a_site())
        assert len(found.heard) == len(walk.heard)
        assert found.path.where(float(walk.path.at_s[7])) == pytest.approx(
            (walk.path.x[7], walk.path.y[7])
        )


def test_the_engine_gets_the_site_with_the_height_of_the_sender(tmp_path: Path) -> None:
    files = write_files(tmp_path, a_walk())

    assert read_site(files["site"], tag_height_m=1.85).document["tag_z"] == 1.85


def test_a_survey_keeps_the_place_of_each_reception(tmp_path: Path) -> None:
    files = write_files(tmp_path, a_walk())

    survey = read_survey(files["survey"], site=a_site())

    assert sorted(set(survey.x)) == [2.0 + n for n in range(len(set(survey.x)))]
    assert set(survey.y) == {3.0}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no column 't'"),
        ("t,gateway,rssi\n1,g0,-60\n", "has no column 'device'"),
        (HEADER, "holds 0 rows"),
        (HEADER + "1,g0,tag,-60\n2,g0,tag\n", "row 3 has 3 of 4 columns"),
        (HEADER + "1,g0,tag,-60\n2,g0,tag,loud\n", "column rssi"),
        (HEADER + "1,g0,tag,-60\n2,g0,tag,nan\n", "not finite"),
        (HEADER + "1,g0,tag,-60\n2,g9,tag,-60\n", "gateway 'g9' is not in the site"),
        (HEADER + "1,g0,tag,-60\n2,g0,other,-60\n", "has 2 devices"),
        (HEADER + "1,g0,tag,-60\n2,g0,tag,-60\n", "says nothing of the time"),
    ],
)
def test_a_recording_that_cannot_be_is_told_by_file_and_place(
    tmp_path: Path, text: str, says: str
) -> None:
    files = write_files(tmp_path, a_walk())
    files["recording"].write_text(text)

    with pytest.raises(RecordingError, match=r"\.csv: ") as refused:
        read_walk(files["recording"], files["truth"], site=a_site())

    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", '{"gateways": {}}', '{"gateways": {"g": {"x": 1}}}'])
def test_a_site_without_places_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "site.json"
    path.write_text(text)

    with pytest.raises(RecordingError, match=r"site\.json"):
        read_site(path, tag_height_m=1.0)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none\.csv"):
        read_survey(tmp_path / "none.csv", site=a_site())
