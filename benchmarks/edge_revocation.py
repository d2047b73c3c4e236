"""How long a revoked gateway stays connected; the bar is 5 seconds.

    python -m benchmarks.edge_revocation [--rounds 5]

Real server, on the embedded broker and on Mosquitto. A gateway is enrolled by code and connected
with its password; then `POST .../revocation` is sent, and the time runs until the broker has
dropped the connection. A client in the gateway's place (paho) is as good as the agent: the broker
does not ask. The server keeps Mosquitto's files and sends it SIGHUP by `[mqtt] mosquitto_dir` and
`mosquitto_pid_file`. Each round also tries to connect again, which must be refused, and that the
server's own connection has lived on. The reference is one
enrolment-code request to the same server in the same run. Ends with 1 when a bar is missed.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.brokers import BrokerKind
from tests.faults.enrolled_gateway import Site, settings_in
from tests.faults.process import until
from tests.faults.state_template import make_template

BAR_S = 5.0
KINDS: tuple[BrokerKind, ...] = ("embedded", "mosquitto")
GATEWAY = "gw-1"


class Connection:
    """A client with a gateway's account; `let_in` and `dropped` are set by the broker's word."""

    def __init__(self, config: Path) -> None:
        mqtt = settings_in(config)["mqtt"]
        user = (config.parent / mqtt["username_file"]).read_text().strip()
        self.let_in, self.refused, self.dropped = (threading.Event() for _ in range(3))
        name = user if mqtt["client_id_from_user"] else "benchmark"
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name)
        self.client.username_pw_set(
            user, (config.parent / mqtt["password_file"]).read_text().strip()
        )
        self.client.on_connect = lambda *told: (
            self.refused if told[3].is_failure else self.let_in
        ).set()
        self.client.on_disconnect = lambda *_told: self.dropped.set()
        self.client.connect(mqtt["host"], mqtt["port"])
        self.client.loop_start()

    def close(self) -> None:
        """Leave, whether or not it is connected."""
        self.client.disconnect()
        self.client.loop_stop()


class Round(NamedTuple):
    """Seconds of one round: request to drop, its last part after the answer, the reference."""

    whole_s: float
    broker_s: float
    reference_s: float


def round_s(site: Site, config: Path) -> Round:
    """One enrolment and its end."""
    began_s = time.monotonic()
    code = site.new_code(GATEWAY)
    reference_s = time.monotonic() - began_s
    assert site.enrol(code, config=config).returncode == 0
    connections: list[Connection] = []

    def comes_in() -> bool:
        # A broker that is told by a signal takes a moment to hear it.
        connections.append(Connection(config))
        return connections[-1].let_in.wait(2)

    until(comes_in, what="the enrolled gateway is let in")
    began_s = time.monotonic()
    path = f"/v1/gateways/{GATEWAY}/revocation"
    site.api.ask(site.api.key("ops"), "POST", path).raise_for_status()
    answered_s = time.monotonic()
    assert connections[-1].dropped.wait(30), "the connection lives on after 30 s"
    dropped_s = time.monotonic()
    for one in connections:
        one.close()
    again = Connection(config)
    assert again.refused.wait(10), "nobody refuses it"
    assert not again.let_in.is_set(), "it was let in again"
    again.close()
    return Round(dropped_s - began_s, max(0.0, dropped_s - answered_s), reference_s)


def measure(kind: BrokerKind, folder: Path, template: Path, *, rounds: int) -> bool:
    """Print one broker's line; whether it is within the bar."""
    site = Site(folder, template, kind=kind)
    try:
        site.start()
        config = site.place_for(GATEWAY)
        took = [round_s(site, config) for _ in range(rounds)]
        alive = site.server.running
    finally:
        site.close()
    worst_s = max(one.whole_s for one in took)
    middle_s = statistics.median(one.whole_s for one in took)
    broker_s = max(one.broker_s for one in took)
    reference_s = statistics.median(one.reference_s for one in took)
    good = worst_s <= BAR_S and alive
    print(
        f"{kind:<10} revoked and dropped: median {middle_s * 1000:.0f} ms, worst of {rounds} "
        f"{worst_s * 1000:.0f} ms (bar {BAR_S:.0f} s), {middle_s / reference_s:.1f} x a request "
        f"for a code; of it after the answer to the request: worst {broker_s * 1000:.0f} ms; "
        f"connecting again is refused: {'met' if good else 'MISSED'}"
    )
    return good


def main() -> int:
    """Measure on both brokers; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        template = Path(place) / "template"
        template.mkdir()
        make_template(template)
        good = True
        for kind in KINDS:
            folder = Path(place) / kind
            folder.mkdir()
            good &= measure(kind, folder, template, rounds=asked.rounds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
