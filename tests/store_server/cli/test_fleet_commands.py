"""Codes, revocation and labels from the command line, with no server running."""

import json
from pathlib import Path

from store_server.cli.fleet_report import fleet_lines
from tests.store_server.cli.test_commands import DEMO_PLAN, Command
from tests.store_server.cli.test_commands import store_server as store_server  # noqa: PLC0414


def test_a_code_is_printed_with_the_command_to_type(store_server: Command) -> None:
    store_server("seed", DEMO_PLAN)

    answer = json.loads(store_server("enrolment-code", "gw-1", "--json").out)

    assert answer["command"].startswith(f"echo {answer['code']} | sudo edge-agent enrol ")
    assert len(answer["code"].replace("-", "")) == 25
    assert store_server("enrolment-code", "gw-77").code == 1


def test_a_gateway_is_revoked_while_no_server_runs(store_server: Command) -> None:
    store_server("seed", DEMO_PLAN)
    store_server("add-gateway", "gw-1")

    answer = json.loads(store_server("revoke-gateway", "gw-1", "--json").out)

    assert answer["broker_told"] is False
    assert not list((store_server.state / "secrets" / "broker").glob("gw-1.*"))
    assert "no broker was told" in store_server("revoke-gateway", "gw-1").out
    assert store_server("revoke-gateway", "gw-77").code == 1


def test_a_revoked_gateway_has_no_account_at_mosquitto_until_it_is_added_again(
    store_server: Command,
) -> None:
    store_server("seed", DEMO_PLAN)
    acl = store_server.state / "mosquitto" / "acl"
    store_server("revoke-gateway", "gw-1")
    store_server("broker-config", "--for", "mosquitto")
    assert "acme.demo.gw-1\n" not in acl.read_text()

    store_server("add-gateway", "gw-1")
    store_server("broker-config", "--for", "mosquitto")

    assert "acme.demo.gw-1\n" in acl.read_text()


def test_labels_are_written_for_every_beacon(store_server: Command, tmp_path: Path) -> None:
    sheet = tmp_path / "labels.html"
    assert store_server("beacon-labels", "--out", str(sheet)).code == 1
    store_server("seed", DEMO_PLAN)

    told = json.loads(store_server("beacon-labels", "--out", str(sheet), "--json").out)
    answer = store_server("beacon-labels", "--out", str(sheet))

    assert (told["file"], told["labels"]) == (str(sheet), 12)
    assert "12 labels" in answer.out
    assert sheet.read_text().count("<li>") == 12
    assert store_server("beacon-labels", "--out", str(tmp_path / "no" / "x")).code == 1


def test_the_fleet_is_not_shown_where_no_server_runs(store_server: Command) -> None:
    answer = store_server("fleet")

    assert answer.code == 3
    assert "store-server serve" in answer.err


def test_the_fleet_is_shown_in_lines() -> None:
    gateway: dict[str, object] = {
        "gateway_id": "gw-1",
        "standing": "online",
        "last_heard_at": "2026-03-02T09:30:00Z",
        "adverts_per_s": 41.5,
        "queued_batches": 0,
        "config": "confirmed",
        "config_version": 3,
        "pushed_version": 4,
    }
    beacon: dict[str, object] = {
        "beacon_id": "b-1",
        "last_heard_at": None,
        "battery_mv": 2300,
        "days_left": 12,
        "heard_by": ["gw-1", "gw-2"],
        "findings": ["beacon_silent"],
        "battery_low": True,
    }
    finding: dict[str, object] = {"kind": "beacon_silent", "text": "beacon b-1 is silent"}

    lines = fleet_lines({"gateways": [gateway], "beacons": [beacon], "findings": [finding]})

    assert "2026-03-02 09:30 UTC" in lines[1]
    assert lines[1].endswith("confirmed 4")
    assert "never" in lines[4]
    assert lines[4].endswith("gw-1, gw-2 BEACON_SILENT CHANGE THE BATTERY")
    assert lines[-1] == "beacon_silent: beacon b-1 is silent"
