"""Baskets at the till, as real processes: how many a second in batches, how long one alone takes.

    python -m benchmarks.till [--batches 10] [--singles 500] [--shoppers 60]

A real `store-server serve` (embedded broker and all) is pinned to one core. Two gateways publish a
batch of sightings of every shopper each second all the while. First batches of 500 baskets of eight
lines are posted one after another, every tenth with a coupon, seven in ten with a loyalty id whose
taste is learned; then baskets one by one, with a pause of 20 ms between them. Beside them stands
a reference of the same run: a bare commit of one row with synchronous=FULL on the same disk.
Prints all; ends with 1 under 1,000 baskets a second of the server's CPU or above 50 ms at p99.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from proximity_wire.messages import SightingBatch, SightingRow, encode
from proximity_wire.topics import Channel, gateway_topic
from store_server.bootstrap.open_store import OpenStore, open_store
from store_server.database import unit_of_work
from store_server.first_run import Secrets
from store_server.ids import CampaignId, OfferId, ShopperId, scope
from store_server.redemptions.coupon_code import new_code
from store_server.redemptions.repository import CouponRepository
from store_server.settings import load_settings
from store_server.shop.product import Product
from store_server.shop.repository import ProductRepository
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.identity import EnrolledIdentity
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository import (
    ConsentRepository,
    IdentityRepository,
    ShopperRepository,
)
from store_server.shoppers.shopper import Shopper
from tests.faults.process import Process, until
from tests.faults.seed import SYSTEM_CLOCK, write_store_config
from tests.faults.state_template import BIN, make_template

HERE = scope("acme", "s1")
BAR_BASKETS_PER_S, BAR_MS = 1_000, 50.0
PRODUCTS, LINES, IN_A_BATCH = 2_000, 8, 500
Json = dict[str, object]


def seed(store: OpenStore, *, shoppers: int, coupons: int) -> list[str]:
    """Products, shoppers with a tag who agree to everything, coupons; the codes."""
    rng, now = random.Random(1), datetime.now(UTC)
    key = store.secrets.coupon_secrets()[0]
    names = [ShopperId(f"s-{number}") for number in range(shoppers)]
    with unit_of_work(store.database.write, None) as uow:
        ProductRepository(uow.session, HERE).save(
            Product(f"p{n}", f"Product {n}", f"C{n % 80}", "D", 100 + n, 3_000)
            for n in range(PRODUCTS)
        )
        ShopperRepository(uow.session, HERE).save(Shopper(one, None, "en", now) for one in names)
        consents = ConsentRepository(uow.session, HERE)
        identities = IdentityRepository(uow.session, HERE, KeyVault(store.secrets.data_key()))
        for number, name in enumerate(names):
            for purpose in Purpose:
                said = ConsentEntry(name, purpose, True, now - timedelta(days=1), "bench", "1")
                consents.add(said, recorded_at=now)
            tag = EnrolledIdentity("tag", name, "static_uid", identity=f"{number:032x}")
            identities.enrol(tag)
        codes = [new_code(rng, key=key) for _ in range(coupons)]
        for number, code in enumerate(codes):
            CouponRepository(uow.session, HERE).issue(
                code,
                shopper=names[number % shoppers],
                offer=OfferId("bench"),
                campaign=CampaignId("bench"),
                decision=f"bench-{number}",
                face_value_minor=50,
                issued_at=now,
                expires_at=now + timedelta(days=1),
                offer_version="1",
                key=key,
            )
    return codes


def baskets(codes: list[str], *, shoppers: int) -> Iterator[Json]:
    """Receipts without end."""
    rng, left = random.Random(2), list(codes)
    number = 0
    while True:
        number += 1
        basket: Json = {
            "basket_id": f"r-{number}",
            "till": f"till-{number % 8}",
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "lines": [
                {
                    "product_id": f"p{rng.randrange(PRODUCTS)}",
                    "quantity": rng.randint(1, 3),
                    "amount_minor": rng.randint(80, 900),
                    "tax_bp": 700,
                }
                for _ in range(LINES)
            ],
        }
        if rng.random() < 0.7:
            basket["shopper_id"] = f"s-{rng.randrange(shoppers)}"
        elif left and number % 3 == 0:
            basket["coupon_codes"] = [left.pop()]
        yield basket


class Gateways:
    """Publishes what two gateways hear, each second, until it is stopped."""

    def __init__(self, state: Path, port: int, *, shoppers: int) -> None:
        self._rows, self.sent = shoppers, 0
        self._over = threading.Event()
        self._clients = [self._connect(state, port, name) for name in ("gw-1", "gw-2")]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No more sightings."""
        self._over.set()
        self._thread.join()
        for _, client in self._clients:
            client.loop_stop()

    @staticmethod
    def _connect(state: Path, port: int, name: str) -> tuple[str, Client]:
        user = Secrets(state).broker_user(name, scope=HERE)
        client = Client(CallbackAPIVersion.VERSION2, user.user)
        client.username_pw_set(user.user, user.password)
        client.connect("127.0.0.1", port)
        client.loop_start()
        return name, client

    def _run(self) -> None:
        seq = 0
        while not self._over.wait(1.0):
            seq += 1
            for name, client in self._clients:
                topic = gateway_topic(Channel.SIGHTINGS, org="acme", store="s1", gateway=name)
                client.publish(topic, encode(self._batch(name, seq)), qos=1)
                self.sent += self._rows

    def _batch(self, gateway: str, seq: int) -> SightingBatch:
        now_ms = int(time.time() * 1000)
        rows = [
            SightingRow(
                "uid", f"{n:032x}", now_ms - 900, now_ms - 50, 5, -60.0 - n % 20, -58 - n % 20, -59
            )
            for n in range(self._rows)
        ]
        spool = f"{1 if gateway == 'gw-1' else 2:032x}"
        return SightingBatch(
            org="acme",
            store="s1",
            gateway=gateway,
            spool_id=spool,
            seq=seq,
            boot_id=spool,
            sent_at_ms=now_ms,
            clock="synced",
            rows=rows,
        )


def cpu_s(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def post_batches(client: httpx.Client, source: Iterator[Json], *, times: int, pid: int) -> float:
    """Post batches and print; baskets a second of the server's CPU."""
    bodies = []
    for batch in range(times):
        items = [
            {"idempotency_key": f"b{batch}-{n}", "basket": next(source)} for n in range(IN_A_BATCH)
        ]
        bodies.append(json.dumps({"baskets": items}).encode())
    headers = {"Content-Type": "application/json"}
    began_s, began_cpu = time.perf_counter(), cpu_s(pid)
    answers = [
        client.post("/v1/till/baskets:batch", content=body, headers=headers) for body in bodies
    ]
    took_s, took_cpu = time.perf_counter() - began_s, cpu_s(pid) - began_cpu
    results = [one for answer in answers for one in answer.raise_for_status().json()["results"]]
    coupons = [c["status"] for one in results for c in one["answer"]["coupons"]]
    total = times * IN_A_BATCH
    print(
        f"batches: {total} baskets of {LINES} lines, {sum(r['status'] == 201 for r in results)} "
        f"taken, {coupons.count('redeemed')} coupons redeemed: {total / took_s:.0f} baskets/s by "
        f"the clock, {total / took_cpu:.0f} a second of the server's CPU (one core, sightings and "
        "broker connection included)"
    )
    return total / took_cpu


def post_singles(client: httpx.Client, source: Iterator[Json], *, times: int) -> float:
    """Post baskets one by one and print; p99 in milliseconds."""
    taken = []
    for number in range(times):
        basket = next(source)
        time.sleep(0.02)
        began_s = time.perf_counter()
        answer = client.post(
            "/v1/till/baskets", json=basket, headers={"Idempotency-Key": f"single-{number}"}
        )
        taken.append((time.perf_counter() - began_s) * 1000)
        answer.raise_for_status()
    taken.sort()
    p50, p99 = taken[times // 2], taken[times * 99 // 100]
    print(f"singly: {times} baskets, p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {taken[-1]:.1f} ms")
    return p99


def bare_commit(folder: Path) -> None:
    """The reference: one row, one commit, on the same disk."""
    database = sqlite3.connect(folder / "bare.sqlite")
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a);")
    taken = []
    for number in range(300):
        began_s = time.perf_counter()
        database.execute("INSERT INTO t VALUES (?)", (number,))
        database.commit()
        taken.append((time.perf_counter() - began_s) * 1000)
        time.sleep(0.002)
    taken.sort()
    print(f"reference, a bare commit: p50 {taken[150]:.1f} ms, p99 {taken[297]:.1f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=10)
    parser.add_argument("--singles", type=int, default=500)
    parser.add_argument("--shoppers", type=int, default=60)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_template(folder)
        config = write_store_config(folder, broker_port=0, clock=SYSTEM_CLOCK)
        with open_store(load_settings(config, environ={})) as store:
            codes = seed(store, shoppers=chosen.shoppers, coupons=chosen.batches * 50)
        argv = ["taskset", "-c", "0", str(BIN / "store-server"), "serve", "--config", str(config)]
        server = Process("store-server", argv, folder=folder)
        server.start()
        state = folder / "state"
        run = json.loads(
            until(lambda: _run_file(state), within_s=120, what=f"the server is up\n{server.log()}")
        )
        subprocess.run(["taskset", "-cp", "1", str(os.getpid())], check=True, capture_output=True)
        gateways = Gateways(state, run["mqtt_port"], shoppers=chosen.shoppers)
        key = (state / "secrets/keys/till.key").read_text().strip()
        client = httpx.Client(
            base_url=run["http_url"],
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
            trust_env=False,
        )
        source = baskets(codes, shoppers=chosen.shoppers)
        bare_commit(folder)
        rate = post_batches(client, source, times=chosen.batches, pid=run["pid"])
        p99 = post_singles(client, source, times=chosen.singles)
        gateways.stop()
        print(f"sightings meanwhile: {gateways.sent} rows sent")
        server.stop()
    if rate < BAR_BASKETS_PER_S or p99 > BAR_MS:
        sys.exit(f"under {BAR_BASKETS_PER_S} baskets/s, or p99 above {BAR_MS:.0f} ms")


def _run_file(state: Path) -> str:
    path = state / "run.json"
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    main()
