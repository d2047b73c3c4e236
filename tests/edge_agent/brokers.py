"""Real brokers as child processes on loopback, and a stand-in for the store server."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from proximity_wire.messages import Ack, GatewayState, Health, SightingBatch, decode, encode
from proximity_wire.topics import Channel, gateway_topic, parse_gateway_topic, upward_filters
from tests.ports import free_port

DEADLINE_S = 20.0
MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
NATS = Path(sys.executable).parent / "nats-server"


def wait_until(condition: Callable[[], bool], what: str, deadline_s: float = DEADLINE_S) -> None:
    """Return once `condition` holds; fail after the deadline."""
    until_s = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < until_s, f"not within {deadline_s} s: {what}"
        time.sleep(0.01)


class Broker:
    """One broker process; `start` it again on the same port after `kill`."""

    def __init__(self, kind: str, folder: Path, *, mosquitto_lines: str = "") -> None:
        self.kind = kind
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / f"{kind}.conf"
        if kind == "nats":
            config.write_text(
                f'server_name: s1\nhost: "127.0.0.1"\nport: {free_port()}\n'
                f'jetstream {{ store_dir: "{folder}/js" }}\n'
                f'mqtt {{ host: "127.0.0.1", port: {self.port} }}\n'
            )
            self._command = [str(NATS), "-c", str(config)]
        else:
            access = mosquitto_lines or "allow_anonymous true\n"
            config.write_text(f"user root\nlistener {self.port} 127.0.0.1\n{access}")
            self._command = [str(MOSQUITTO), "-c", str(config)]
        self._log = folder / f"{kind}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        wait_until(self._answers, "broker accepts connections")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=0.5).close()
        except OSError:
            return False
        return True


class StandInServer:
    """Takes what a gateway sends and acknowledges it, as the store server would."""

    def __init__(
        self, port: int, *, acks: bool = True, tls: tuple[str, str, str] | None = None
    ) -> None:
        self.acks = acks
        self.deaf_to: set[int] = set()
        self.batches: list[SightingBatch] = []
        self.states: list[GatewayState] = []
        self.healths: list[Health] = []
        self._through: dict[str, int] = {}
        self._ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="stand-in-server")
        self._client.on_connect = lambda client, *_: client.subscribe(
            [(topic, 1) for topic in upward_filters(org="acme", store="s1")]
        )
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._take
        self._client.reconnect_delay_set(min_delay=1, max_delay=1)
        if tls:
            self._client.tls_set(*tls)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._ready.wait(DEADLINE_S)

    @property
    def seqs(self) -> list[int]:
        """Distinct sequence numbers that arrived, in the order of their first arrival."""
        return list(dict.fromkeys(batch.seq for batch in self.batches))

    @property
    def identities(self) -> set[str]:
        return {row.identity for batch in self.batches for row in batch.rows}

    def explained(self, through_seq: int) -> bool:
        """Whether everything up to `through_seq` has arrived or was declared lost."""
        return any(through >= through_seq for through in self._through.values())

    def say(self, tail: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish on a downward topic of gateway gw-1."""
        self._client.publish(f"beaconry/v1/acme/s1/gw-1/{tail}", payload, qos=1, retain=retain)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        topic = parse_gateway_topic(message.topic)
        payload = bytes(message.payload)
        match topic.channel:
            case Channel.STATE:
                self.states.append(decode(payload, GatewayState))
            case Channel.HEALTH:
                self.healths.append(decode(payload, Health))
            case _:
                self._take_batch(decode(payload, SightingBatch))

    def _take_batch(self, batch: SightingBatch) -> None:
        if batch.seq in self.deaf_to:
            return
        self.batches.append(batch)
        passed = {gone.seq for gone in self.batches if gone.spool_id == batch.spool_id}
        for lost in batch.lost:
            passed |= set(range(lost.from_seq, lost.to_seq + 1))
        through = self._through.get(batch.spool_id, 0)
        while through + 1 in passed:
            through += 1
        self._through[batch.spool_id] = through
        if self.acks:
            topic = gateway_topic(
                Channel.ACK, org=batch.org, store=batch.store, gateway=batch.gateway
            )
            ack = Ack(spool_id=batch.spool_id, through_seq=through)
            self._client.publish(topic, encode(ack), qos=1)
