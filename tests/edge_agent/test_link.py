"""The link to real brokers: MQTT 5 and 3.1.1, packet limits, TLS, a broker that falls silent."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.edge_agent.brokers import MOSQUITTO, Broker, StandInServer, wait_until
from tests.edge_agent.builders import NOON_MS
from tests.edge_agent.certificates import Authority
from tests.edge_agent.conftest import StartAgent, StartServer

EIDS = [f"{number:016x}" for number in range(1, 120)]


StartMosquitto = Callable[[str], Broker]


@pytest.fixture
def mosquitto_with(tmp_path: Path) -> Iterator[StartMosquitto]:
    """Starts Mosquitto with further lines of configuration; ends with the test."""
    assert MOSQUITTO is not None, "mosquitto is not installed; run make system-packages"
    started: list[Broker] = []

    def start(lines: str) -> Broker:
        started.append(Broker("mosquitto", tmp_path / "broker", mosquitto_lines=lines))
        started[-1].start()
        return started[-1]

    yield start
    for broker in started:
        broker.kill()


def test_mqtt_5_is_spoken_where_the_broker_does(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)

    gateway.tick(NOON_MS)
    wait_until(lambda: shop.seqs == [1], "the batch arrives")

    spoken = "5" if broker.kind == "mosquitto" else "3.1.1"
    assert f"connected to the broker: mqtt={spoken} connects=1" in gateway.log


def test_mqtt_3_1_1_can_be_set(
    mosquitto_with: StartMosquitto, server: StartServer, agent: StartAgent
) -> None:
    broker = mosquitto_with("allow_anonymous true\n")
    shop, gateway = server(broker.port), agent(broker.port, mqtt='protocol = "3.1.1"')

    gateway.tick(NOON_MS)
    wait_until(lambda: shop.seqs == [1], "the batch arrives")

    assert "mqtt=3.1.1 connects=1" in gateway.log


def test_batches_are_split_for_a_broker_of_small_packets(
    mosquitto_with: StartMosquitto, server: StartServer, agent: StartAgent
) -> None:
    broker = mosquitto_with("allow_anonymous true\nmax_packet_size 2000\n")
    shop, gateway = server(broker.port), agent(broker.port)

    gateway.hear(NOON_MS + 1, *EIDS)
    gateway.tick(NOON_MS + 1_000)
    wait_until(lambda: shop.identities == set(EIDS), "every identity arrives")
    gateway.tick(NOON_MS + 2_000)
    wait_until(lambda: shop.explained(2), "numbers that were split are declared")

    assert "connects=2" not in gateway.log
    assert {lost.reason for batch in shop.batches for lost in batch.lost} == {"split"}


def test_no_more_publishes_wait_than_the_broker_takes(
    mosquitto_with: StartMosquitto, server: StartServer, agent: StartAgent
) -> None:
    broker = mosquitto_with("allow_anonymous true\nmax_inflight_messages 4\n")
    gateway = agent(broker.port)
    for second in range(100):
        gateway.tick(NOON_MS + second * 1_000)

    shop = server(broker.port)
    wait_until(lambda: set(shop.seqs) == set(range(1, 101)), "all batches arrive")

    assert "connects=2" not in gateway.log


def test_a_refused_publish_is_seen_and_loses_nothing(
    mosquitto_with: StartMosquitto, server: StartServer, agent: StartAgent, tmp_path: Path
) -> None:
    rights = tmp_path / "rights"
    rights.write_text("topic readwrite beaconry/v1/acme/s1/gw-1/up/state\n")
    broker = mosquitto_with(f"allow_anonymous true\nacl_file {rights}\n")

    gateway = agent(broker.port)
    gateway.tick(NOON_MS)
    wait_until(lambda: "broker refuses what we publish" in gateway.log, "a clear log line")
    broker.kill()
    rights.write_text("topic readwrite beaconry/#\n")
    broker.start()

    shop = server(broker.port)
    wait_until(lambda: shop.seqs == [1], "the batch arrives once it may")
    assert "reason=Not authorized" in gateway.log


def test_a_silent_broker_is_noticed_by_keep_alive(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port, mqtt="keepalive_s = 5")
    gateway.tick(NOON_MS)
    wait_until(lambda: shop.seqs == [1], "the first batch arrives")

    os.kill(broker.pid, signal.SIGSTOP)
    gateway.tick(NOON_MS + 1_000)
    wait_until(lambda: "reason=the broker is silent" in gateway.log, "it is noticed", 20.0)
    os.kill(broker.pid, signal.SIGCONT)

    wait_until(lambda: set(shop.seqs) == {1, 2}, "the second batch arrives", 40.0)


class TlsShop:
    """Mosquitto that asks for certificates of an authority, and the settings that satisfy it."""

    def __init__(self, folder: Path, start: StartMosquitto) -> None:
        self.authority = Authority(folder / "pki")
        cert, key = self.authority.sign("broker")
        self.broker = start(
            f"allow_anonymous true\nrequire_certificate true\nuse_identity_as_username true\n"
            f"cafile {self.authority.ca_file}\ncertfile {cert}\nkeyfile {key}\n"
        )

    def server(self) -> StandInServer:
        cert, key = self.authority.sign("server")
        return StandInServer(
            self.broker.port, tls=(str(self.authority.ca_file), str(cert), str(key))
        )

    def mqtt(self, *, ca: Path | None = None, authority: Authority | None = None) -> str:
        cert, key = (authority or self.authority).sign("gw-1")
        return (
            f'tls = true\nca_file = "{ca or self.authority.ca_file}"\n'
            f'cert_file = "{cert}"\nkey_file = "{key}"\nrefused_retry_s = 0.2\n'
        )


def test_batches_go_over_tls_with_a_client_certificate(
    mosquitto_with: StartMosquitto, agent: StartAgent, tmp_path: Path
) -> None:
    tls = TlsShop(tmp_path, mosquitto_with)
    shop = tls.server()

    gateway = agent(tls.broker.port, mqtt=tls.mqtt())
    gateway.tick(NOON_MS)
    wait_until(lambda: shop.seqs == [1], "the batch arrives")

    shop.close()


def test_a_broker_of_another_authority_is_not_trusted(
    mosquitto_with: StartMosquitto, agent: StartAgent, tmp_path: Path
) -> None:
    tls = TlsShop(tmp_path, mosquitto_with)
    stranger = Authority(tmp_path / "pki", "stranger")

    gateway = agent(tls.broker.port, mqtt=tls.mqtt(ca=stranger.ca_file))

    wait_until(lambda: "TLS failed: [SSL: CERTIFICATE_VERIFY_FAILED]" in gateway.log, "it is said")
    assert "connected to the broker" not in gateway.log


def test_a_certificate_that_the_broker_does_not_know_is_refused(
    mosquitto_with: StartMosquitto, agent: StartAgent, tmp_path: Path
) -> None:
    tls = TlsShop(tmp_path, mosquitto_with)
    stranger = Authority(tmp_path / "pki", "stranger")

    gateway = agent(tls.broker.port, mqtt=tls.mqtt(authority=stranger))

    wait_until(lambda: "not connected: reason=" in gateway.log, "it is said")
    assert "connected to the broker: mqtt" not in gateway.log
