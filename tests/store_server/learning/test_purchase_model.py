"""P(buy | no offer): the shopper's own share where there is one, else the population's."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.ids import ShopperId
from store_server.learning.purchase_model import BasketSeen, PurchaseModel
from tests.store_server.offers.builders import NOON

ANN, BOB, EVE = ShopperId("ann"), ShopperId("bob"), ShopperId("eve")
BASKETS = st.lists(
    st.builds(
        BasketSeen,
        st.sampled_from([ANN, BOB]),
        st.datetimes(datetime(2025, 1, 1), datetime(2026, 3, 1)).map(  # noqa: DTZ001 - zoned next
            lambda at: at.replace(tzinfo=NOON.tzinfo)
        ),
        st.frozensets(st.sampled_from(["TEA", "BREAD", "MILK"])),
    ),
    max_size=30,
)


def weekly(model: PurchaseModel, shopper: ShopperId, *, weeks: int, categories: list[str]) -> None:
    for week in range(weeks):
        model.update(shopper, NOON - timedelta(weeks=week), categories)


def test_who_always_buys_it_is_expected_to() -> None:
    model = PurchaseModel()
    weekly(model, ANN, weeks=30, categories=["TEA"])
    weekly(model, BOB, weeks=30, categories=["BREAD"])

    assert model.chance(ANN, "TEA", NOON) > 0.8
    assert model.chance(BOB, "TEA", NOON) < 0.2


def test_who_is_not_known_buys_like_the_population() -> None:
    model = PurchaseModel()
    weekly(model, ANN, weeks=30, categories=["TEA"])
    weekly(model, BOB, weeks=30, categories=["BREAD"])

    assert model.chance(EVE, "TEA", NOON) == model.chance(None, "TEA", NOON)
    assert model.chance(EVE, "TEA", NOON) == pytest.approx(0.5, abs=0.05)


def test_habits_fade() -> None:
    model = PurchaseModel()
    weekly(model, ANN, weeks=10, categories=["TEA"])

    in_a_year = model.chance(ANN, "TEA", NOON + timedelta(days=365))

    assert in_a_year < model.chance(ANN, "TEA", NOON)


@given(BASKETS, st.sampled_from([ANN, EVE, None]), st.sampled_from(["TEA", "SALT"]))
def test_a_chance_is_always_between_0_and_1(
    baskets: list[BasketSeen], shopper: ShopperId | None, category: str
) -> None:
    model = PurchaseModel()
    model.load(baskets)

    assert 0.0 < model.chance(shopper, category, NOON) < 1.0


@given(BASKETS, st.randoms(use_true_random=False))
def test_the_order_of_baskets_does_not_matter(baskets: list[BasketSeen], rng: object) -> None:
    in_time, shuffled = PurchaseModel(), PurchaseModel()
    in_time.load(sorted(baskets, key=lambda one: one.at))
    rng.shuffle(baskets)  # type: ignore[attr-defined] # hypothesis' random.Random
    shuffled.load(baskets)

    expected = in_time.chance(ANN, "TEA", NOON)

    assert shuffled.chance(ANN, "TEA", NOON) == pytest.approx(expected, rel=1e-9)


@given(BASKETS)
def test_learning_in_two_parts_is_learning_at_once_bit_for_bit(baskets: list[BasketSeen]) -> None:
    at_once, in_parts = PurchaseModel(), PurchaseModel()
    half = len(baskets) // 2

    at_once.load(baskets)
    in_parts.load(baskets[:half])
    for basket in baskets[half:]:
        in_parts.update(*basket)

    assert in_parts.chance(ANN, "TEA", NOON) == at_once.chance(ANN, "TEA", NOON)


def test_a_forgotten_shopper_is_like_one_who_was_never_known() -> None:
    model = PurchaseModel()
    weekly(model, ANN, weeks=30, categories=["TEA"])

    assert model.forget(ANN)

    assert model.chance(ANN, "TEA", NOON) == model.chance(EVE, "TEA", NOON)
    assert not model.forget(ANN)
    assert len(model) == 0
