"""Backoff: bounds of the delays."""

import random

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.backoff import Backoff


@given(st.integers(0, 10_000), st.integers(0, 99))
def test_a_delay_stays_between_first_and_most_with_a_fifth_of_jitter(
    failures: int, seed: int
) -> None:
    delay_s = Backoff(first_s=0.5, most_s=30.0).delay_s(failures, random.Random(seed))

    assert 0.8 * 0.5 <= delay_s <= 1.2 * 30.0


def test_delays_double_until_the_cap() -> None:
    backoff = Backoff(first_s=1.0, most_s=4.0)

    class NoJitter(random.Random):
        def uniform(self, a: float, b: float) -> float:
            return (a + b) / 2

    assert [backoff.delay_s(n, NoJitter()) for n in (0, 1, 2, 3, 4)] == [1, 1, 2, 4, 4]
