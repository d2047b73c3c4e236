"""All tables of all rooms: the one place that imports every `tables.py`."""

import importlib

from sqlalchemy import Engine, MetaData
from sqlmodel import SQLModel

ROOMS_WITH_TABLES = (
    "shop",
    "fleet",
    "shoppers",
    "presence",
    "offers",
    "learning",
    "decisions",
    "outbox",
    "redemptions",
    "reports",
)


def metadata() -> MetaData:
    """The tables of every room."""
    for room in ROOMS_WITH_TABLES:
        importlib.import_module(f"store_server.{room}.tables")
    return SQLModel.metadata


def create_tables(engine: Engine) -> None:
    """Create what is missing: for tests. A running store upgrades by migrations."""
    metadata().create_all(engine)
