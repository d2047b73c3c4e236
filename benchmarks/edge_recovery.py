"""Scanning again after D-Bus was killed, after the adapter fell silent, after it was gone.

    python -m benchmarks.edge_recovery [--times 3] [--scan active|passive]

The real `edge-agent run` with unmodified bleak scans a fake BlueZ on a D-Bus of its own; a hundred
adverts a second are on the air. A figure is the time from the end of the fault (for silence: from
its beginning) until something that was heard after it has reached a stand-in for the server. Prints
the worst of each kind and what health said of it; ends with 1 when one took more than ten seconds
or health said nothing.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from proximity_wire.messages import Health
from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.radio import RadioGateway

BAR_S = 10.0
TAGS = [f"{number:016x}" for number in range(1, 11)]


class Fault(NamedTuple):
    """What is done to the gateway, and whether health tells of it."""

    befall: Callable[[RadioGateway, StandInServer], None]
    told: Callable[[Health], bool]


def _replug(gateway: RadioGateway, shop: StandInServer) -> None:
    gateway.bluez.pull_out()
    wait_until(lambda: shop.healths[-1].scanner_state == "failed", "health tells of the loss")
    gateway.bluez.plug_in()


FAULTS: Mapping[str, Fault] = {
    "D-Bus killed": Fault(
        lambda gateway, _: gateway.restart_bus(), lambda one: "dbus_lost" in one.dropped
    ),
    "adapter silent until its scan is begun anew": Fault(
        lambda gateway, _: gateway.bluez.fall_silent("restart"),
        lambda one: "radio_silent" in one.dropped and one.scanner_restarts > 0,
    ),
    "adapter silent until it is reset": Fault(
        lambda gateway, _: gateway.bluez.fall_silent("power"), lambda one: one.adapter_resets > 0
    ),
    "adapter pulled and plugged in": Fault(_replug, lambda one: "adapter_gone" in one.dropped),
}


def recovery_s(folder: Path, fault: Fault, *, scan: str) -> tuple[float, bool]:
    """Seconds until adverts arrive again, and whether health told of it."""
    broker = Broker("nats", folder / "broker")
    broker.start()
    shop = StandInServer(broker.port)
    gateway = RadioGateway(folder / "gw", port=broker.port, source=f'scan = "{scan}"')
    try:
        gateway.start()
        gateway.fill_the_air(*TAGS)
        # Silence is judged by how much was heard before.
        wait_until(
            lambda: any(one.adverts > 300 for one in shop.healths[-1:]), "the place is known"
        )
        fault.befall(gateway, shop)
        over_ms, over_s = time.time_ns() // 1_000_000, time.monotonic()
        wait_until(
            lambda: any(row.first_at_ms > over_ms for row in shop.batches[-1].rows),
            "adverts are heard again",
        )
        took_s = time.monotonic() - over_s
        return took_s, _comes(lambda: any(map(fault.told, shop.healths[-1:])))
    finally:
        gateway.close()
        shop.close()
        broker.kill()


def _comes(fact: Callable[[], bool]) -> bool:
    try:
        wait_until(fact, "health tells of it")
    except AssertionError:
        return False
    return True


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--scan", default="active", choices=["active", "passive"])
    asked = parser.parse_args()
    failed = False
    for name, fault in FAULTS.items():
        found = []
        for _ in range(asked.times):
            with tempfile.TemporaryDirectory() as folder:
                found.append(recovery_s(Path(folder), fault, scan=asked.scan))
        worst_s, told = max(took_s for took_s, _ in found), all(told for _, told in found)
        met = worst_s <= BAR_S and told
        failed |= not met
        print(
            f"{name}: heard again within {worst_s:.1f} s in each of {asked.times} "
            f"(bar {BAR_S:.0f} s), {'told' if told else 'NOT told'} by health: "
            f"{'met' if met else 'MISSED'}"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
