"""A shop of real processes on each broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.shop import Shop


@pytest.fixture(params=["embedded", "mosquitto"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    """Two gateways and a server, started, with three shoppers enrolled."""
    opened = Shop(tmp_path, broker=request.param)
    try:
        opened.start()
        opened.enrol()
        yield opened
    finally:
        opened.close()
