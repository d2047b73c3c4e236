import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from firmware_sim.outlets import BrokerLine


@pytest.fixture
def broker() -> Iterator[tuple[str, int]]:
    """A server that says back what it is told."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                one, _ = listener.accept()
                threading.Thread(target=echo, args=(one,), daemon=True).start()

    def echo(one: socket.socket) -> None:
        with contextlib.suppress(OSError), one:
            while said := one.recv(1000):
                one.sendall(said)

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[:2]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def said_back(line: BrokerLine) -> bytes:
    with socket.create_connection(line.address, timeout=5) as gateway:
        gateway.sendall(b"hello")
        return gateway.recv(1000)


def test_a_whole_line_carries_what_is_said_both_ways(broker: tuple[str, int]) -> None:
    line = BrokerLine(broker)

    assert said_back(line) == b"hello"
    line.close()


def test_a_cut_ends_open_connections_and_refuses_new_ones(broker: tuple[str, int]) -> None:
    line = BrokerLine(broker)
    with socket.create_connection(line.address, timeout=5) as gateway:
        gateway.sendall(b"hello")
        assert gateway.recv(1000) == b"hello"

        line.cut()

        with contextlib.suppress(ConnectionResetError):
            assert gateway.recv(1000) == b""
    with pytest.raises(OSError, match="refused"):
        said_back(line)


def test_a_mended_line_is_whole_at_the_same_address(broker: tuple[str, int]) -> None:
    line = BrokerLine(broker)
    address = line.address

    line.cut()
    line.mend()

    assert line.address == address
    assert said_back(line) == b"hello"
    line.close()


def test_behind_a_line_without_a_broker_a_connection_ends_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()[:2]
    line = BrokerLine(address)

    with contextlib.suppress(ConnectionResetError):
        assert said_back(line) == b""
    line.close()
