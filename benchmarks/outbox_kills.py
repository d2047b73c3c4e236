"""5,000 notifications through ten kill -9 of the server: nothing lost, nothing renamed.

The real `store-server serve` on SQLite; each notification goes to four endpoints of one receiver
process: one that takes everything, one that says 503 to one in ten, one that takes two seconds,
and one where nobody listens. The notifications are written into the outbox by this process, as a
decision would (none stands behind them: consent and expiry are checked, campaigns are not); one
in ten lives for five seconds only. The server is killed at random instants and started again.

Afterwards, while the slow and the dead endpoint still have thousands waiting, single
notifications are timed from their commit to their arrival at the endpoint that takes everything.

Run: python -m benchmarks.outbox_kills [NOTIFICATIONS] [KILLS]
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from benchmarks.webhook_receiver import a_receiver_process
from store_server.database import Database, open_database, unit_of_work
from store_server.ids import ShopperId
from store_server.outbox.notification import notification_id
from store_server.outbox.repository import OutboxRepository
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.repository import ConsentRepository
from tests.faults.process import Process, until
from tests.faults.seed import SYSTEM_CLOCK, write_store_config
from tests.faults.shop import HERE
from tests.faults.state_template import BIN, copy_state, make_template
from tests.faults.store_api import StoreApi
from tests.store_server.outbox.builders import a_notification

LIVES = timedelta(minutes=20)
LIVES_SHORT = timedelta(seconds=5)
PROBES = 100
ANN = ShopperId("ann")


class Store:
    """A store server process that can be killed, and its database."""

    def __init__(self, folder: Path, *, clock: str = SYSTEM_CLOCK) -> None:
        template = folder / "template"
        template.mkdir()
        copy_state(make_template(template), folder)
        config = write_store_config(folder, broker_port=0, clock=clock)
        argv = [str(BIN / "store-server"), "serve", "--config", str(config)]
        self._server = Process("store-server", argv, folder=folder)
        self.state = folder / "state"
        self._run = self.state / "run.json"
        self.api = StoreApi(self.state)
        self.database: Database = open_database(f"sqlite:///{folder}/state/store.sqlite")

    def start(self) -> None:
        """Start it, until it says where it listens."""
        self._run.unlink(missing_ok=True)
        self.api.moved()
        self._server.start()
        until(self._run.exists, within_s=120, what="the server is ready")

    def kill(self) -> None:
        """No goodbye, no flush."""
        self._server.kill()

    def queue(self, names: list[str], *, lives: timedelta, shopper: ShopperId = ANN) -> None:
        """Put notifications for a shopper in the outbox, in one commit."""
        now = datetime.now(UTC)
        notes = [a_notification(name, shopper=shopper, at=now, lives=lives) for name in names]
        with unit_of_work(self.database.write, None) as uow:
            OutboxRepository(uow.session, HERE).add(notes)

    def agree(self, shopper: ShopperId = ANN) -> None:
        """The shopper agrees to offers."""
        since = datetime(2026, 1, 1, tzinfo=UTC)
        entry = ConsentEntry(shopper, Purpose.OFFERS, True, since, "b", "1")
        with unit_of_work(self.database.write, None) as uow:
            ConsentRepository(uow.session, HERE).add(entry, recorded_at=entry.at)

    def ended(self) -> Counter[tuple[str, str, str | None]]:
        """How often each (endpoint, state, reason) occurs."""
        with self.database.read.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT endpoint, state, reason, count(*) FROM delivery GROUP BY 1, 2, 3"
            ).all()
        return Counter({(name, state, reason): count for name, state, reason, count in rows})


def main() -> None:
    """Print what arrived, what was lost, and what the others waited."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    rng = random.Random(6)
    with a_receiver_process() as url, tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.start()
        paths = {"takes all": "/ok", "503s": "/flaky/10", "slow": "/late/2"}
        store.agree()
        ids = {"takes all": register(store, url + paths["takes all"])}
        calm = probe(store, "calm")
        until(lambda: more(store) == 0, within_s=60, what="the probes have arrived")
        ids |= {name: register(store, url + path) for name, path in paths.items() if path != "/ok"}
        ids["dead"] = register(store, "http://127.0.0.1:9/hooks")
        short = [f"short-{n}" for n in range(count // 10)]
        long = [f"long-{n}" for n in range(count - len(short))]
        store.kill()
        began = time.monotonic()
        store.queue(long, lives=LIVES)
        store.queue(short, lives=LIVES_SHORT)
        for _ in range(kills):
            store.start()
            time.sleep(rng.uniform(0.5, 3.0))
            store.kill()
        store.start()
        print(f"{kills} kills in {time.monotonic() - began:.0f} s, starts included")
        probed = probe(store, "probe")
        until(lambda: more(store) == 0, within_s=60, what="the quick endpoints have everything")
        store.kill()
        report(store, ids, long, seen(url))
        report_probes(calm, probed, seen(url))
        store.database.close()


def register(store: Store, url: str) -> str:
    """The id of a new endpoint that may be sent much to."""
    body = {"url": url, "concurrency": 12, "rate_per_s": 1000}
    return str(store.api.backend("POST", "/v1/webhook-endpoints", body)["endpoint_id"])


def seen(url: str) -> list[tuple[str, str, int, int]]:
    """What arrived: path, webhook-id, when, what was answered."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        lines = client.get(url + "/seen").text.splitlines()
    return [tuple(json.loads(line)) for line in lines]


def probe(store: Store, kind: str) -> dict[str, int]:
    """When single notifications were committed, once the quick endpoints have caught up."""
    until(lambda: more(store) == 0, within_s=300, what="the quick endpoints have caught up")
    committed = {}
    for number in range(PROBES):
        store.queue([f"{kind}-{number}"], lives=timedelta(seconds=30))
        committed[notification_id(f"{kind}-{number}")] = time.time_ns()
        time.sleep(0.05)
    return committed


def more(store: Store) -> int:
    """How many deliveries to the quick endpoints wait still."""
    with store.database.read.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM delivery d JOIN webhook_endpoint e ON e.id = d.endpoint WHERE "
            "d.state IN ('queued', 'sending') AND (e.url LIKE '%/ok' OR e.url LIKE '%/flaky/10')"
        ).scalar_one()
    return int(found)


def report(
    store: Store, ids: dict[str, str], long: list[str], arrived: list[tuple[str, str, int, int]]
) -> None:
    """Print losses, duplicates and ends."""
    known = {notification_id(name) for name in long}
    ended = store.ended()
    for name, path in (("takes all", "/ok"), ("503s", "/flaky/10")):
        taken = Counter(one[1] for one in arrived if one[0] == path and one[3] == 204)
        lost = len(known - set(taken))
        twice = sum(times - 1 for times in taken.values())
        print(f"{name}: {len(known)} that live long, {lost} never taken, {twice} taken twice")
    strange = {one[1] for one in arrived} - known
    short = {notification_id(f"short-{n}") for n in range(len(long))}
    probes = {notification_id(f"{kind}-{n}") for kind in ("calm", "probe") for n in range(PROBES)}
    print(f"webhook-ids that nobody queued: {len(strange - short - probes)}")
    for name, endpoint in ids.items():
        states = {f"{s} {r}": n for (e, s, r), n in sorted(ended.items(), key=str) if e == endpoint}
        print(f"{name}: {states}")


def report_probes(
    calm: dict[str, int], probed: dict[str, int], arrived: list[tuple[str, str, int, int]]
) -> None:
    """Print how long the endpoint that takes all waited: alone, and beside slow and dead ones.

    The machine is as loaded for the one as for the other, so their ratio is what is judged.
    """
    alone = waits_of(calm, arrived)
    beside = waits_of(probed, arrived)
    for name, waits in (("alone", alone), ("beside slow and dead ones", beside)):
        print(
            f"{name}, {len(waits)} of {PROBES} probes: p50 {statistics.median(waits):.0f} ms, "
            f"p99 {p99_of(waits):.0f} ms"
        )
    print(
        f"ratio beside / alone: p50 {statistics.median(beside) / statistics.median(alone):.2f}, "
        f"p99 {p99_of(beside) / p99_of(alone):.2f}"
    )


def p99_of(waits: list[float]) -> float:
    """The 99th percentile of sorted waits."""
    return waits[int(len(waits) * 0.99) - 1]


def waits_of(committed: dict[str, int], arrived: list[tuple[str, str, int, int]]) -> list[float]:
    """Milliseconds from the commit to the first arrival at the endpoint that takes all, sorted."""
    first: dict[str, int] = {}
    for path, name, at, _ in arrived:
        if path == "/ok":
            first.setdefault(name, at)
    return sorted((first[name] - at) / 1e6 for name, at in committed.items() if name in first)


if __name__ == "__main__":
    main()
