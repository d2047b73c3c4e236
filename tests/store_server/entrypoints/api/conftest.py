"""A web store for each test of the API, on either engine."""

from collections.abc import Iterator

import pytest

from store_server.database import Database
from tests.store_server.entrypoints.web_builders import WebStore, a_web_store


@pytest.fixture
def web(database: Database) -> Iterator[WebStore]:
    """A seeded store behind its application."""
    with a_web_store(database) as store:
        yield store
