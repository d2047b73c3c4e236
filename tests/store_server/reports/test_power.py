"""An experiment says how long it still needs, and what it says comes true."""

import numpy as np
import pytest

from store_server.reports.power import POWER, PowerPlan, plan_power, say_power
from store_server.reports.proportions import Share, difference


def a_plan(
    counts: tuple[int, ...] = (0, 0),
    weights: tuple[int, ...] = (1, 1),
    *,
    effect: float = 0.03,
    units_per_day: float = 500.0,
) -> PowerPlan:
    return plan_power(counts, weights, control_rate=0.2, effect=effect, units_per_day=units_per_day)


def test_a_true_effect_is_seen_as_often_as_promised() -> None:
    rng = np.random.default_rng(5)
    arm = a_plan().units_needed // 2

    bought = [rng.binomial(arm, rate, size=1000) for rate in (0.23, 0.2)]

    seen = sum(
        difference(Share(int(one), arm), Share(int(two), arm)).low > 0
        for one, two in zip(*bought, strict=True)
    )
    assert abs(seen / 1000 - POWER) < 0.04


def test_what_came_already_is_taken_off() -> None:
    fresh, later = a_plan(), a_plan(counts=(1000, 1000))

    assert fresh.days is not None
    assert later.days == fresh.days - 4


def test_the_arm_that_lags_sets_the_day() -> None:
    assert a_plan(counts=(3000, 0)).days == a_plan().days


def test_more_arms_need_more_units() -> None:
    two, four = a_plan(), a_plan(counts=(0,) * 4, weights=(1,) * 4)

    assert four.units_needed > 2 * two.units_needed


def test_an_arm_that_draws_nobody_is_not_waited_for() -> None:
    assert a_plan(counts=(0, 0, 0), weights=(1, 1, 0)).days == a_plan().days


@pytest.mark.parametrize(
    ("language", "days", "sentence"),
    [
        ("en", 9, "Needs about 9 more days to see a difference of 3 points."),
        ("en", 1, "Needs about 1 more day to see a difference of 3 points."),
        ("es", 9, "Necesita unos 9 días más para ver una diferencia de 3 puntos."),
        ("ru", 21, "Нужно примерно ещё 21 день, чтобы увидеть разницу в 3 п. п."),
        ("ru", 22, "Нужно примерно ещё 22 дня, чтобы увидеть разницу в 3 п. п."),
        ("ru", 25, "Нужно примерно ещё 25 дней, чтобы увидеть разницу в 3 п. п."),
        ("en", 0, "Has seen enough shoppers to see a difference of 3 points."),
    ],
)
def test_one_sentence_says_it(language: str, days: int, sentence: str) -> None:
    assert say_power(PowerPlan(0.03, 6000, 1000, days), language=language) == sentence  # type: ignore[arg-type]  # a Literal out of a parameter list


def test_nobody_coming_is_said_as_it_is() -> None:
    plan = a_plan(units_per_day=0)

    assert plan.days is None
    assert "more than a year" in say_power(plan)


@pytest.mark.parametrize("weights", [(0, 1), (1, 0)])
def test_without_a_control_or_another_arm_there_is_nothing_to_plan(
    weights: tuple[int, ...],
) -> None:
    with pytest.raises(ValueError, match="the control and one other arm"):
        a_plan(weights=weights)
