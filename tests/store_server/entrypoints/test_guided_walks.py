"""Who is walked by hand: one shopper a user, told at once, gone when nobody looks."""

import asyncio
from datetime import UTC, datetime

import pytest

from store_server.entrypoints.guided_walks import DEAF_S, IDLE_S, MOST_WALKS, GuidedWalks
from store_server.errors import Conflict, NotFound
from store_server.ids import ShopperId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVA = ShopperId("simulated:eva")


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def walks(clock: Clock) -> GuidedWalks:
    return GuidedWalks(clock)


def test_a_shopper_stands_outside_until_led_somewhere(walks: GuidedWalks) -> None:
    walks.begin("mia", EVA, at=NOON)
    (before,) = asyncio.run(walks.after(0, wait_s=0))

    walks.move("mia", (3.0, 4.0))
    (after,) = asyncio.run(walks.after(1, wait_s=0))

    assert (before.at, after.at) == (None, (3.0, 4.0))


def test_who_waits_is_told_of_a_move_at_once(walks: GuidedWalks) -> None:
    async def wait_and_move() -> object:
        waiting = asyncio.create_task(walks.after(walks.revision, wait_s=60))
        await asyncio.sleep(0)
        walks.move("mia", (1.0, 1.0))
        return (await waiting)[0].at

    walks.begin("mia", EVA, at=NOON)

    assert asyncio.run(wait_and_move()) == (1.0, 1.0)


def test_nothing_new_is_told_after_the_wait(walks: GuidedWalks) -> None:
    assert asyncio.run(walks.after(0, wait_s=0.01)) == ()


def test_a_walk_that_nobody_looks_at_is_over(walks: GuidedWalks, clock: Clock) -> None:
    walks.begin("mia", EVA, at=NOON)
    clock.now_s += IDLE_S - 1
    walks.of("mia")
    clock.now_s += IDLE_S - 1
    still = asyncio.run(walks.after(0, wait_s=0))
    clock.now_s += 2

    assert len(still) == 1
    assert asyncio.run(walks.after(0, wait_s=0)) == ()
    with pytest.raises(NotFound):
        walks.move("mia", (1.0, 1.0))


def test_a_simulator_that_is_silent_does_not_listen(walks: GuidedWalks, clock: Clock) -> None:
    never = walks.listened_to
    asyncio.run(walks.after(0, wait_s=0))
    now = walks.listened_to
    clock.now_s += DEAF_S + 1

    assert (never, now, walks.listened_to) == (False, True, False)


def test_only_so_many_are_walked_at_once(walks: GuidedWalks) -> None:
    for number in range(MOST_WALKS):
        walks.begin(f"user-{number}", EVA, at=NOON)
    walks.begin("user-0", EVA, at=NOON)

    with pytest.raises(Conflict, match="let one of them leave"):
        walks.begin("mia", EVA, at=NOON)
