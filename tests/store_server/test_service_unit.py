"""The server's systemd unit: hardened like the gateway's, and about the real program."""

import re
from pathlib import Path

from tests.edge_agent.test_service_unit import MOST_EXPOSURE, analyze

UNIT = Path("configs/systemd/beaconry-store.service")


def test_the_exposure_is_as_low_as_promised() -> None:
    said = analyze("security", "--offline=true", "--no-pager", str(UNIT))

    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert exposure, said
    assert float(exposure[1]) <= MOST_EXPOSURE


def test_systemd_understands_every_line() -> None:
    said = analyze("verify", str(UNIT)).splitlines()

    # The program is not installed where the unit expects it on this machine.
    assert [line for line in said if "is not executable" not in line] == []


def test_the_watch_over_mosquittos_accounts_is_understood_and_watches_what_is_written_last() -> (
    None
):
    watch = UNIT.with_name("beaconry-mosquitto.path")

    assert analyze("verify", str(watch)).strip() == ""
    assert "PathChanged=/etc/mosquitto/beaconry/acl" in watch.read_text()
    assert "ReadWritePaths=-/etc/mosquitto/beaconry" in UNIT.read_text()


def test_commands_of_an_operator_work_on_the_files_of_the_service() -> None:
    lines = UNIT.read_text().splitlines()

    # A user that is made at each start owns files that no `sudo -u` can name.
    assert "User=beaconry" in lines
    assert "DynamicUser=yes" not in lines
    assert "WorkingDirectory=/var/lib/beaconry-store" in lines
