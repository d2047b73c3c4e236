import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.next_visit import (
    BUILT_IN,
    FEATURES,
    FEWEST_EXAMPLES,
    NextVisitModel,
    describe,
    examples_of,
)
from store_server.learning.purchase_rhythm import PurchaseRhythm, rhythm_of


def coming_every(days: int, *, until: int = 364, since: int = 0) -> PurchaseRhythm:
    rhythm = rhythm_of([(day, 1_000) for day in range(since, until + 1, days)])
    assert rhythm is not None
    return rhythm


@given(st.lists(st.integers(0, 400), min_size=1), st.integers(0, 300))
def test_the_chance_to_stay_away_falls_with_the_days(days: list[int], later: int) -> None:
    rhythm = rhythm_of([(day, 1) for day in days])
    assert rhythm is not None
    today = max(days) + later

    away = [BUILT_IN.stays_away(rhythm, today=today, days=span) for span in (1, 7, 28, 56, 365)]

    assert away == sorted(away, reverse=True)
    assert all(0 <= chance <= 1 for chance in away)


@given(st.lists(st.integers(0, 400), min_size=1), st.integers(0, 300))
def test_the_next_visit_is_as_likely_before_as_after_its_day(days: list[int], later: int) -> None:
    rhythm = rhythm_of([(day, 1) for day in days])
    assert rhythm is not None
    today = max(days) + later

    median = BUILT_IN.next_visit_days(rhythm, today=today)

    chance = BUILT_IN.stays_away(rhythm, today=today, days=median)
    assert chance == pytest.approx(0.5, abs=1e-6) or median == 1.0


def test_who_comes_more_often_comes_sooner_and_is_less_at_risk() -> None:
    weekly, monthly = coming_every(7), coming_every(28)

    assert BUILT_IN.next_visit_days(weekly, today=364) < BUILT_IN.next_visit_days(
        monthly, today=364
    )
    assert BUILT_IN.stays_away(weekly, today=364) < BUILT_IN.stays_away(monthly, today=364)


def test_silence_makes_the_risk_grow() -> None:
    weekly = coming_every(7)

    risks = [BUILT_IN.stays_away(weekly, today=364 + silent) for silent in (0, 14, 28, 56, 112)]

    assert risks == sorted(risks)


def test_an_example_sees_nothing_of_what_came_later() -> None:
    past, future = [(100, 5), (107, 5)], [(150, 5), (300, 9)]

    [one] = examples_of([*past, *future], last_day=301, days_ago=[181])

    rhythm = rhythm_of(past)
    assert rhythm is not None
    assert one == (describe(rhythm, today=120), 30, True)


def test_who_has_not_come_by_the_end_has_not_come_yet() -> None:
    [one] = examples_of([(100, 5)], last_day=300, days_ago=[150])

    assert (one.after_days, one.came) == (150, False)
    assert examples_of([(200, 5)], last_day=300, days_ago=[150]) == []


def test_a_fitted_model_finds_a_rhythm_again() -> None:
    rng = random.Random(5)
    examples = []
    for _ in range(FEWEST_EXAMPLES):
        mean = rng.choice([4, 12])
        day, baskets = 0, []
        while (day := day + 1 + round(rng.expovariate(1 / mean))) < 360:
            baskets.append((day, 100))
        examples += examples_of(baskets, last_day=360)

    model = NextVisitModel.fitted(examples)

    often = model.next_visit_days(coming_every(5), today=364)
    seldom = model.next_visit_days(coming_every(13), today=364)
    assert often == pytest.approx(3.5, rel=0.4)
    assert seldom == pytest.approx(9.0, rel=0.4)


def test_few_examples_leave_the_built_in_model() -> None:
    assert NextVisitModel.fitted([]) is BUILT_IN
    assert len(BUILT_IN.mean) == len(BUILT_IN.deviation) == len(FEATURES)
