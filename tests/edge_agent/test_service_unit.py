"""The systemd unit: hardened as promised, understood by systemd, and about the real program."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from edge_agent.enrolment import CA_FILE, PASSWORD_FILE, USER_FILE
from edge_agent.settings import load_settings, unreadable_files
from edge_agent.site_files import write_private
from tests.edge_agent.service_unit import UNIT, hand_over, keys_of

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


ENROLLED = f"""[gateway]
org = "acme"
store = "s1"
gateway = "gw-1"
[mqtt]
username_file = "{USER_FILE}"
password_file = "{PASSWORD_FILE}"
tls = true
ca_file = "{CA_FILE}"
cert_file = "mqtt.crt"
key_file = "mqtt.key"
"""


def lay_down(folder: Path, *names: str) -> None:
    folder.mkdir()
    write_private(folder / "edge.toml", ENROLLED)
    for name in names:
        write_private(folder / name, f"{name}\n")


def test_what_an_enrolment_writes_is_what_the_service_is_handed(tmp_path: Path) -> None:
    site, handed = tmp_path / "etc", tmp_path / "credentials"
    lay_down(site, USER_FILE, PASSWORD_FILE, CA_FILE, "mqtt.crt", "mqtt.key")

    command = hand_over(site, handed)
    settings = load_settings(Path(command[-1]), environ={})

    assert command[:3] == ["/opt/beaconry/bin/edge-agent", "run", "--config"]
    assert unreadable_files(settings) == []
    assert Path(settings.mqtt.password_file) == handed / PASSWORD_FILE
    assert Path(settings.mqtt.key_file).read_text() == "mqtt.key\n"


def test_the_same_settings_are_good_where_they_lie(tmp_path: Path) -> None:
    site = tmp_path / "etc"
    lay_down(site, USER_FILE, PASSWORD_FILE, CA_FILE, "mqtt.crt", "mqtt.key")

    settings = load_settings(site / "edge.toml", environ={})

    assert unreadable_files(settings) == []


def test_certificates_need_not_be_there_but_the_password_must(tmp_path: Path) -> None:
    lay_down(tmp_path / "plain", USER_FILE, PASSWORD_FILE)
    lay_down(tmp_path / "bare")

    hand_over(tmp_path / "plain", tmp_path / "one")

    with pytest.raises(FileNotFoundError, match=USER_FILE):
        hand_over(tmp_path / "bare", tmp_path / "two")


def test_no_folder_of_settings_is_opened_to_the_service() -> None:
    assert list(keys_of(UNIT, "ConfigurationDirectory")) == []
    assert "DynamicUser=yes" in UNIT.read_text()
