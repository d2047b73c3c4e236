"""BurstSelector: reads in bursts, answers at once after idleness, and is never late for a timer."""

import socket
from collections.abc import Iterator

import pytest

from edge_agent.sources.burst_loop import PAUSE_S, BurstSelector


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept_s: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        self.slept_s.append(seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def selector(time: Time) -> Iterator[BurstSelector]:
    """One socket is registered, and always readable."""
    ours, theirs = socket.socketpair()
    theirs.send(b"x")
    with ours, theirs, BurstSelector(lambda: time.now_s, time.sleep) as selector:
        selector.register(ours, 1)
        yield selector


def test_after_idleness_what_arrives_is_read_at_once(time: Time, selector: BurstSelector) -> None:
    selector.select(None)
    time.now_s += PAUSE_S
    selector.select(None)

    assert time.slept_s == []


def test_what_follows_soon_is_gathered(time: Time, selector: BurstSelector) -> None:
    selector.select(None)
    time.now_s += 0.001

    assert len(selector.select(None)) == 1
    assert time.slept_s == [pytest.approx(PAUSE_S - 0.001)]


def test_work_that_waits_is_not_kept_waiting(time: Time, selector: BurstSelector) -> None:
    selector.select(0)
    selector.select(0)

    assert time.slept_s == []


def test_a_timer_is_never_late_for_the_pause(time: Time, selector: BurstSelector) -> None:
    selector.select(None)

    selector.select(0.002)

    assert time.slept_s == [0.002]
