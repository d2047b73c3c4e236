"""A tag and a phone of one shopper are one belief (decision 0011): what happens when they part."""

from itertools import pairwise

import pytest

from store_server.presence.engine import ZoneEvent
from store_server.presence.observation import Observation
from tests.store_server.presence.builders import T0
from tests.store_server.presence.filtered import LEFT, RIGHT, Path, a_filter, fed, levels_of

PARTED_S, UNTIL_S = 40, 160
TOGETHER: Path = [(float(t), 2.0, 4.0) for t in range(PARTED_S)]
STAYS: Path = [(float(t), 2.0, 4.0) for t in range(PARTED_S, UNTIL_S)]
LEAVES: Path = [(float(t), min(10.0, 2.0 + t - PARTED_S), 4.0) for t in range(PARTED_S, UNTIL_S)]


def parted(*, seed: int, tag_every: int) -> list[ZoneEvent]:
    """The phone goes right; the tag, 6 dB softer, stays left and is heard each `tag_every`-th."""
    phone = levels_of([*TOGETHER, *LEAVES], seed=seed)
    tag = levels_of([*TOGETHER, *STAYS], seed=seed + 50, louder_db=-6.0)[::tag_every]
    both: list[Observation] = sorted([*phone, *tag], key=lambda one: one.t)
    return fed(a_filter(), both, until_s=UNTIL_S)


def enters(events: list[ZoneEvent]) -> list[tuple[str, float]]:
    return [(str(one.zone), one.t - T0) for one in events if one.kind == "enter"]


@pytest.mark.parametrize("seed", range(4))
def test_the_one_that_is_heard_more_is_followed_and_nothing_flaps(seed: int) -> None:
    found = enters(parted(seed=seed, tag_every=10))

    assert [zone for zone, _ in found] == [LEFT, RIGHT]
    assert found[1][1] == pytest.approx(PARTED_S + 8, abs=8)


@pytest.mark.parametrize("seed", range(4))
def test_two_that_are_heard_alike_change_seldom(seed: int) -> None:
    found = enters(parted(seed=seed, tag_every=1))

    # Two minutes in which both places are true: not one answer a second, and never a short one.
    assert len(found) <= 8
    assert all(after - before >= 4.0 for (_, before), (_, after) in pairwise(found))


def test_events_alternate_whoever_is_followed() -> None:
    events = [one for one in parted(seed=1, tag_every=1) if one.kind != "dwell"]

    assert [one.kind for one in events] == ["enter", "exit"] * (len(events) // 2) + (
        ["enter"] if len(events) % 2 else []
    )
