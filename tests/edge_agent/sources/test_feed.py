"""Feed: what datagrams mean, and what garbage does not do."""

import asyncio
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.advert import Advert, Burst, Tick
from edge_agent.errors import SourceError
from edge_agent.sources.feed import FeedSource, read_datagram
from tests.edge_agent.builders import NOON_MS

ROW = [NOON_MS, "AA:BB:CC:DD:EE:FF", "020106", -60]


def read_bursts(source: FeedSource, count: int, send: Callable[[], None]) -> list[Burst]:
    """The first `count` bursts after `send` has run with the socket bound."""

    async def read() -> list[Burst]:
        bursts: list[Burst] = []
        asyncio.get_running_loop().call_later(0.01, send)
        async for burst in source.bursts():
            bursts.append(burst)
            if len(bursts) == count:
                break
        return bursts

    return asyncio.run(asyncio.wait_for(read(), 10))


def test_a_datagram_of_adverts_is_one_burst() -> None:
    burst = read_datagram(json.dumps({"adverts": [ROW, ROW]}).encode())

    assert burst == [Advert(NOON_MS, "AA:BB:CC:DD:EE:FF", b"\x02\x01\x06", -60)] * 2


def test_a_tick_is_a_tick() -> None:
    assert read_datagram(json.dumps({"tick_at_ms": NOON_MS}).encode()) == Tick(NOON_MS)


@pytest.mark.parametrize(
    "document",
    [
        {"adverts": [[1, *ROW[1:]]]},
        {"adverts": [[float(NOON_MS) + 0.5, *ROW[1:]]]},
        {"adverts": [[*ROW[:2], "xyz", -60]]},
        {"adverts": [[*ROW[:2], "0" * 600, -60]]},
        {"adverts": [[*ROW[:3], "-60"]]},
        {"adverts": [ROW[:3]]},
        {"adverts": 7},
        {"tick_at_ms": "now"},
        {"tick_at_ms": 10**30},
        [],
        None,
        "tick",
    ],
)
def test_what_does_not_follow_the_form_is_not_understood(document: object) -> None:
    assert read_datagram(json.dumps(document).encode()) is None


@given(st.binary(max_size=300))
def test_no_bytes_raise(payload: bytes) -> None:
    read_datagram(payload)


def test_garbage_is_counted_and_what_follows_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "feed.sock"
    source = FeedSource(path)

    def send() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as feed:
            for payload in (b"\xff\xfe", b"", b"[" * 9_000, json.dumps({"adverts": []}).encode()):
                feed.sendto(payload, str(path))
            feed.sendto(json.dumps({"tick_at_ms": NOON_MS}).encode(), str(path))

    bursts = read_bursts(source, 1, send)

    assert bursts == [Tick(NOON_MS)]
    assert source.dropped == {"feed_garbage": 3}


def test_a_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "feed.sock"
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    dead.bind(str(path))
    dead.close()

    def send() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as feed:
            feed.sendto(json.dumps({"tick_at_ms": NOON_MS}).encode(), str(path))

    assert read_bursts(FeedSource(path), 1, send) == [Tick(NOON_MS)]


def test_a_socket_in_use_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "feed.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as living:
        living.bind(str(path))

        with pytest.raises(SourceError, match="in use by another process"):
            read_bursts(FeedSource(path), 1, lambda: None)
        assert path.exists()
