"""`edge-agent doctor`: each thing that can be missing is named, with what mends it."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge_agent.doctor import (
    Finding,
    broker_findings,
    clock_finding,
    radio_findings,
    spool_findings,
)
from edge_agent.quarantine import Quarantine
from edge_agent.settings import EdgeSettings, load_settings
from edge_agent.spool import Spool, SpooledBatch
from firmware_sim.bluez.bus_daemon import PrivateBus
from firmware_sim.bluez.service import FakeBluez
from tests.edge_agent.brokers import Broker, wait_until
from tests.edge_agent.builders import BOOT_ID, NOON_MS, write_settings
from tests.edge_agent.conftest import StartAgent, StartServer
from tests.ports import free_port


def settings_in(folder: Path, port: int = 1883, **sections: str) -> EdgeSettings:
    return load_settings(write_settings(folder, port=port, **sections), environ={})


def standings(findings: list[Finding]) -> dict[str, str]:
    return {one.subject: one.standing for one in findings}


def a_bluez_gateway(folder: Path, *, scan: str = "active") -> EdgeSettings:
    config = write_settings(folder, port=1883)
    radio = f'kind = "bluez"\nscan = "{scan}"'
    config.write_text(config.read_text().replace('kind = "feed"', radio))
    return load_settings(config, environ={})


def test_a_sound_gateway_is_well_to_the_last_line(
    broker: Broker, server: StartServer, tmp_path: Path
) -> None:
    broker.start()
    server(broker.port)

    found = list(broker_findings(settings_in(tmp_path, broker.port)))

    assert standings(found) == {"broker": "OK", "credentials": "OK", "server": "OK"}
    assert "MQTT 5" in found[1].text if broker.kind == "mosquitto" else "3.1.1" in found[1].text


def test_a_server_that_is_away_is_named(broker: Broker, tmp_path: Path) -> None:
    broker.start()

    *_, last = broker_findings(settings_in(tmp_path, broker.port))

    assert (last.standing, last.subject) == ("FAIL", "server")
    assert "store-server check-config" in last.mend


def test_a_broker_that_is_away_is_named(tmp_path: Path) -> None:
    (finding,) = broker_findings(settings_in(tmp_path, free_port()))

    assert (finding.standing, finding.subject) == ("FAIL", "broker")
    assert finding.mend


def test_refused_credentials_are_named(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("")
    lines = f"allow_anonymous false\npassword_file {tmp_path / 'passwords'}\n"
    broker = Broker("mosquitto", tmp_path / "broker", mosquitto_lines=lines)
    broker.start()

    *_, last = broker_findings(settings_in(tmp_path, broker.port))
    broker.kill()

    assert (last.standing, last.subject) == ("FAIL", "credentials")
    assert "store-server add-gateway gw-1" in last.mend


def test_a_secret_that_cannot_be_read_is_named(broker: Broker, tmp_path: Path) -> None:
    broker.start()

    found = list(broker_findings(settings_in(tmp_path, broker.port, mqtt='password_file = "no"')))

    assert standings(found) == {"credentials": "FAIL", "broker": "OK"}


def test_an_agent_that_holds_the_only_client_id_is_left_alone(
    broker: Broker, tmp_path: Path
) -> None:
    broker.start()
    mqtt = 'username = "gw-1"\nclient_id_from_user = true'
    settings = settings_in(tmp_path, broker.port, mqtt=mqtt)

    with Spool(Path(settings.spool.path), max_bytes=10**6):
        *_, last = broker_findings(settings)

    assert (last.standing, last.subject) == ("WARN", "credentials")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    config = write_settings(tmp_path, port=1)
    config.write_text(config.read_text().replace("edge.spool", "/proc/none/edge.spool"))

    (finding,) = spool_findings(load_settings(config, environ={}))

    assert (finding.standing, finding.subject) == ("FAIL", "spool")
    assert "/proc/none" in finding.mend


@pytest.mark.parametrize(("free_bytes", "standing"), [(10**9, "OK"), (10**8, "WARN")])
def test_a_disk_that_is_too_small_for_the_quota_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int, standing: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free_bytes))

    (finding,) = spool_findings(settings_in(tmp_path))

    assert finding.standing == standing


def test_batches_in_quarantine_are_told(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    batch = SpooledBatch(7, BOOT_ID, "free", NOON_MS, b"[]")
    Quarantine(Path(settings.spool.path)).put(
        batch, spool_id="0" * 32, reason="refused", now_ms=NOON_MS
    )

    told = [one for one in spool_findings(settings) if one.subject == "quarantine"]

    assert [(one.standing, "refused 1" in one.text) for one in told] == [("WARN", True)]


def test_without_a_bus_bluez_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")

    (finding,) = asyncio.run(radio_findings(a_bluez_gateway(tmp_path), rfkill=tmp_path))

    assert (finding.standing, finding.subject) == ("FAIL", "bluez")
    assert finding.mend == "sudo systemctl enable --now bluetooth"


@pytest.mark.parametrize(("powered", "standing"), [(True, "OK"), (False, "FAIL")])
def test_an_adapter_is_asked_whether_it_is_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, powered: bool, standing: str
) -> None:
    bus = PrivateBus(tmp_path)
    bus.start()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    bluez = FakeBluez(bus.address)
    bluez.connect()
    bluez.adapter().set_power(powered)

    (finding,) = asyncio.run(radio_findings(a_bluez_gateway(tmp_path), rfkill=tmp_path))
    bluez.close()
    bus.kill()

    assert (finding.standing, finding.subject) == (standing, "adapter")
    assert ("bluetoothctl power on" in finding.mend) is not powered


@pytest.mark.parametrize(
    ("scan", "monitors", "warned"),
    [
        ("active", True, False),
        ("passive", True, True),
        ("auto", True, True),
        ("auto", False, False),
    ],
)
def test_a_passive_scan_is_warned_of_because_resting_tags_vanish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scan: str, monitors: bool, warned: bool
) -> None:
    bus = PrivateBus(tmp_path)
    bus.start()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    bluez = FakeBluez(bus.address, offers_monitors=monitors)
    bluez.connect()

    config = a_bluez_gateway(tmp_path, scan=scan)
    _, *found = asyncio.run(radio_findings(config, rfkill=tmp_path))
    bluez.close()
    bus.kill()

    assert [(one.standing, one.subject) for one in found] == [("WARN", "scan")] * warned
    assert all('scan = "active"' in one.mend for one in found)


@pytest.mark.parametrize(("soft", "hard", "mend"), [(1, 0, "rfkill unblock"), (0, 1, "a switch")])
def test_a_blocked_radio_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, mend: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    switch = tmp_path / "rfkill" / "rfkill0"
    switch.mkdir(parents=True)
    for name, text in {"type": "bluetooth", "soft": str(soft), "hard": str(hard)}.items():
        (switch / name).write_text(f"{text}\n")

    settings = a_bluez_gateway(tmp_path)
    found = asyncio.run(radio_findings(settings, rfkill=tmp_path / "rfkill"))

    assert (found[0].standing, found[0].subject) == ("FAIL", "rfkill")
    assert mend in found[0].mend


def test_the_clock_is_judged() -> None:
    finding = clock_finding()

    assert finding.standing in {"OK", "WARN"}
    assert bool(finding.mend) == (finding.standing != "OK")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_command_ends_with_1_when_something_fails(tmp_path: Path, form: list[str]) -> None:
    config = write_settings(tmp_path, port=free_port())

    ended = subprocess.run(
        [sys.executable, "-m", "edge_agent", "doctor", "--config", config, *form],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 1
    if form:
        assert {"standing", "subject", "text", "mend"} == set(json.loads(ended.stdout)[0])
    else:
        assert "FAIL  broker:" in ended.stdout
        assert "      -> ping 127.0.0.1" in ended.stdout


def test_a_visit_disturbs_no_agent(broker: Broker, server: StartServer, agent: StartAgent) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)
    gateway.tick(1_760_000_400_000)
    wait_until(lambda: bool(shop.states and shop.batches), "the agent is there")

    found = list(broker_findings(load_settings(gateway.config, environ={})))

    assert standings(found)["server"] == "OK"
    assert "connects=2" not in gateway.log
    assert shop.states[-1].online
