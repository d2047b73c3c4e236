"""The value is what an offer adds: more with more margin, less for what is bought anyway."""

from hypothesis import assume, given
from hypothesis import strategies as st

from store_server.decisions.value import worth
from tests.store_server.offers.builders import an_offer

CHANCE = st.floats(0.0, 1.0)


def value_of(
    *, margin: int = 150, face: int = 50, chance: float = 0.1, effect: float = 0.2, fatigue: int = 0
) -> float:
    offer = an_offer(margin_minor=margin, face_value_minor=face)
    return worth(offer, chance_without=chance, effect=effect, fatigue_minor=fatigue).value_minor


def test_the_formula_on_a_worked_example() -> None:
    # P(buy | offer) = .1 + .9 x .2 = .28;  .28 x (150 - 50) - .1 x 150 = 13
    assert value_of(chance=0.1, effect=0.2, margin=150, face=50) == 13.0


@given(st.integers(0, 300), st.integers(0, 300), CHANCE, st.floats(0.001, 0.999))
def test_more_margin_is_never_worth_less(
    one: int, another: int, chance: float, effect: float
) -> None:
    less, more = sorted((one, another))

    low = value_of(margin=less, chance=chance, effect=effect)

    assert low <= value_of(margin=more, chance=chance, effect=effect)


@given(CHANCE, CHANCE, st.floats(0.001, 0.999))
def test_who_buys_anyway_is_never_worth_more(one: float, another: float, effect: float) -> None:
    less, more = sorted((one, another))

    assert value_of(chance=more, effect=effect) <= value_of(chance=less, effect=effect)


@given(CHANCE, st.floats(0.001, 0.999), st.integers(0, 300), st.integers(0, 300))
def test_a_larger_discount_of_the_same_effect_is_never_worth_more(
    chance: float, effect: float, one: int, another: int
) -> None:
    less, more = sorted((one, another))

    assert value_of(face=more, chance=chance, effect=effect) <= value_of(
        face=less, chance=chance, effect=effect
    )


@given(CHANCE, st.floats(0.001, 0.999), st.integers(1, 299))
def test_it_is_positive_just_below_the_break_even_chance(
    chance: float, effect: float, face: int
) -> None:
    margin = 300
    gain = effect * (margin - face)
    break_even = gain / (face + gain)
    assume(abs(chance - break_even) > 1e-6)

    value = value_of(margin=margin, face=face, chance=chance, effect=effect)

    assert (value > 0) is (chance < break_even)
