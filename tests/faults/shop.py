"""A small shop of real processes on loopback: a broker, a store server, two gateways.

Adverts are real frames with real rotating ids, fed to the gateways' sockets on a simulated
clock. What was emitted is read from the gateways' spools, what was applied from the server.
"""

import getpass
import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from signal import SIGKILL
from typing import Any

import httpx

from proximity_wire.frames import EddystoneEid, encode_eddystone_eid
from proximity_wire.rotating_id import derive_eid
from tests.brokers import BrokerKind, free_port, mosquitto_binary
from tests.faults.process import Process, until
from tests.faults.seed import OFFERS, PLAN, STORE_TOML

ORG, STORE = "acme", "s1"
GATEWAYS = ("gw-1", "gw-2")
START_MS = 1_772_442_000_000  # 2026-03-02 09:00 UTC, a Monday
KEYS = {f"shopper-{n}": bytes([n]) * 16 for n in range(1, 4)}
EXPONENT = 10
BIN = Path(sys.executable).parent


def advert(shopper: str, *, at_ms: int, rssi_dbm: int) -> list[Any]:
    """One feed row: what a gateway hears of the shopper's tag at that moment."""
    eid = derive_eid(KEYS[shopper], t_s=at_ms // 1000, exponent=EXPONENT)
    frame = encode_eddystone_eid(EddystoneEid(eid.hex(), tx_power_0m_dbm=-18))
    return [at_ms, "C0:00:00:00:00:01", frame.hex(), rssi_dbm]


class Shop:
    """Server and gateways on an embedded broker, or on one that runs apart."""

    def __init__(self, folder: Path, *, broker: BrokerKind) -> None:
        self.folder = folder
        self.now_ms = START_MS
        self._broker_port = 0 if broker == "embedded" else free_port()
        self._write_configs()
        self._run("init")
        self._run("seed", str(folder / "plan.toml"), str(folder / "offers.toml"))
        self.mosquitto = None if broker == "embedded" else self._make_mosquitto()
        self.server = Process(
            "store-server",
            [str(BIN / "store-server"), "serve", "--config", str(folder / "store.toml")],
            folder=folder,
        )
        self.edges: dict[str, Process] = {}
        self._sockets = {
            name: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for name in GATEWAYS
        }

    def _run(self, command: str, *arguments: str) -> None:
        config = str(self.folder / "store.toml")
        argv = [str(BIN / "store-server"), command, "--config", config, *arguments]
        subprocess.run(argv, check=True, timeout=60, capture_output=True)

    def _make_mosquitto(self) -> Process:
        home = self.folder / "mosquitto"
        listen = f"{self._broker_port} 127.0.0.1"
        self._run("broker-config", "--for", "mosquitto", "--out", str(home), "--listen", listen)
        with (home / "mosquitto.conf").open("a") as conf:
            # Started as root, it would become a user that cannot read a test's folder.
            conf.write(f"user {getpass.getuser()}\n")
        binary = mosquitto_binary()
        assert binary, "mosquitto is not installed: apt-get install mosquitto"
        argv = [binary, "-c", str(home / "mosquitto.conf")]
        return Process("mosquitto", argv, folder=self.folder)

    def _write_configs(self) -> None:
        mqtt = 'broker = "embedded"\nport = 0'
        if self._broker_port:
            secrets = self.folder / "state" / "secrets" / "broker"
            mqtt = (
                f'broker = "mqtt://127.0.0.1:{self._broker_port}"\n'
                f'username_file = "{secrets}/server.user"\n'
                f'password_file = "{secrets}/server.password"'
            )
        (self.folder / "plan.toml").write_text(PLAN)
        (self.folder / "offers.toml").write_text(OFFERS)
        (self.folder / "store.toml").write_text(STORE_TOML.format(folder=self.folder, mqtt=mqtt))

    def start(self) -> None:
        if self.mosquitto:
            self.mosquitto.start()
        self.start_server()
        for name in GATEWAYS:
            self._write_edge_config(name)
            self.edges[name] = Process(
                name,
                [str(BIN / "edge-agent"), "run", "--config", str(self.folder / f"{name}.toml")],
                folder=self.folder,
            )
            self.edges[name].start()
        until(
            lambda: all(self.gateway(name).get("online") for name in GATEWAYS),
            what="both gateways are online",
        )

    def start_server(self) -> None:
        (self.folder / "state" / "run.json").unlink(missing_ok=True)
        self.server.start()
        until(
            lambda: (self.folder / "state" / "run.json").exists() or not self.server.running,
            what="the server is ready",
        )
        if not self.server.running:
            raise AssertionError(self.server.log()[-3000:])

    def _write_edge_config(self, name: str) -> None:
        run = json.loads((self.folder / "state" / "run.json").read_text())
        secrets = self.folder / "state" / "secrets" / "broker"
        (self.folder / f"{name}.toml").write_text(
            f'[gateway]\norg = "{ORG}"\nstore = "{STORE}"\ngateway = "{name}"\n'
            f'[source]\nkind = "feed"\nsocket = "{self.folder}/{name}.sock"\n'
            f'[spool]\npath = "{self.folder}/{name}.spool"\n'
            f'[mqtt]\nhost = "{run["mqtt_host"]}"\nport = {run["mqtt_port"]}\n'
            f'username = "{(secrets / f"{name}.user").read_text().strip()}"\n'
            f'password_file = "{secrets / f"{name}.password"}"\n'
            f"client_id_from_user = {str(self.mosquitto is not None).lower()}\n"
        )

    def api(self, key: str, method: str, path: str, **arguments: Any) -> httpx.Response:
        run = json.loads((self.folder / "state" / "run.json").read_text())
        token = (self.folder / "state" / "secrets" / "keys" / f"{key}.key").read_text().strip()
        return httpx.request(
            method,
            run["http_url"].rstrip("/") + path,
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            **arguments,
        )

    def enrol(self) -> None:
        """Every shopper with a tag, and consent to everything."""
        for shopper, key in KEYS.items():
            identity = {
                "identity_id": f"tag-{shopper}",
                "kind": "eid",
                "key_hex": key.hex(),
                "exponent": EXPONENT,
                "label": "tag",
            }
            body = {"language": "en", "identities": [identity]}
            self.api("backend", "PUT", f"/v1/shoppers/{shopper}", json=body).raise_for_status()
            for purpose in ("location", "offers", "profile"):
                consent = {
                    "granted": True,
                    "at": "2026-03-01T00:00:00Z",
                    "source": "test",
                    "text_version": "1",
                }
                path = f"/v1/shoppers/{shopper}/consents/{purpose}"
                self.api("backend", "PUT", path, json=consent).raise_for_status()

    def walk(self, seconds: int, *, near: str = "gw-2", wait: bool = True) -> None:
        """Let every shopper stand near one gateway for simulated seconds."""
        for _ in range(seconds):
            self.now_ms += 1000
            for gateway in GATEWAYS:
                rssi_dbm = -50 if gateway == near else -80
                rows = [advert(s, at_ms=self.now_ms - 400, rssi_dbm=rssi_dbm) for s in KEYS]
                self._send(gateway, {"adverts": rows})
                self._send(gateway, {"tick_at_ms": self.now_ms})
            if wait:
                self.settle()

    def settle(self, *, within_s: float = 60.0) -> None:
        """Wait until the server has applied everything up to now."""
        until(
            lambda: all(
                (self.gateway(name).get("last_sent_at_ms") or 0) >= self.now_ms for name in GATEWAYS
            ),
            within_s=within_s,
            what=f"everything up to {self.now_ms} is applied",
        )

    def _send(self, gateway: str, datagram: dict[str, Any]) -> None:
        path = str(self.folder / f"{gateway}.sock")
        payload = json.dumps(datagram).encode()

        def sent() -> bool:
            try:
                self._sockets[gateway].sendto(payload, path)
            except (ConnectionRefusedError, FileNotFoundError, BlockingIOError):
                return False
            return True

        if self.edges[gateway].running:
            until(sent, what=f"{gateway} listens to the feed")

    def progress(self) -> dict[str, Any]:
        try:
            answer = self.api("ops", "GET", "/v1/ops/progress")
            answer.raise_for_status()
        except (httpx.TransportError, FileNotFoundError):
            return {"gateways": {}}
        return dict(answer.json())

    def gateway(self, name: str) -> dict[str, Any]:
        return dict(self.progress()["gateways"].get(name) or {})

    def emitted(self, name: str) -> int:
        """The last sequence number that the gateway's spool gave out."""
        with sqlite3.connect(f"file:{self.folder}/{name}.spool?mode=ro", uri=True) as spool:
            found = spool.execute("SELECT value FROM about WHERE key = 'last_seq'").fetchone()
        return int(found[0])

    def waiting(self, name: str) -> int:
        """How many batches the gateway still keeps for the server."""
        with sqlite3.connect(f"file:{self.folder}/{name}.spool?mode=ro", uri=True) as spool:
            return int(spool.execute("SELECT count(*) FROM batch").fetchone()[0])

    def assert_applied_once(self) -> dict[str, tuple[int, int, int]]:
        """Emitted = applied for each gateway: (emitted, applied, duplicates dropped)."""
        until(
            lambda: all(
                self.gateway(name).get("through_seq", 0) >= self.emitted(name) for name in GATEWAYS
            ),
            what="the server has every batch",
        )
        counts = {}
        for name in GATEWAYS:
            found = self.gateway(name)
            counts[name] = (self.emitted(name), found["applied_batches"], found["duplicates"])
            assert found["applied_batches"] == self.emitted(name), (name, counts[name])
            assert found["quarantined"] == 0
        return counts

    def kill_broker(self) -> None:
        """kill -9 of the broker; the embedded one is started again by its supervisor."""
        if self.mosquitto:
            self.mosquitto.kill()
            return
        os.kill(int((self.folder / "state" / "broker" / "nats-server.pid").read_text()), SIGKILL)

    def restore_broker(self) -> None:
        """Start a broker that nobody supervises."""
        if self.mosquitto:
            self.mosquitto.start()

    def close(self) -> None:
        brokers = [self.mosquitto] if self.mosquitto else []
        for child in (*self.edges.values(), self.server, *brokers):
            child.kill()
        for one in self._sockets.values():
            one.close()
