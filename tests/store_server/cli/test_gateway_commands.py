"""Commands that keep Mosquitto's accounts, with no server and no Mosquitto running."""

import json
from pathlib import Path

import pytest

from tests.store_server.cli.test_commands import DEMO_PLAN, Command
from tests.store_server.cli.test_commands import store_server as store_server  # noqa: PLC0414


@pytest.fixture
def home(store_server: Command, tmp_path: Path) -> Path:
    """The folder of a Mosquitto whose accounts the server keeps."""
    folder = tmp_path / "accounts"
    folder.mkdir()
    set_mqtt(store_server, f'broker = "mqtt://127.0.0.1:1883"\nmosquitto_dir = "{folder}"')
    store_server("seed", DEMO_PLAN)
    return folder


def set_mqtt(store_server: Command, lines: str) -> None:
    store_server.config.write_text(f"{store_server.config.read_text()}\n[mqtt]\n{lines}\n")


def test_accounts_come_and_go_with_the_commands(store_server: Command, home: Path) -> None:
    added = json.loads(store_server("add-gateway", "gw-1", "--json").out)
    with_it = (home / "acl").read_text()
    revoked = json.loads(store_server("revoke-gateway", "gw-1", "--json").out)

    assert (added["broker_told"], revoked["broker_told"]) == (True, True)
    assert "acme.demo.gw-1\n" in with_it
    assert "acme.demo.gw-1\n" not in (home / "acl").read_text()


def test_what_mosquitto_was_not_told_is_said(store_server: Command, home: Path) -> None:
    set_mqtt_pid = f'mosquitto_dir = "{home}"\nmosquitto_pid_file = "{home}/pid"'
    text = store_server.config.read_text().replace(f'mosquitto_dir = "{home}"', set_mqtt_pid)
    store_server.config.write_text(text)

    added = store_server("add-gateway", "gw-1")
    checked = store_server("check-config")

    assert added.code == 0
    assert "mosquitto was not told" in added.err
    assert "note: the broker learns of it" in added.out
    assert checked.code == 1
    assert f"mosquitto_pid_file {home}/pid: No such file" in checked.err


def test_the_check_says_who_has_to_tell_mosquitto(store_server: Command, home: Path) -> None:
    answer = store_server("check-config")
    home.rmdir()
    gone = store_server("check-config")

    assert (answer.code, gone.code) == (0, 1)
    assert "beaconry-mosquitto.path" in answer.out
    assert "install -d -o beaconry -g mosquitto" in gone.err


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('mosquitto_dir = "/etc/m"', "not with the embedded one"),
        ('broker = "mqtt://b"\nmosquitto_pid_file = "/p"', "goes with a mosquitto_dir"),
    ],
)
def test_settings_that_cannot_be_together_are_refused(
    store_server: Command, lines: str, told: str
) -> None:
    set_mqtt(store_server, lines)

    answer = store_server("check-config")

    assert answer.code == 1
    assert told in answer.err


def test_a_conf_to_be_included_asks_for_nothing_twice(store_server: Command, home: Path) -> None:
    store_server("broker-config", "--for", "mosquitto", "--include")

    conf = (home / "mosquitto.conf").read_text()
    assert "persistence" not in conf
    assert f"password_file {home}/passwd" in conf
    assert (home / "passwd").stat().st_mode & 0o777 == 0o640
