"""`edge-agent run` in trouble: refused, overtaken, doubled, misconfigured."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent.spool import Spool
from tests.edge_agent.brokers import MOSQUITTO, Broker, wait_until
from tests.edge_agent.builders import NOON_MS, write_settings
from tests.edge_agent.conftest import StartAgent, StartServer
from tests.ports import free_port


def test_bad_credentials_are_said_clearly_and_hearing_goes_on(
    tmp_path: Path, agent: StartAgent
) -> None:
    if MOSQUITTO is None:
        pytest.fail("mosquitto is not installed; run `make system-packages`")
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    broker = Broker(
        "mosquitto",
        tmp_path / "broker",
        mosquitto_lines=f"allow_anonymous false\npassword_file {passwords}\n",
    )
    broker.start()

    gateway = agent(broker.port, mqtt='username = "gw-1"\nrefused_retry_s = 0.1')
    gateway.tick(NOON_MS)
    wait_until(lambda: "check [mqtt] username, password_file" in gateway.log, "a clear log line")

    assert gateway.terminate() == 0
    broker.kill()
    with Spool(tmp_path / "agent" / "edge.spool", max_bytes=10**6) as spool:
        assert (len(spool), spool.last_seq) == (1, 1)


def test_a_password_file_that_cannot_be_read_is_named(agent: StartAgent) -> None:
    gateway = agent(free_port(), mqtt='username = "gw-1"\npassword_file = "none.password"')

    wait_until(lambda: "none.password" in gateway.log, "the log names the file")

    assert gateway.terminate() == 0


def test_a_takeover_of_the_client_id_is_counted_and_loses_nothing(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop = server(broker.port)
    mqtt = 'username = "gw-1"\nclient_id_from_user = true'
    gateway = agent(broker.port, mqtt=mqtt, extra="[health]\ninterval_s = 0.2\n")
    gateway.tick(NOON_MS)
    wait_until(lambda: shop.seqs == [1], "the first batch arrives")

    taken = threading.Event()
    thief = paho.Client(CallbackAPIVersion.VERSION2, client_id="gw-1", reconnect_on_failure=False)
    thief.on_connect = lambda *_: taken.set()
    thief.connect("127.0.0.1", broker.port)
    thief.loop_start()
    assert taken.wait(10)
    gateway.tick(NOON_MS + 1_000)
    wait_until(lambda: any(health.takeovers == 1 for health in shop.healths), "it is counted")
    wait_until(lambda: set(shop.seqs) == {1, 2}, "the second batch arrives")
    thief.loop_stop()


def test_a_second_agent_on_the_same_spool_ends_with_a_clear_error(
    tmp_path: Path, agent: StartAgent
) -> None:
    port = free_port()
    agent(port)

    second = subprocess.run(
        [sys.executable, "-m", "edge_agent", "run", "--config", tmp_path / "agent" / "edge.toml"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert second.returncode == 1
    assert "in use by another edge-agent" in second.stderr


def test_a_socket_that_cannot_be_bound_ends_the_agent(tmp_path: Path) -> None:
    config = write_settings(tmp_path, port=free_port())
    (tmp_path / "feed.sock").write_text("a file, no socket")

    ended = subprocess.run(
        [sys.executable, "-m", "edge_agent", "run", "--config", config],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert ended.returncode == 1
    assert "feed.sock cannot be bound" in ended.stderr


def test_a_recording_is_delivered_as_if_heard_now(
    broker: Broker, server: StartServer, tmp_path: Path
) -> None:
    broker.start()
    shop = server(broker.port)
    config = write_settings(tmp_path, port=broker.port)
    text = config.read_text().replace('kind = "feed"', 'kind = "replay"\nfile = "heard.jsonl"')
    config.write_text(text)
    line = (
        '{"heard_at_ms":%d,"address":"x","ad_hex":"02010603 03aafe0d 16aafe30 ee%s","rssi_dbm":-60}'
    )
    eids = [f"{number:016x}" for number in range(3)]
    lines = [line % (NOON_MS + n, eid) for n, eid in enumerate(eids)]
    (tmp_path / "heard.jsonl").write_text("\n".join(lines))

    process = subprocess.Popen([sys.executable, "-m", "edge_agent", "run", "--config", config])
    wait_until(lambda: shop.identities == set(eids), "all three identities arrive")
    process.terminate()

    assert process.wait(10) == 0
    assert shop.batches[0].clock in {"synced", "free"}
