"""A small shop of real processes on loopback: a broker, a store server, two gateways.

Adverts are real frames with real rotating ids, fed to the gateways' sockets on a simulated
clock. What was emitted is read from the gateways' spools, what was applied from the server.
A third gateway of the plan, gw-3, has an account and no process: tests speak in its name.
"""

import os
import signal
import sqlite3
import time
from bisect import bisect
from pathlib import Path
from typing import Any

from firmware_sim.outlets.receiver import WebhookReceiver
from firmware_sim.ports import Webhook
from store_server.first_run import Secrets
from store_server.ids import scope
from tests.brokers import BrokerKind, RunningBroker, mosquitto_binary
from tests.faults.feeds import Feeds, keys_of
from tests.faults.process import Process, until
from tests.faults.seed import EDGE_TOML, EVENT_CLOCK, write_store_config
from tests.faults.state_template import BIN, copy_mosquitto, copy_state
from tests.faults.store_api import StoreApi
from tests.ports import free_port

HERE = scope("acme", "s1")
GATEWAYS = ("gw-1", "gw-2")
START_MS = 1_772_442_000_000  # 2026-03-02 09:00 UTC, a Monday
NEAR_DBM, FAR_DBM = -50, -80


class Shop:
    """Server and gateways on an embedded broker, or on one that runs apart."""

    def __init__(
        self,
        folder: Path,
        *,
        broker: BrokerKind,
        template: Path,
        clock: str = EVENT_CLOCK,
        engine: str = "bayes",
    ) -> None:
        self.folder = folder
        self.kind = broker
        self.now_ms = START_MS
        self.shoppers: dict[str, bytes] = {}
        self._invited = 0
        self._port = 0 if broker == "embedded" else free_port()
        copy_state(template, folder)
        config = write_store_config(folder, broker_port=self._port, clock=clock, engine=engine)
        self.api = StoreApi(folder / "state")
        self.mosquitto = None if broker == "embedded" else self._make_mosquitto(template)
        argv = [str(BIN / "store-server"), "serve", "--config", str(config)]
        self.server = Process("store-server", argv, folder=folder)
        self.edges: dict[str, Process] = {}
        self.inbox = WebhookReceiver()
        self._feeds = Feeds(folder)
        self._seconds: list[tuple[float, int]] = []

    def _make_mosquitto(self, template: Path) -> Process:
        binary = mosquitto_binary()
        assert binary, "mosquitto is not installed: apt-get install mosquitto"
        conf = copy_mosquitto(template, self.folder, port=self._port)
        return Process("mosquitto", [binary, "-c", str(conf)], folder=self.folder)

    def start(self) -> None:
        """Everything, until both gateways are known to be online."""
        if self.mosquitto:
            self.mosquitto.start()
        self.start_server()
        for name in GATEWAYS:
            self._make_edge(name).start()
        body = {"url": self.inbox.url, "payload": "full"}
        answer = self.api.backend("POST", "/v1/webhook-endpoints", body)
        self.inbox.trust(answer["secret"])
        until(self._gateways_are_online, what="both gateways are online")

    def _gateways_are_online(self) -> bool:
        for name, edge in self.edges.items():
            assert edge.running, f"{name} has ended: {edge.log()[-3000:]}"
        return all(self.gateway(name).get("online") for name in GATEWAYS)

    def start_server(self) -> None:
        """The server, until it says where it listens."""
        run = self.folder / "state" / "run.json"
        run.unlink(missing_ok=True)
        self.api.moved()
        self.server.start()
        ready = "the server is ready"
        until(lambda: run.exists() or not self.server.running, within_s=180, what=ready)
        if not self.server.running:
            raise AssertionError(self.server.log()[-3000:])

    def _make_edge(self, name: str) -> Process:
        run, config = self.api.run(), self.folder / f"{name}.toml"
        config.write_text(
            EDGE_TOML.format(
                name=name,
                folder=self.folder,
                host=run["mqtt_host"],
                port=run["mqtt_port"],
                secrets=self.folder / "state" / "secrets" / "broker",
                client_id_from_user=str(self.mosquitto is not None).lower(),
            )
        )
        argv = [str(BIN / "edge-agent"), "run", "--config", str(config)]
        self.edges[name] = Process(name, argv, folder=self.folder)
        return self.edges[name]

    def invite(self, count: int) -> dict[str, bytes]:
        """New shoppers with tags, who agreed; from now on it is they who walk."""
        first, self._invited = self._invited + 1, self._invited + count
        names = [f"shopper-{number}" for number in range(first, first + count)]
        self.shoppers = keys_of(names, first=first)
        for name, key in self.shoppers.items():
            self.api.enrol(name, key=key)
        return self.shoppers

    def walk(self, seconds: int, *, near: str = "gw-2", wait: bool = True) -> None:
        """Let those who were invited stand near one gateway for simulated seconds."""
        for number in range(1, seconds + 1):
            self.second(self.now_ms + 1000, near=near)
            # Fed faster than this, one gateway may be so far ahead that it counts as hung.
            if wait and (number % 5 == 0 or number == seconds):
                self.settle()

    def second(self, until_ms: int, *, near: str) -> None:
        """One second that ends at `until_ms`; a gateway that was killed hears nothing of it."""
        self.now_ms = until_ms
        self._seconds.append((time.monotonic(), until_ms))
        for name in GATEWAYS:
            if self.edges[name].running:
                level = NEAR_DBM if name == near else FAR_DBM
                self._feeds.second(name, self.shoppers, until_ms=until_ms, rssi_dbm=level)

    def settle(self, *, within_s: float = 60.0) -> None:
        """Wait until the server has applied everything up to now."""

        def settled() -> bool:
            lines = self.api.progress()["gateways"]
            told = [(lines.get(name) or {}).get("last_sent_at_ms") or 0 for name in GATEWAYS]
            return min(told) >= self.now_ms

        until(settled, within_s=within_s, what=f"everything up to {self.now_ms} is applied")

    def gateway(self, name: str) -> dict[str, Any]:
        """How the server sees one gateway; empty while it does not answer."""
        return dict(self.api.progress()["gateways"].get(name) or {})

    def emitted(self, name: str) -> int:
        """The last sequence number that the gateway's spool gave out."""
        return int(self._spool(name, "SELECT value FROM about WHERE key = 'last_seq'"))

    def waiting(self, name: str) -> int:
        """How many batches the gateway still keeps for the server."""
        return int(self._spool(name, "SELECT count(*) FROM batch"))

    def _spool(self, name: str, question: str) -> Any:
        with sqlite3.connect(f"file:{self.folder}/{name}.spool?mode=ro", uri=True) as spool:
            return spool.execute(question).fetchone()[0]

    def assert_applied_once(self) -> dict[str, tuple[int, int, int]]:
        """Emitted = applied, spools empty: (emitted, applied, duplicates dropped) by gateway."""
        until(
            lambda: all(self.waiting(name) == 0 for name in GATEWAYS),
            within_s=90,
            what="every batch is acknowledged",
        )
        counts = {}
        for name in GATEWAYS:
            found = self.gateway(name)
            counts[name] = (self.emitted(name), found["applied_batches"], found["duplicates"])
            assert found["applied_batches"] == self.emitted(name), (name, counts[name])
            assert found["through_seq"] == self.emitted(name)
            assert found["quarantined"] == 0
        return counts

    def drain(self) -> list[tuple[Webhook, int]]:
        """Webhooks since the last call, each with the simulated time at its receipt."""
        return [
            (one, self._seconds[bisect(self._seconds, (one.received_s, 0)) - 1][1])
            for one in self.inbox.drain()
        ]

    def as_broker(self) -> RunningBroker:
        """The broker and its accounts, for those who speak MQTT themselves."""
        secrets, run = Secrets(self.folder / "state"), self.api.run()
        users = {user.name: user for user in secrets.broker_users(scope=HERE)}
        return RunningBroker(self.kind, run["mqtt_host"], run["mqtt_port"], users, secrets)

    def kill_broker(self) -> None:
        """kill -9 of the broker; the embedded one is started again by its supervisor."""
        if self.mosquitto:
            self.mosquitto.kill()
        else:
            self._signal_nats(signal.SIGKILL)

    def restore_broker(self) -> None:
        """Start a broker that nobody supervises."""
        if self.mosquitto:
            self.mosquitto.start()

    def lose_broker(self) -> None:
        """The broker is away: stopped, or (the supervised one) frozen with its connections."""
        if self.mosquitto:
            self.mosquitto.stop()
        else:
            self._signal_nats(signal.SIGSTOP)

    def find_broker(self) -> None:
        """The broker is back."""
        if self.mosquitto:
            self.mosquitto.start()
        else:
            self._signal_nats(signal.SIGCONT)

    def _signal_nats(self, sign: signal.Signals) -> None:
        pid_file = self.folder / "state" / "broker" / "nats-server.pid"
        os.kill(int(pid_file.read_text()), sign)

    @property
    def sound(self) -> bool:
        """Whether another test can go on from here."""
        children = [*self.edges.values(), self.server]
        children += [self.mosquitto] if self.mosquitto else []
        return all(child.running for child in children) and all(
            self.gateway(name).get("online") and self.waiting(name) == 0 for name in GATEWAYS
        )

    def rests(self, *, within_s: float = 10.0) -> bool:
        """Whether it becomes sound in a while."""
        until_s = time.monotonic() + within_s
        while not self.sound:
            if time.monotonic() > until_s:
                return False
            time.sleep(0.05)
        return True

    def close(self) -> None:
        """End every process for good."""
        brokers = [self.mosquitto] if self.mosquitto else []
        for child in (*self.edges.values(), self.server, *brokers):
            child.kill()
        self.api.moved()
        self._feeds.close()
        self.inbox.close()
