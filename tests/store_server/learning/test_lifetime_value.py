from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.lifetime_value import lifetime_value_minor
from store_server.learning.purchase_rhythm import rhythm_of


def value(baskets: list[tuple[int, int]], *, today: int) -> int:
    rhythm = rhythm_of(baskets)
    assert rhythm is not None
    return lifetime_value_minor(rhythm, today=today)


def test_who_spends_evenly_goes_on_so() -> None:
    daily = [(day, 1_000) for day in range(600)]

    assert value(daily, today=599) == 365_000


def test_who_stopped_is_worth_half_of_the_long_rate() -> None:
    stopped = [(day, 1_000) for day in range(300)]

    assert value(stopped, today=599) == round(1_000 * 300 / 600 / 2 * 365)


def test_one_first_basket_is_no_daily_rate() -> None:
    assert value([(100, 3_000)], today=100) == 36_500


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 10**6)), min_size=1))
def test_a_shopper_is_never_worth_less_than_nothing(baskets: list[tuple[int, int]]) -> None:
    assert value(baskets, today=500) >= 0
