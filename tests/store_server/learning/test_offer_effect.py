"""An offer only ever adds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.offer_effect import chance_with_offer

CHANCE = st.floats(0.0, 1.0)


@given(CHANCE, CHANCE)
def test_an_offer_never_lowers_the_chance_and_never_passes_certainty(
    chance: float, effect: float
) -> None:
    assert chance <= chance_with_offer(chance, effect) + 1e-12
    assert chance_with_offer(chance, effect) <= 1.0 + 1e-12


def test_half_of_the_others_are_won_by_an_effect_of_one_half() -> None:
    assert chance_with_offer(0.2, 0.5) == pytest.approx(0.6)
