"""The radio's whole way: unmodified bleak on a D-Bus to acknowledged batches, beside bare bleak.

    python -m benchmarks.edge_bluez [--seconds 60] [--rates 1000,5000] [--scan active] [--tags N]

A fake BlueZ sends adverts of tags that each say ten a second, or of as many tags as are asked for.
Two processes scan the same bus at the same time: `edge-agent run`, which delivers to a broker and a
stand-in for the server, and bleak with an empty callback. Prints, for each rate, how many adverts
were sent and how many arrived in acknowledged batches, the CPU time of the agent as a ratio to that
of bare bleak, and its resident memory. The agent has the environment of its systemd unit. Exit
code 1 when one is lost.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from firmware_sim.bluez import FakeBluez
from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.builders import eid_ad
from tests.edge_agent.radio import RadioGateway
from tests.edge_agent.service_unit import environment_of

BAR, BAR_MB = 1.3, 60
ADVERTS_A_TAG_A_SECOND = 10
# What bare bleak does: the same scanner as ours, and nothing with what it hears.
_BARE = """
import asyncio, sys
from edge_agent.sources.bluez import bleak_scanner

async def scan():
    await bleak_scanner(lambda device, heard: None, "hci0", sys.argv[1]).start()
    print("scans", flush=True)
    await asyncio.Event().wait()

asyncio.run(scan())
"""


class Measured(NamedTuple):
    """One rate: adverts, and CPU seconds of both programs while they were sent."""

    sent: int
    sent_s: float
    delivered: int
    agent_s: float
    bare_s: float
    tags: int
    agent_mb: float


def cpu_s(pid: int) -> float:
    """CPU time of a process and all its living threads so far, by the scheduler's books."""
    books = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(book.read_text().split()[0]) for book in books) / 1e9


def resident_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def send(bluez: FakeBluez, *, per_s: int, seconds: float, tags: int) -> tuple[int, float]:
    """Adverts at an even rate; how many were told, and how long it took."""
    adverts = [
        (f"C0:00:00:00:{n >> 8:02X}:{n & 255:02X}", eid_ad(f"{n:016x}")) for n in range(tags)
    ]
    total, told = int(per_s * seconds), 0
    started_s = time.monotonic()
    for number in range(total):
        early_s = started_s + number / per_s - time.monotonic()
        if early_s > 0.002:
            time.sleep(early_s)
        address, ad = adverts[number % tags]
        told += bluez.hear(address, ad, -50 - 10 * (number // tags % 2))
    return told, time.monotonic() - started_s


def measure(folder: Path, *, per_s: int, seconds: float, scan: str, tags: int) -> Measured:
    """One rate, with programs of its own."""
    broker = Broker("nats", folder / "broker")
    broker.start()
    shop = StandInServer(broker.port)
    gateway = RadioGateway(
        folder / "gw",
        port=broker.port,
        source=f'scan = "{scan}"',
        health_s=15.0,
        environ=environment_of(),
    )
    bare = None
    try:
        gateway.start()
        bare = subprocess.Popen(
            [sys.executable, "-c", _BARE, scan],
            stdout=subprocess.PIPE,
            env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": gateway.bus.address},
        )
        assert bare.stdout is not None
        bare.stdout.readline()
        # Warm: every tag is known.
        send(gateway.bluez, per_s=per_s, seconds=max(1.0, tags / per_s), tags=tags)
        wait_until(lambda: heard(shop) > 0, "adverts arrive")
        warm = settled(lambda: heard(shop))
        before = cpu_s(gateway.pid), cpu_s(bare.pid)
        sent, sent_s = send(gateway.bluez, per_s=per_s, seconds=seconds, tags=tags)
        agent_mb = resident_mb(gateway.pid)
        delivered = settled(lambda: heard(shop)) - warm
        agent_s, bare_s = cpu_s(gateway.pid) - before[0], cpu_s(bare.pid) - before[1]
        return Measured(sent, sent_s, delivered, agent_s, bare_s, tags, agent_mb)
    finally:
        if bare is not None:
            bare.kill()
            bare.wait()
        gateway.close()
        shop.close()
        broker.kill()


def heard(shop: StandInServer) -> int:
    """Adverts in batches that were acknowledged, each batch once."""
    batches = {(one.spool_id, one.seq): one for one in list(shop.batches)}
    return sum(row.count for one in batches.values() for row in one.rows)


def settled(count: Callable[[], int], *, still_s: float = 2.5) -> int:
    """The count when it has not changed for so long: longer than any window."""
    value, since_s = count(), time.monotonic()
    while time.monotonic() - since_s < still_s:
        time.sleep(0.1)
        if count() != value:
            value, since_s = count(), time.monotonic()
    return value


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rates", default="1000,5000")
    parser.add_argument("--scan", default="active", choices=["active", "passive"])
    parser.add_argument("--tags", type=int, help="by default a tenth of the rate")
    chosen = parser.parse_args()
    failed = False
    for per_s in map(int, chosen.rates.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            found = measure(
                Path(folder),
                per_s=per_s,
                seconds=chosen.seconds,
                scan=chosen.scan,
                tags=chosen.tags or max(1, per_s // ADVERTS_A_TAG_A_SECOND),
            )
        ratio = found.agent_s / found.bare_s
        failed |= found.delivered != found.sent
        print(f"-- {per_s} adverts/s, {chosen.scan} scan")
        print(f"sent: {found.sent} in {found.sent_s:.1f} s")
        print(
            f"delivered and acknowledged: {found.delivered}, lost: {found.sent - found.delivered}"
        )
        print(
            f"CPU of a core: edge-agent {100 * found.agent_s / found.sent_s:.1f} %, "
            f"bare bleak {100 * found.bare_s / found.sent_s:.1f} %"
        )
        print(
            f"resident: {found.agent_mb:.1f} MB with {found.tags} live addresses "
            f"(bar {BAR_MB}: {'met' if found.agent_mb <= BAR_MB else 'MISSED'})"
        )
        print(f"ratio: {ratio:.2f} (bar {BAR}: {'met' if ratio <= BAR else 'MISSED'})")
    sys.exit(failed)


if __name__ == "__main__":
    main()
