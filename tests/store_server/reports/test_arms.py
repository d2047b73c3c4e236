"""Arms are compared within their phases, and looking daily at several of them fools nobody."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.clock import to_ms
from store_server.offers.experiment import Experiment, Factor, Level, Vary
from store_server.reports.arms import ArmUnit, Comparison, Pair, Reading, compare
from store_server.reports.experiment_advice import ArmFinding
from store_server.reports.experiment_result import pairs_of, result_of
from store_server.reports.outcomes import Metric, UnitOutcome
from tests.store_server.offers.builders import BOLD, FAR_OFF, NOON, an_experiment

PAIR = Pair(None, "bold", "plain", frozenset({"bold"}), frozenset({"plain"}))
DAILY = Reading(1, ended=False)
THREE = Vary(Factor.CREATIVE, tuple(Level(name, name) for name in ("plain", "bold", "loud")))
WAIT = Vary(Factor.TIMING, (Level("soon"), Level("later", "60")))
MONTH = NOON + timedelta(days=28)


def some_units(
    arm: str, *, bought: int, of: int, phase: int = 0, day: float = 0.0
) -> list[ArmUnit]:
    """Units of which the first `bought` bought, each for 300 with a margin of 100."""
    return [
        ArmUnit(
            arm,
            phase,
            to_ms(NOON + timedelta(days=day)),
            UnitOutcome(True, n < bought, 100 * (n < bought), spend_minor=300 * (n < bought)),
        )
        for n in range(of)
    ]


def conversion(units: list[ArmUnit], reading: Reading = DAILY) -> Comparison:
    return compare(units, PAIR, reading)


def test_weights_that_changed_do_not_turn_an_effect_round() -> None:
    # Bold is better in both phases, and drew most of its units in the poor one.
    units = [
        *some_units("plain", bought=450, of=900, phase=0),
        *some_units("bold", bought=60, of=100, phase=0),
        *some_units("plain", bought=10, of=100, phase=1),
        *some_units("bold", bought=180, of=900, phase=1),
    ]

    found = conversion(units).effect(Metric.CONVERSION)

    assert found.mean < found.control_mean
    assert found.interval is not None
    assert found.interval.low > 0
    assert found.interval.estimate == pytest.approx(0.1)


@given(st.integers(0, 200), st.integers(0, 200))
def test_an_arm_against_itself_in_two_phases_is_the_mean_of_both(one: int, two: int) -> None:
    units = [
        *some_units("plain", bought=one, of=200, phase=0),
        *some_units("bold", bought=two, of=200, phase=0),
        *some_units("plain", bought=two, of=200, phase=1),
        *some_units("bold", bought=one, of=200, phase=1),
    ]

    found = conversion(units).effect(Metric.CONVERSION).interval

    assert found is not None
    assert found.estimate == pytest.approx(0, abs=1e-9)


def test_more_comparisons_make_wider_intervals_and_greater_p() -> None:
    units = [*some_units("plain", bought=40, of=200), *some_units("bold", bought=90, of=200)]

    alone, among = (
        conversion(units, Reading(n, ended=True)).effect(Metric.CONVERSION) for n in (1, 5)
    )

    assert alone.fixed is not None
    assert among.fixed is not None
    assert among.fixed.low < alone.fixed.low < alone.fixed.high < among.fixed.high
    assert alone.p is not None
    assert among.p == pytest.approx(5 * alone.p)


def test_under_twenty_units_nothing_is_said() -> None:
    units = [*some_units("plain", bought=0, of=19), *some_units("bold", bought=19, of=19)]

    assert conversion(units).effect(Metric.CONVERSION).interval is None


def test_no_false_alarm_when_nothing_differs_and_everybody_looks_daily() -> None:
    rng, alarms, experiments = random.Random(20261130), 0, 100
    for _ in range(experiments):
        experiment, units, alarmed = an_experiment("aa", THREE), list[ArmUnit](), False
        for day in range(14):
            for _ in range(40):
                arm = rng.choice(experiment.arms)
                units += some_units(arm, bought=rng.random() < 0.25, of=1, day=day)
            result = result_of(experiment, units, now=NOON + timedelta(days=day + 1))
            alarmed |= result.advice.finding in (ArmFinding.BETTER, ArmFinding.WORSE)
        alarms += alarmed
    assert alarms <= 0.05 * experiments


def test_a_factor_is_read_over_all_levels_of_the_others() -> None:
    experiment = an_experiment("both", BOLD, WAIT)

    pairs = pairs_of(experiment)

    assert [(one.factor, one.level, one.control) for one in pairs] == [
        (Factor.CREATIVE, "bold", "plain"),
        (Factor.TIMING, "later", "soon"),
        (None, "plain.later", "plain.soon"),
        (None, "bold.soon", "plain.soon"),
        (None, "bold.later", "plain.soon"),
    ]
    assert pairs[0].arms == {"bold.soon", "bold.later"}


def of_two(plain: tuple[int, int], bold: tuple[int, int]) -> list[ArmUnit]:
    (one, of_one), (two, of_two_) = plain, bold
    return [
        *some_units("plain", bought=one, of=of_one),
        *some_units("bold", bought=two, of=of_two_),
    ]


def test_lost_decisions_of_an_arm_alarm_before_anything_else() -> None:
    whole = of_two((200, 1_000), (400, 1_000))
    lost = of_two((200, 1_000), (320, 800))

    as_drawn, broken = (result_of(an_experiment(), one, now=MONTH) for one in (whole, lost))

    assert as_drawn.advice.finding is ArmFinding.BETTER
    assert broken.advice.finding is ArmFinding.NOT_AS_DRAWN
    assert "explain that before reading on" in broken.verdict


def test_each_phase_is_held_against_its_own_weights() -> None:
    experiment = an_experiment("title", weights=[((1, 1),), ((9, 1),)])
    units = [
        *of_two((50, 500), (50, 500)),
        *some_units("plain", bought=90, of=900, phase=1),
        *some_units("bold", bought=10, of=100, phase=1),
    ]

    result = result_of(experiment, units, now=MONTH)

    assert [one.units for one in result.phases] == [(500, 500), (900, 100)]
    assert result.ratio_p == 1.0


@pytest.mark.parametrize(
    ("plain", "bold", "finding"),
    [
        ((1, 10), (1, 10), ArmFinding.TOO_FEW),
        ((20, 100), (24, 100), ArmFinding.NOT_CLEAR_YET),
        ((200, 1_000), (330, 1_000), ArmFinding.BETTER),
        ((330, 1_000), (200, 1_000), ArmFinding.WORSE),
        ((4_000, 20_000), (4_000, 20_000), ArmFinding.NO_DIFFERENCE),
    ],
)
def test_the_advice_follows_the_numbers(
    plain: tuple[int, int], bold: tuple[int, int], finding: ArmFinding
) -> None:
    assert result_of(an_experiment(), of_two(plain, bold), now=MONTH).advice.finding is finding


def test_it_says_how_many_days_are_missing() -> None:
    units = [
        unit
        for day in range(7)
        for arm in ("plain", "bold")
        for unit in some_units(arm, bought=10, of=50, day=day + 0.5)
    ]

    result = result_of(an_experiment(), units, now=NOON + timedelta(days=7))

    assert result.power.days == 53
    assert result.power_sentence == "Needs about 53 more days to see a difference of 3 points."


def test_the_planned_end_opens_the_narrow_interval_and_a_stop_does_not() -> None:
    units = of_two((200, 1_000), (330, 1_000))
    over = an_experiment()

    def fixed(experiment: Experiment, days: int) -> bool:
        now = FAR_OFF + timedelta(days=days)
        (one,) = result_of(experiment, units, now=now).comparisons
        return one.effect(Metric.CONVERSION).fixed is not None

    assert (fixed(over, -1), fixed(over, 1)) == (False, True)


@pytest.mark.parametrize(
    ("language", "word"), [("en", "sold more"), ("es", "vendió"), ("ru", "продаёт")]
)
def test_the_sentence_is_said_in_each_language(language: str, word: str) -> None:
    units = of_two((200, 1_000), (330, 1_000))

    said = result_of(an_experiment(), units, now=MONTH, language=language).verdict  # type: ignore[arg-type] # one of them

    assert word in said
    assert "bold" in said
