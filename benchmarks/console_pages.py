"""How long the console's pages take on long tables: 100,000 decisions, deliveries and deeds.

Server time of one page, over HTTP in process, at the newest rows and deep in the list; beside it
the same rows by OFFSET, which is what keyset paging is there to avoid. Prints milliseconds.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import insert, text

from store_server import schema
from store_server.clock import to_ms
from store_server.database import Database, open_database
from tests.store_server.entrypoints.web_builders import HERE, a_web_store
from tests.store_server.offers.builders import NOON

ROWS = 100_000
TIMES = 15
NOON_MS = to_ms(NOON)


def main() -> None:
    """Fill a store and time its pages."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'store.db'}")
        schema.create_tables(database.write)
        fill(database)
        with a_web_store(database) as web:
            browser = web.manager()
            empty = milliseconds(browser, "/healthz")
            print(f"an answer without a page, same client: {empty:.1f} ms (p50)")
            for name, path, place in PAGES:
                newest = milliseconds(browser, path)
                deep = milliseconds(browser, f"{path}?before={place}")
                print(f"{name}: newest {newest:.1f} ms, row 90,000 {deep:.1f} ms (p50)")
            print(f"audit by OFFSET 90,000: {offset_ms(database):.1f} ms for the rows alone")
        database.close()


DEEP_MS = NOON_MS - 90_000 * 1_000
PAGES = (
    ("decisions", "/activity", f"{DEEP_MS}.id09"),
    ("deliveries", "/activity/deliveries", f"{DEEP_MS}.id09"),
    ("audit log", "/activity/audit", f"{DEEP_MS}.id09"),
)


def fill(database: Database) -> None:
    """Rows by the second, the newest at noon."""
    rng = random.Random(5)
    tables = schema.metadata().tables
    with database.write.begin() as connection:
        for name, row in (
            ("decision", a_decision),
            ("delivery", a_delivery),
            ("audit_entry", a_deed),
        ):
            for start in range(0, ROWS, 5_000):
                rows = [row(number, rng) for number in range(start, start + 5_000)]
                connection.execute(insert(tables[name]), rows)


def a_decision(number: int, rng: random.Random) -> dict[str, object]:
    """A decision for nothing."""
    return {
        **whose(number),
        "trigger_id": f"t{number}",
        "trigger_kind": "zone_dwell",
        "shopper": f"shopper-{rng.randrange(5_000)}",
        "zone": "bakery",
        "at_ms": NOON_MS - number * 1_000,
        "outcome": "nothing",
        "is_fallback": False,
        "arm": "offer",
        "propensity": 1.0,
        "policy_version": "1",
        "seed": number,
        "language": "en",
        "latency_us": 300,
        "reasons": '["nothing_listens"]',
        "candidates": "[]",
    }


def a_delivery(number: int, rng: random.Random) -> dict[str, object]:
    """A delivered notification, without its tries."""
    given = whose(number)
    given["notification"] = given.pop("id")
    return {
        **given,
        "endpoint": "e1",
        "state": rng.choice(("delivered", "expired")),
        "attempts": 1,
        "created_at_ms": NOON_MS - number * 1_000,
        "expires_at_ms": NOON_MS - number * 1_000 + 120_000,
        "next_attempt_system_ms": 0,
        "lease_until_system_ms": 0,
    }


def a_deed(number: int, _rng: random.Random) -> dict[str, object]:
    """Somebody logged in."""
    return {
        **whose(number),
        "at_ms": NOON_MS - number * 1_000,
        "who": "manager",
        "deed": "signed_in",
        "subject": "",
        "reason": "",
    }


def whose(number: int) -> dict[str, object]:
    """The keys of a row."""
    return {"org": HERE.org, "store": HERE.store, "id": f"id{number:06d}"}


def milliseconds(browser: TestClient, path: str) -> float:
    """The median time of a page."""

    def ask() -> None:
        assert browser.get(path).status_code == 200

    return timed(ask)


def offset_ms(database: Database) -> float:
    """The rows of a deep page by OFFSET."""

    def ask() -> None:
        with database.read.connect() as connection:
            connection.execute(
                text(
                    "SELECT * FROM audit_entry WHERE org = :org AND store = :store "
                    "ORDER BY at_ms DESC, id DESC LIMIT 51 OFFSET 90000"
                ),
                {"org": HERE.org, "store": HERE.store},
            ).all()

    return timed(ask)


def timed(ask: Callable[[], None]) -> float:
    """The median of TIMES, after one that warms up."""
    ask()
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        took.append(1_000 * (time.perf_counter() - began))
    return statistics.median(took)


if __name__ == "__main__":
    main()
