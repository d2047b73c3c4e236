from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.purchase_rhythm import (
    SPAN_DAYS,
    WINDOW_DAYS,
    day_number,
    rhythm_of,
)

# Within the window of each other: then late baskets count exactly.
BASKETS = st.lists(
    st.tuples(st.integers(1_000, 1_000 + WINDOW_DAYS - 1), st.integers(0, 10_000)), min_size=1
)


def test_days_are_counted_from_1970() -> None:
    assert day_number(date(2000, 1, 1)) == 10_957


def test_nobody_without_baskets_has_a_rhythm() -> None:
    assert rhythm_of([]) is None


@given(BASKETS, st.randoms())
def test_baskets_count_the_same_in_any_order(baskets: list[tuple[int, int]], rng: object) -> None:
    mixed = sorted(baskets, key=lambda _: rng.random())  # type: ignore[attr-defined] # a Random

    assert rhythm_of(mixed) == rhythm_of(baskets)


@given(BASKETS, st.integers(0, 200), st.integers(1, WINDOW_DAYS))
def test_visits_of_a_window_are_its_days_with_a_basket(
    baskets: list[tuple[int, int]], later: int, days: int
) -> None:
    rhythm = rhythm_of(baskets)
    assert rhythm is not None
    today = max(day for day, _ in baskets) + later

    expected = {day for day, _ in baskets if today - days < day <= today}

    assert rhythm.visits_in(days, today=today) == len(expected)
    assert rhythm.visits == len({day for day, _ in baskets})


@given(BASKETS, st.integers(0, 200), st.integers(0, WINDOW_DAYS // SPAN_DAYS))
def test_money_of_a_window_is_that_of_its_spans(
    baskets: list[tuple[int, int]], later: int, spans: int
) -> None:
    rhythm = rhythm_of(baskets)
    assert rhythm is not None
    today = max(day for day, _ in baskets) + later

    first = today // SPAN_DAYS - spans + 1
    expected = sum(money for day, money in baskets if day // SPAN_DAYS >= first)

    assert rhythm.spent_in(spans * SPAN_DAYS, today=today) == expected
    assert rhythm.total_minor == sum(money for _, money in baskets)


def test_a_visit_before_the_window_is_kept_as_a_sum_only() -> None:
    rhythm = rhythm_of([(1_000, 500), (1_000 + WINDOW_DAYS, 700), (990, 1)])
    assert rhythm is not None

    assert (rhythm.visits, rhythm.total_minor, rhythm.first_day) == (3, 1_201, 990)
    assert rhythm.visits_in(WINDOW_DAYS, today=1_000 + WINDOW_DAYS) == 1
