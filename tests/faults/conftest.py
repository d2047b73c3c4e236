"""A shop of real processes on each broker, kept from test to test while it is sound.

Starting one costs seconds, and a shop that has lived through a kill is a better subject than a
fresh one. What a test counts is either of the shop's whole life or of the shoppers it invites.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import BrokerKind
from tests.faults.shop import Shop
from tests.faults.state_template import make_template


class Shops:
    """At most one open shop for each kind of broker."""

    def __init__(self, factory: pytest.TempPathFactory, template: Path) -> None:
        self._factory = factory
        self._template = template
        self._open: dict[BrokerKind, Shop] = {}

    def open(self, kind: BrokerKind) -> Shop:
        if kind not in self._open:
            shop = Shop(self._factory.mktemp(kind), broker=kind, template=self._template)
            self._open[kind] = shop
            shop.start()
        return self._open[kind]

    def close(self, kind: BrokerKind) -> None:
        if shop := self._open.pop(kind, None):
            shop.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a store that was never started."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def shops(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Shops]:
    """The shops of this session, opened when they are asked for."""
    opened = Shops(tmp_path_factory, template)
    try:
        yield opened
    finally:
        for kind in ("embedded", "mosquitto"):
            opened.close(kind)


@pytest.fixture(params=["embedded", "mosquitto"])
def shop(request: pytest.FixtureRequest, shops: Shops) -> Iterator[Shop]:
    """Two gateways and a server, started; nobody is invited yet."""
    kind: BrokerKind = request.param
    good = False
    try:
        opened = shops.open(kind)
        yield opened
        good = opened.rests()
    finally:
        if not good:
            shops.close(kind)
