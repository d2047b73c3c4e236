"""Silence is judged by what was heard before it."""

import pytest

from edge_agent.sources.silence import CONFIRM_S, LEAST_S, SilenceWatch


def after(*, adverts_per_s: int, seconds: int = 60) -> SilenceWatch:
    """A watch that has heard so much until second 0."""
    watch = SilenceWatch(silent_after_s=60.0, now_s=-float(seconds))
    for second in range(-seconds, 1):
        watch.note(adverts_per_s, float(second))
    watch.scans_again(0.0)
    return watch


def steps(watch: SilenceWatch, *, until_s: int) -> list[tuple[int, str]]:
    """What is to be done second by second while nothing is heard."""
    done: list[tuple[int, str]] = []
    for second in range(until_s):
        step = watch.next_step(float(second))
        if step is not None:
            done.append((second, step))
            watch.scans_again(float(second))
    return done


@pytest.mark.parametrize(
    ("adverts_per_s", "patience_s"), [(1_000, LEAST_S), (10, 9.5), (1, 60.0), (0, 60.0)]
)
def test_the_more_was_heard_the_sooner_silence_is_suspicious(
    adverts_per_s: int, patience_s: float
) -> None:
    assert after(adverts_per_s=adverts_per_s).patience_s() == pytest.approx(patience_s, abs=0.6)


def test_a_busy_place_has_scanner_and_adapter_helped_within_ten_seconds() -> None:
    assert steps(after(adverts_per_s=100), until_s=10) == [(4, "restart"), (4 + CONFIRM_S, "reset")]


def test_a_silent_place_is_disturbed_ever_less() -> None:
    assert steps(after(adverts_per_s=0), until_s=700) == [
        (60, "restart"),
        (120, "reset"),
        (180, "reset"),
        (300, "reset"),
        (540, "reset"),
    ]


def test_one_advert_ends_the_doubt() -> None:
    watch = after(adverts_per_s=0)
    steps(watch, until_s=200)
    assert watch.doubtful

    watch.note(1, 201.0)

    assert not watch.doubtful
    assert steps(watch, until_s=261) == []
