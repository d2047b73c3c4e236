"""The whole agent killed with -9 in mid-stream, again and again: what was heard, what arrived.

    python -m benchmarks.edge_kills [--kills 50] [--seed 1]

`edge-agent run` is fed through its socket, 100 adverts a second of 20 tags, while a real broker
(nats-server) and a stand-in for the server run beside it. At a random moment the agent is killed,
started again on the same spool, and fed on. In one round of three the server is deaf when the
kill comes, in one the broker is dead, so that the spool holds a backlog.

Checked where batches arrive: every number up to the last has come, or was declared lost (a number
is what the spool has promised); each row counts exactly the adverts that were said between its
first and its last, as loud as they were; what was said and is in no row was heard at most one
window before a kill. The health messages of each new start say `killed`, and `restarts` counts.
Exit code 1 when any of it is not so.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.builders import NOON_MS, write_settings
from tests.edge_agent.processes import AgentProcess

WINDOW_S = 1.0
# The window, and the time in which what was just read is written: a commit on a busy disk.
MOST_LOST_S = WINDOW_S + 0.25
_STEP_S = 0.01
_TAGS = 20


class Stream:
    """Feeds an agent, and remembers what each tag said when: {identity: {at_ms: RSSI}}."""

    def __init__(self, gateway: AgentProcess) -> None:
        self.said: dict[str, dict[int, int]] = {f"{number:016x}": {} for number in range(_TAGS)}
        self._gateway = gateway
        self._began_s = time.monotonic()
        self._ticked_ms = 0
        self._steps = 0

    def at_ms(self) -> int:
        """Event time, which runs as the machine's does."""
        return NOON_MS + round((time.monotonic() - self._began_s) * 1000)

    def feed(self, seconds: float) -> None:
        """One advert in each step, and a tick every second."""
        until_ms = self.at_ms() + seconds * 1000
        while (at_ms := self.at_ms()) < until_ms:
            eid, rssi_dbm = f"{self._steps % _TAGS:016x}", -50 - self._steps % 37
            self._gateway.hear(at_ms, eid, rssi_dbm=rssi_dbm)
            self.said[eid][at_ms] = rssi_dbm
            self._steps += 1
            if at_ms - self._ticked_ms >= WINDOW_S * 1000:
                self.tick()
            time.sleep(_STEP_S)

    def tick(self) -> None:
        """Close every window."""
        self._ticked_ms = self.at_ms()
        self._gateway.tick(self._ticked_ms)


def kill_many(folder: Path, *, kills: int, rng: random.Random) -> list[str]:
    """Run, and say what was found; an entry that begins with FAILED is one."""
    broker = Broker("nats", folder / "broker")
    broker.start()
    shop = StandInServer(broker.port)
    gateway = AgentProcess(
        write_settings(folder, port=broker.port, extra="[health]\ninterval_s = 0.2\n")
    )
    killed_ms: list[int] = []
    gateway.start()
    stream = Stream(gateway)
    try:
        for number in range(kills):
            trouble = ("none", "server", "broker")[number % 3]
            stream.feed(0.2)
            shop.acks = trouble != "server"
            if trouble == "broker":
                broker.kill()
            stream.feed(rng.uniform(0.1, 1.2))
            gateway.kill()
            killed_ms.append(stream.at_ms())
            shop.acks = True
            if trouble == "broker":
                broker.start()
            gateway.start()
        stream.feed(1.0)
        stream.tick()
        last_ms = max(max(heard) for heard in stream.said.values())
        wait_until(lambda: _newest_ms(shop) >= last_ms, "the last advert arrives", 60)
        wait_until(lambda: _whole(shop), "every number arrives or is declared", 60)
        wait_until(
            lambda: any(one.restarts == kills for one in shop.healths), "health counts the kills"
        )
        return findings(shop, stream.said, killed_ms)
    finally:
        gateway.close()
        shop.close()
        broker.kill()


def _whole(shop: StandInServer) -> bool:
    return shop.explained(max(shop.seqs))


def _newest_ms(shop: StandInServer) -> int:
    return max((row.last_at_ms for batch in list(shop.batches) for row in batch.rows), default=0)


def findings(
    shop: StandInServer, said: dict[str, dict[int, int]], killed_ms: list[int]
) -> list[str]:
    """What arrived, beside what was said."""
    batches = {(batch.spool_id, batch.seq): batch for batch in shop.batches}
    told: dict[str, set[int]] = {name: set() for name in said}
    wrong = 0
    for row in (row for batch in batches.values() for row in batch.rows):
        heard = said.get(row.identity, {})
        span = {at for at in heard if row.first_at_ms <= at <= row.last_at_ms}
        loudest = max((heard[at] for at in span), default=0)
        twice = bool(span & told.get(row.identity, set()))
        wrong += twice or (len(span), loudest) != (row.count, row.rssi_max_dbm)
        told.setdefault(row.identity, set()).update(span)
    missing = sorted(at for name, heard in said.items() for at in set(heard) - told[name])
    ages_s = [
        min((kill - at for kill in killed_ms if kill >= at), default=10**9) / 1000 for at in missing
    ]
    late = sum(age_s > MOST_LOST_S for age_s in ages_s)
    lost = {gap for batch in batches.values() for gap in batch.lost}
    declared = sum(gap.to_seq - gap.from_seq + 1 for gap in lost)
    numbers = max(shop.seqs)
    unexplained = 0 if _whole(shop) else numbers - len(batches) - declared
    kills = len(killed_ms)
    counted = len({one.boot_id for one in shop.healths if one.dropped.get("killed")})
    restarts = max(one.restarts for one in shop.healths)
    return [
        f"{kills} kills of the agent: {sum(map(len, said.values()))} adverts heard, "
        f"{sum(map(len, told.values()))} arrived",
        f"{_mark(unexplained)}spooled batches: {numbers}, declared lost {declared}, "
        f"neither arrived nor declared {unexplained} (bar 0)",
        f"{_mark(wrong)}wrong records: {wrong} (bar 0)",
        f"{_mark(late)}lost from RAM: {len(missing)} adverts, {len(missing) / kills:.1f} a kill; "
        f"heard at most {max(ages_s, default=0.0):.2f} s before the kill (bar: one window, "
        f"{WINDOW_S:g} s, and the write, {MOST_LOST_S - WINDOW_S:g} s), older ones {late} (bar 0)",
        f"{_mark(restarts != kills)}counted by the starts after: restarts {restarts}, "
        f"`killed` told by {counted} starts that lived to say so",
    ]


def _mark(fault: object) -> str:
    return "FAILED " if fault else ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        lines = kill_many(Path(name), kills=chosen.kills, rng=random.Random(chosen.seed))
    print("\n".join(lines))
    sys.exit(any(line.startswith("FAILED") for line in lines))


if __name__ == "__main__":
    main()
