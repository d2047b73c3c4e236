from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.shopper_response import OPEN_CHANCE, Taste

TASTE = Taste({"s-1": {"BREAD": 0.3}}, seed=1)


def test_the_answer_to_a_decision_does_not_depend_on_what_was_asked_before() -> None:
    fresh, busy = Taste({}, seed=1), Taste({}, seed=1)
    for number in range(20):
        busy.opening("s-2", f"other-{number}")

    assert busy.opening("s-1", "d-1") == fresh.opening("s-1", "d-1")


@given(st.floats(0, 1), st.text(min_size=1, max_size=5))
def test_seeing_an_offer_never_makes_a_purchase_less_likely(share: float, shopper: str) -> None:
    chances = Taste({shopper: {"BREAD": share}}, seed=3).chances(shopper, "BREAD")

    assert 0 < chances.without <= chances.offered <= chances.seen < 1


@given(st.integers(1, 500))
def test_who_buys_without_an_offer_buys_with_one_too(visit: int) -> None:
    plain, seen = (
        TASTE.buys("s-1", visit=visit, category="BREAD", seen=one) for one in (False, True)
    )

    assert seen or not plain


def test_purchases_come_as_often_as_the_truth_says() -> None:
    bought = sum(
        TASTE.buys("s-1", visit=visit, category="BREAD", seen=False) for visit in range(3000)
    )

    assert abs(bought / 3000 - 0.3) < 0.03


def test_notifications_are_opened_as_often_as_the_constant_says() -> None:
    opened = sum(TASTE.opening("s-1", f"d-{number}").opens for number in range(3000))

    assert abs(opened / 3000 - OPEN_CHANCE) < 0.03
