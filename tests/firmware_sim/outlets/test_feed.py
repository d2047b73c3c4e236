"""Adverts and ticks arrive on a real Unix datagram socket, whole and in order."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.errors import OutletError
from firmware_sim.events import HeardAdvert
from firmware_sim.outlets.feed import ADVERTS_A_DATAGRAM, UnixFeed


def an_advert(number: int = 0, *, ad_hex: str = "020106") -> HeardAdvert:
    return HeardAdvert(1_767_607_200_000 + number, "AA:BB:CC:DD:EE:FF", ad_hex, -60)


def an_agent(path: Path) -> socket.socket:
    agent = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    agent.bind(str(path))
    agent.settimeout(10)
    return agent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.sock"


@pytest.fixture
def agent(path: Path) -> Iterator[socket.socket]:
    with an_agent(path) as agent:
        yield agent


@pytest.fixture
def feed(path: Path) -> Iterator[UnixFeed]:
    with closing(UnixFeed(path, patience_s=0.2)) as feed:
        yield feed


def read(agent: socket.socket) -> Any:
    return json.loads(agent.recv(1 << 20))


def test_adverts_and_ticks_arrive_as_the_agent_reads_them(
    agent: socket.socket, feed: UnixFeed
) -> None:
    assert feed.send_adverts([an_advert(), an_advert(1)])
    assert feed.send_tick(1_767_607_201_000)

    assert read(agent) == {"adverts": [list(an_advert()), list(an_advert(1))]}
    assert read(agent) == {"tick_at_ms": 1_767_607_201_000}


def test_many_adverts_go_out_in_datagrams_of_200(agent: socket.socket, feed: UnixFeed) -> None:
    feed.send_adverts([an_advert(number) for number in range(450)])

    parts = [read(agent)["adverts"] for _ in range(3)]
    assert [len(part) for part in parts] == [ADVERTS_A_DATAGRAM, ADVERTS_A_DATAGRAM, 50]
    assert [advert[0] - an_advert().heard_at_ms for part in parts for advert in part] == [
        *range(450)
    ]


def test_no_adverts_send_nothing(agent: socket.socket, feed: UnixFeed) -> None:
    assert feed.send_adverts([])
    feed.send_tick(1)

    assert read(agent) == {"tick_at_ms": 1}


def test_a_datagram_of_200_extended_adverts_fits(agent: socket.socket, feed: UnixFeed) -> None:
    assert feed.send_adverts([an_advert(ad_hex="ab" * 255)] * ADVERTS_A_DATAGRAM)

    assert len(read(agent)["adverts"]) == ADVERTS_A_DATAGRAM


def test_a_send_waits_until_a_busy_agent_reads(agent: socket.socket, path: Path) -> None:
    seen: list[int] = []
    reader = threading.Thread(
        target=lambda: seen.extend(read(agent)["tick_at_ms"] for _ in range(500))
    )

    with closing(UnixFeed(path)) as feed:
        reader.start()
        sent = [feed.send_tick(number) for number in range(500)]
        reader.join(10)

    assert all(sent)
    assert seen == [*range(500)]


def test_nobody_listens_to_a_feed_without_agent(path: Path, feed: UnixFeed) -> None:
    never_there = feed.send_tick(1)
    an_agent(path).close()
    killed = feed.send_adverts([an_advert()])

    assert (never_there, killed) == (False, False)


def test_an_agent_that_started_again_is_heard_again(path: Path, feed: UnixFeed) -> None:
    an_agent(path).close()
    feed.send_tick(1)
    path.unlink()

    with an_agent(path) as agent:
        assert feed.send_tick(2)
        assert read(agent) == {"tick_at_ms": 2}


def test_an_agent_that_reads_nothing_is_deaf(agent: socket.socket, feed: UnixFeed) -> None:
    sent = [feed.send_tick(number) for number in range(1)]
    while sent[-1]:
        sent.append(feed.send_tick(len(sent)))

    assert len(sent) > 1


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutletError, match="at most 107"):
        UnixFeed(tmp_path / ("x" * 120))
