"""A draw is uniform, stays the same, knows nothing of other draws, and phases keep their units."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare  # type: ignore[import-untyped]  # no types

from store_server.decisions.experiment import (
    Assignment,
    Experiment,
    ExperimentArm,
    Factor,
    Phase,
    UnitKind,
    arm_for,
    assign,
    factorial,
    unit_of,
)
from store_server.errors import Unprocessable
from store_server.ids import HouseholdId, ShopperId

START = datetime(2026, 3, 1, tzinfo=UTC)
LATER = START + timedelta(days=7)
UNITS = [f"h:{n}" for n in range(100_000)]


def an_experiment(name: str = "title", *phases: tuple[int, ...], arms: int = 3) -> Experiment:
    weights = phases or ((1,) * arms,)
    return Experiment(
        name,
        tuple(ExperimentArm(f"arm{n}") for n in range(len(weights[0]))),
        tuple(Phase(START + timedelta(days=7 * n), drawn) for n, drawn in enumerate(weights)),
    )


@pytest.mark.parametrize("weights", [(1, 1), (9, 1), (1, 2, 3, 4), (98, 1, 1)])
def test_100000_units_fall_into_the_arms_as_the_weights_say(weights: tuple[int, ...]) -> None:
    experiment = an_experiment("title", weights)

    counted = Counter(arm_for(unit, experiment, phase=0).id for unit in UNITS)

    found = [counted[arm.id] for arm in experiment.arms]
    expected = [len(UNITS) * weight / sum(weights) for weight in weights]
    assert chisquare(found, expected).pvalue > 0.001


def test_two_experiments_draw_independently_of_each_other() -> None:
    one, two = an_experiment("title"), an_experiment("colour")

    table = [[0] * 3 for _ in range(3)]
    for unit in UNITS:
        first, second = (arm_for(unit, asked, phase=0).id[-1] for asked in (one, two))
        table[int(first)][int(second)] += 1

    assert chi2_contingency(table).pvalue > 0.001


def test_the_draw_is_the_same_for_ever() -> None:
    drawn = [arm_for(f"h:{n}", an_experiment(), phase=0).id[-1] for n in range(20)]

    assert "".join(drawn) == "01220211200112002012"


def test_whoever_was_assigned_keeps_the_arm_when_weights_change() -> None:
    experiment = an_experiment("title", (1, 1, 0), (0, 0, 1))

    before = {unit: assign(unit, experiment, at=START, kept=None) for unit in UNITS[:500]}
    after = {unit: assign(unit, experiment, at=LATER, kept=before[unit]) for unit in before}
    late = {assign(unit, experiment, at=LATER, kept=None) for unit in UNITS[500:1000]}

    assert after == before
    assert late == {Assignment("arm2", 1)}


def test_an_arm_that_is_gone_is_drawn_anew() -> None:
    assert assign("h:1", an_experiment(), at=LATER, kept=Assignment("gone", 0)) is not None


def test_nobody_is_assigned_before_the_first_phase() -> None:
    assert assign("h:1", an_experiment(), at=START - timedelta(seconds=1), kept=None) is None


@given(st.text(), st.text(), st.text())
def test_a_household_shares_its_arm(household: str, one: str, another: str) -> None:
    arms = {
        arm_for(
            unit_of(ShopperId(who), HouseholdId(household), kind=UnitKind.HOUSEHOLD),
            an_experiment(),
            phase=0,
        ).id
        for who in (one, another)
    }

    assert len(arms) == 1


def test_without_a_household_or_by_choice_the_shopper_is_the_unit() -> None:
    ann, home = ShopperId("ann"), HouseholdId("home")

    assert unit_of(ann, None, kind=UnitKind.HOUSEHOLD) == "s:ann"
    assert unit_of(ann, home, kind=UnitKind.SHOPPER) == "s:ann"


def test_a_multivariate_test_has_an_arm_for_each_combination() -> None:
    arms = factorial({Factor.CREATIVE: ["plain", "bold"], Factor.TIMING: ["20", "60"]})

    assert [arm.id for arm in arms] == ["plain.20", "plain.60", "bold.20", "bold.60"]
    assert dict(arms[2].treatment) == {Factor.CREATIVE: "bold", Factor.TIMING: "20"}


def test_main_effects_of_a_multivariate_test_are_balanced() -> None:
    arms = factorial({Factor.CREATIVE: ["plain", "bold"], Factor.TIMING: ["20", "60"]})
    experiment = Experiment("both", arms, (Phase(START, (1, 1, 1, 1)),))

    cells = Counter(arm_for(unit, experiment, phase=0).id for unit in UNITS)

    table = [[cells[f"{words}.{wait}"] for wait in ("20", "60")] for words in ("plain", "bold")]
    assert chi2_contingency(table).pvalue > 0.001


@pytest.mark.parametrize("weights", [(1,), (1, -1), (0, 0), (1, 1, 1)])
def test_weights_that_cannot_be_are_refused(weights: tuple[int, ...]) -> None:
    arms = (ExperimentArm("a"), ExperimentArm("b"))

    with pytest.raises(Unprocessable, match="experiment title: weights"):
        Experiment("title", arms, (Phase(START, weights),))


def test_phases_stand_in_the_order_of_time() -> None:
    arms = (ExperimentArm("a"), ExperimentArm("b"))

    with pytest.raises(Unprocessable, match="each later than the one before"):
        Experiment("title", arms, (Phase(LATER, (1, 1)), Phase(START, (1, 1))))
