"""The network beneath the webhooks: which addresses, and when it lets go."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore
import pytest

from store_server.outbox.channels.guarded_network import (
    GuardedNetwork,
    Refused,
    TimeUsedUp,
    trying,
)
from store_server.outbox.flights import Flight, Recalled
from tests.store_server.outbox.builders import ANN

PUBLIC = "93.184.215.14"
PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class Wires(httpcore.MockBackend):
    """Notes which address is connected to."""

    def __init__(self) -> None:
        super().__init__([])
        self.connected: list[tuple[str, int]] = []
        self.faults: dict[str, Exception] = {}

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        if host in self.faults:
            raise self.faults[host]
        return super().connect_tcp(host, port, timeout, local_address, socket_options)


@contextmanager
def a_network(*addresses: str, development: bool = False) -> Iterator[tuple[GuardedNetwork, Wires]]:
    wires = Wires()
    network = GuardedNetwork(
        resolve=lambda _host, _port: list(addresses), development=development, beneath=wires
    )
    yield network, wires
    network.close()


def test_the_address_that_was_checked_is_the_one_that_is_connected_to() -> None:
    with a_network(PUBLIC) as (network, wires), trying(Flight(ANN), timeout_s=5):
        network.connect_tcp("app.example", 8443)

    assert wires.connected == [(PUBLIC, 8443)]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",  # loopback
        "10.0.0.1",  # private
        "169.254.169.254",  # link-local, cloud metadata
        "100.100.100.200",  # shared address space, metadata of another cloud
        "224.0.0.251",  # multicast
        "0.0.0.0",  # this host
        "::1",
        "fd00:ec2::254",  # metadata by IPv6
        "fe80::1",
        "ff02::fb",
        "::ffff:127.0.0.1",  # IPv4 in IPv6
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",  # NAT64 of 169.254.169.254
        "64:ff9b:1::a00:1",  # local NAT64
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    ],
)
def test_one_address_inside_among_public_ones_refuses_the_name(address: str) -> None:
    with (
        a_network(PUBLIC, address) as (network, wires),
        trying(Flight(ANN), timeout_s=5),
        pytest.raises(Refused, match="leads to a private or special address"),
    ):
        network.connect_tcp("app.example", 443)

    assert wires.connected == []


@pytest.mark.parametrize("fault", [httpcore.ConnectError(), httpcore.ConnectTimeout(), OSError()])
def test_an_address_that_cannot_be_reached_is_followed_by_the_next(fault: Exception) -> None:
    with a_network(PUBLIC_6, PUBLIC) as (network, wires), trying(Flight(ANN), timeout_s=5):
        wires.faults[PUBLIC_6] = fault
        network.connect_tcp("app.example", 443)

    assert wires.connected == [(PUBLIC_6, 443), (PUBLIC, 443)]


def test_where_no_address_can_be_reached_the_last_one_tells_why() -> None:
    with a_network(PUBLIC_6, PUBLIC) as (network, wires), trying(Flight(ANN), timeout_s=5):
        wires.faults = {PUBLIC_6: OSError("no route"), PUBLIC: httpcore.ConnectError("refused")}
        with pytest.raises(httpcore.ConnectError, match="refused"):
            network.connect_tcp("app.example", 443)


def test_an_address_that_keeps_silent_leaves_time_for_the_next() -> None:
    allowed: list[float | None] = []

    class Slow(Wires):
        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
        ) -> httpcore.NetworkStream:
            allowed.append(timeout)
            return super().connect_tcp(host, port, timeout, local_address, socket_options)

    wires = Slow()
    wires.faults[PUBLIC_6] = httpcore.ConnectTimeout()
    network = GuardedNetwork(
        resolve=lambda _host, _port: [PUBLIC_6, PUBLIC], development=False, beneath=wires
    )
    with trying(Flight(ANN), timeout_s=60):
        network.connect_tcp("app.example", 443)
    network.close()

    first, second = (round(one or 0) for one in allowed)
    assert (first, second) == (30, 60)


def test_a_name_without_an_address_is_refused() -> None:
    with (
        a_network() as (network, _),
        trying(Flight(ANN), timeout_s=5),
        pytest.raises(Refused, match="no address"),
    ):
        network.connect_tcp("app.example", 443)


def test_a_name_that_nobody_answers_for_takes_no_longer_than_the_try() -> None:
    answered = threading.Event()
    network = GuardedNetwork(
        resolve=lambda _host, _port: [str(answered.wait(60))], development=False
    )

    with pytest.raises(TimeUsedUp), trying(Flight(ANN), timeout_s=0.05):
        network.connect_tcp("app.example", 443)

    answered.set()
    network.close()


def test_a_recall_is_noticed_while_a_name_is_looked_up() -> None:
    answered, flight = threading.Event(), Flight(ANN)

    def look_up(_host: str, _port: int) -> list[str]:
        flight.recall()
        answered.wait(60)
        return [PUBLIC]

    network = GuardedNetwork(resolve=look_up, development=False)

    with pytest.raises(Recalled), trying(flight, timeout_s=60):
        network.connect_tcp("app.example", 443)

    answered.set()
    network.close()
