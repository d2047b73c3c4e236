"""A tag and a phone of one shopper are one belief (decision 0011): what happens when they part."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.carrier import carried
from store_server.presence.engine import ZoneEvent
from store_server.presence.observation import Observation
from store_server.presence.track import Carrier, Reading
from tests.store_server.presence.builders import T0
from tests.store_server.presence.filtered import LEFT, RIGHT, Path, a_filter, fed, levels_of

PARTED_S, UNTIL_S = 40, 160
TOGETHER: Path = [(float(t), 2.0, 4.0) for t in range(PARTED_S)]
STAYS: Path = [(float(t), 2.0, 4.0) for t in range(PARTED_S, UNTIL_S)]
LEAVES: Path = [(float(t), min(10.0, 2.0 + t - PARTED_S), 4.0) for t in range(PARTED_S, UNTIL_S)]


def of_sender(sender: str, told: Sequence[Observation]) -> list[Observation]:
    return [one._replace(sender=sender) for one in told]


def parted(*, seed: int, tag_every: int = 1, phone_every: int = 1) -> list[ZoneEvent]:
    """The phone goes right; the tag, 6 dB softer, stays left; how rarely each is heard."""
    phone = of_sender("phone", levels_of([*TOGETHER, *LEAVES], seed=seed)[::phone_every])
    left_there = levels_of([*TOGETHER, *STAYS], seed=seed + 50, louder_db=-6.0)
    tag = of_sender("tag", left_there[::tag_every])
    both = sorted([*phone, *tag], key=lambda one: one.t)
    return fed(a_filter(), both, until_s=UNTIL_S)


def enters(events: list[ZoneEvent]) -> list[tuple[str, float]]:
    return [(str(one.zone), one.t - T0) for one in events if one.kind == "enter"]


@pytest.mark.parametrize("seed", range(4))
def test_the_one_that_is_heard_more_is_followed_and_nothing_flaps(seed: int) -> None:
    found = enters(parted(seed=seed, tag_every=10))

    assert [zone for zone, _ in found] == [LEFT, RIGHT]
    assert found[1][1] == pytest.approx(PARTED_S + 8, abs=8)


@pytest.mark.parametrize("seed", range(8))
def test_of_two_that_are_heard_alike_one_is_followed_for_good(seed: int) -> None:
    found = enters(parted(seed=seed))

    assert [zone for zone, _ in found] in ([LEFT], [LEFT, RIGHT])


@pytest.mark.parametrize("seed", range(4))
def test_together_they_are_as_good_as_one(seed: int) -> None:
    path: Path = [(float(t), 2.0 + 0.15 * t, 4.0) for t in range(50)]
    phone = of_sender("phone", levels_of(path, seed=seed))
    tag = of_sender("tag", levels_of(path, seed=seed + 50, louder_db=-6.0))
    engine = a_filter()

    fed(engine, sorted([*phone, *tag], key=lambda one: one.t), until_s=50)

    found = engine.estimate("s-1", T0 + 50)
    assert found is not None
    assert found.x == pytest.approx(9.35, abs=2.0)


def test_when_the_one_that_is_followed_falls_silent_the_other_takes_over() -> None:
    phone = [
        one
        for one in of_sender("phone", levels_of([*TOGETHER, *LEAVES], seed=1))
        if one.t < T0 + 80
    ]
    tag = of_sender("tag", levels_of([*TOGETHER, *STAYS], seed=51, louder_db=-6.0)[::4])

    found = enters(fed(a_filter(), sorted([*phone, *tag], key=lambda one: one.t), until_s=UNTIL_S))

    assert [zone for zone, _ in found] == [LEFT, RIGHT, LEFT]
    assert 80 < found[2][1] < 80 + 30


def test_what_an_app_reports_always_counts() -> None:
    carrier = carried(Carrier(), [reading("tag")], 1.0).carrier

    after = carried(carrier, [reading("tag"), reading("phone"), reading("")], 1.5)

    assert [one.sender for one in after.readings] == ["tag", ""]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["tag", "phone", ""]), max_size=4), max_size=40))
def test_somebody_is_followed_as_long_as_anybody_is_heard(steps: list[list[str]]) -> None:
    carrier = Carrier()
    for number, senders in enumerate(steps):
        carrier, changed, kept = carried(carrier, [reading(one) for one in senders], number / 2)

        assert {one.sender for one in kept} <= {"", carrier.name}
        assert not changed or kept
        named = [one for one in senders if one]
        assert carrier.name in {"tag", "phone"} or not named


def reading(sender: str) -> Reading:
    return Reading(0.0, 0, -60.0, sender=sender)


def test_events_alternate_whoever_is_followed() -> None:
    events = [one for one in parted(seed=1) if one.kind != "dwell"]

    assert [one.kind for one in events] == ["enter", "exit"] * (len(events) // 2) + (
        ["enter"] if len(events) % 2 else []
    )
