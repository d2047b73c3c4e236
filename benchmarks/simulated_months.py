"""Two months of decisions, one over each night on which clocks change, and a look at the log.

    python -m benchmarks.simulated_months [--people 2000] [--visiting 140] [--seed 1]

March and October of 2026 in Madrid: shoppers pass zones, ask by app, withdraw and give consent,
redeem coupons. `decision_audit`, which shares no code with the server, then looks for decisions
that break consent, caps, quiet hours, holdout or budget. Exit code 1 when there is one, or when
there were fewer than 20,000 decisions or 3,000 notifications.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from benchmarks.simulated_store import SimulatedStore
from store_server import schema
from store_server.database import open_database

MONTHS = (date(2026, 3, 1), date(2026, 10, 1))
DAYS = 31
LEAST_DECISIONS, LEAST_NOTIFICATIONS = 20_000, 3_000


def main() -> int:
    """Print what was decided and what the audit found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--visiting", type=int, default=140)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'store.db'}")
        schema.create_tables(database.write)
        store = SimulatedStore(
            database, asked.people, asked.visiting, asked.seed, budget_minor=120_000
        )
        started = time.monotonic()
        for first in MONTHS:
            store.live(first, DAYS)
            print(f"{first:%B}: {len(store.audit().decisions)} decisions so far", flush=True)
        took_s = time.monotonic() - started
        audit = store.audit()
        database.close()
    outcomes = Counter(one["outcome"] for one in audit.decisions)
    found = Counter(one.rule for one in audit.violations())
    print(
        f"{asked.people} shoppers, {len(audit.decisions)} decisions {dict(outcomes)}, "
        f"{len(audit.notified)} notifications, in {took_s:.0f} s"
    )
    print(f"violations: {dict(found) or 0}")
    enough = len(audit.decisions) >= LEAST_DECISIONS and len(audit.notified) >= LEAST_NOTIFICATIONS
    return int(bool(found) or not enough)


if __name__ == "__main__":
    sys.exit(main())
