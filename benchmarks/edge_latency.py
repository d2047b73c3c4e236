"""Advert to PUBACK of a first sighting, at 1,000 adverts/s.

    python -m benchmarks.edge_latency [--seconds 20] [--broker nats|mosquitto]

The real `edge-agent run` is fed through its socket; between it and the broker stands a relay that
reads the MQTT packets going by. A sample is the time from sending an advert of an identity that
was never heard to the broker's PUBACK of the batch that names it. The reference, in the same
run and at the same rate, is a bare paho client that publishes as many bytes through the same
relay. It runs before and after, so that a machine that was busy meanwhile can be seen. Prints all;
ends with 1 when the agent's p99 is above 50 ms.
"""

import argparse
import contextlib
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.builders import NOON_MS, write_settings
from tests.edge_agent.processes import AgentProcess

BAR_MS = 50.0
ADVERTS_PER_S = 1_000
FIRST_PER_S = 20
STEP_S = 0.01
RESIDENTS = 400
_PUBLISH, _PUBACK = 3, 4
_SIGHTINGS = b"/up/sightings"


class Relay:
    """Passes bytes between clients and one broker, and notes when publishes were answered."""

    def __init__(self, port: int) -> None:
        self._broker_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.answered: list[tuple[bytes, float]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            broker = socket.create_connection(("127.0.0.1", self._broker_port))
            waiting: dict[bytes, bytes] = {}
            for one, other, upward in ((client, broker, True), (broker, client, False)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(
                    target=self._pass, args=(one, other, waiting, upward), daemon=True
                ).start()

    def _pass(
        self, source: socket.socket, target: socket.socket, waiting: dict[bytes, bytes], up: bool
    ) -> None:
        # At the end of a run one side closes first; what is read then is nothing.
        with contextlib.suppress(OSError):
            self._pass_all(source, target, waiting, up)
        target.close()

    def _pass_all(
        self, source: socket.socket, target: socket.socket, waiting: dict[bytes, bytes], up: bool
    ) -> None:
        held = b""
        while data := source.recv(65_536):
            at_s = time.perf_counter()
            held += data
            while packet := _first_packet(held):
                kind, body, held = packet
                if up and kind == _PUBLISH:
                    _note_publish(body, waiting)
                elif not up and kind == _PUBACK and (payload := waiting.pop(body[:2], None)):
                    self.answered.append((payload, at_s))
            target.sendall(data)


def _first_packet(held: bytes) -> tuple[int, bytes, bytes] | None:
    """Type and body of the first whole MQTT packet, and what follows; MQTT 3.1.1, section 2.2."""
    size = shift = 0
    for place in range(1, min(5, len(held))):
        size |= (held[place] & 0x7F) << shift
        shift += 7
        if not held[place] & 0x80:
            end = place + 1 + size
            return (held[0] >> 4, held[place + 1 : end], held[end:]) if end <= len(held) else None
    return None


def _note_publish(body: bytes, waiting: dict[bytes, bytes]) -> None:
    end = 2 + int.from_bytes(body[:2], "big")
    if body[2:end].endswith(_SIGHTINGS):
        waiting[body[end : end + 2]] = body[end + 2 :]


def agent_latencies_ms(seconds: int, *, relay: Relay, gateway: AgentProcess) -> list[float]:
    """Feed the agent for a while; one latency for each identity that was new."""
    rng = random.Random(1)
    residents = [f"{number:016x}" for number in range(1, RESIDENTS + 1)]
    sent_s: dict[str, float] = {}
    began_s = time.perf_counter()
    steps = int(seconds / STEP_S)
    every = round(1 / (FIRST_PER_S * STEP_S))
    for step in range(steps):
        time.sleep(max(0.0, began_s + step * STEP_S - time.perf_counter()))
        at_ms = NOON_MS + round(step * STEP_S * 1000)
        heard = rng.choices(residents, k=round(ADVERTS_PER_S * STEP_S))
        if step % every == 0:
            heard[-1] = f"{0xF << 60 | step:016x}"
            sent_s[heard[-1]] = time.perf_counter()
        gateway.hear(at_ms, *heard)
        if step % round(1 / STEP_S) == 0:
            gateway.tick(at_ms)
    wait_until(lambda: _named(relay) >= set(sent_s), "every first sighting is acknowledged")
    answered_s: dict[str, float] = {}
    for payload, at_s in relay.answered:
        for row in msgspec.json.decode(_json(payload))["rows"]:
            answered_s.setdefault(row[1], at_s)
    return [(answered_s[eid] - at_s) * 1000 for eid, at_s in sent_s.items()]


def _json(payload: bytes) -> bytes:
    # MQTT 5 has properties before the payload; JSON begins with a brace.
    return payload[payload.index(b"{") :]


def _named(relay: Relay) -> set[str]:
    return {
        row[1]
        for payload, _ in list(relay.answered)
        for row in msgspec.json.decode(_json(payload))["rows"]
    }


def bare_latencies_ms(seconds: int, *, port: int) -> list[float]:
    """Round trips of a paho client that does nothing else."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bare")
    client.on_socket_open = _without_delay
    client.connect("127.0.0.1", port)
    client.loop_start()
    wait_until(client.is_connected, "paho is connected")
    latencies_ms = []
    for _ in range(seconds * FIRST_PER_S):
        began_s = time.perf_counter()
        client.publish("bare", b"x" * 400, qos=1).wait_for_publish(5)
        latencies_ms.append((time.perf_counter() - began_s) * 1000)
        time.sleep(max(0.0, 1 / FIRST_PER_S - (time.perf_counter() - began_s)))
    client.disconnect()
    client.loop_stop()
    return latencies_ms


def _without_delay(_client: paho.Client, _data: object, opened: object) -> None:
    # As the agent does; else a publish waits for the acknowledgement of the packet before it.
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def shown(name: str, latencies_ms: list[float]) -> float:
    """Print a line; p99 in milliseconds."""
    p99_ms = statistics.quantiles(latencies_ms, n=100)[98]
    print(
        f"{name}: n={len(latencies_ms)} median {statistics.median(latencies_ms):.2f} ms, "
        f"p99 {p99_ms:.2f} ms, max {max(latencies_ms):.2f} ms"
    )
    return p99_ms


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--broker", choices=("nats", "mosquitto"), default="nats")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Broker(asked.broker, folder / "broker")
        broker.start()
        relay = Relay(broker.port)
        server = StandInServer(broker.port)
        gateway = AgentProcess(write_settings(folder, port=relay.port))
        gateway.start()
        gateway.tick(NOON_MS)
        wait_until(lambda: bool(server.batches), "the agent is connected")
        try:
            half_s = max(5, asked.seconds // 2)
            before_ms = bare_latencies_ms(half_s, port=relay.port)
            latencies_ms = agent_latencies_ms(asked.seconds, relay=relay, gateway=gateway)
            after_ms = bare_latencies_ms(half_s, port=relay.port)
        finally:
            gateway.close()
            server.close()
            broker.kill()
    bare_ms = shown("bare paho publish, before and after", before_ms + after_ms)
    agent_ms = shown(f"advert to PUBACK at {ADVERTS_PER_S} adverts/s", latencies_ms)
    print(
        f"p99: {agent_ms:.1f} ms, bar {BAR_MS:.0f} ms: "
        f"{'met' if agent_ms <= BAR_MS else 'MISSED'}; {agent_ms / bare_ms:.1f} x the bare publish"
    )
    return 0 if agent_ms <= BAR_MS else 1


if __name__ == "__main__":
    sys.exit(main())
