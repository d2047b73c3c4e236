"""A draw is uniform, stays the same, knows nothing of other draws, and phases keep their units."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, chisquare  # type: ignore[import-untyped]  # no types

from store_server.decisions.experiment import arm_at, unit_of
from store_server.ids import HouseholdId, OrgId, ShopperId
from store_server.offers.experiment import Experiment, Factor, Level, NamespacePart, Vary
from tests.store_server.offers.builders import BOLD, NOON, an_experiment

ORG = OrgId("acme")
LATER = NOON + timedelta(days=7)
UNITS = [f"h:{n}" for n in range(50_000)]
WAIT = Vary(Factor.TIMING, (Level("soon"), Level("later", "60")))


def of_arms(name: str, *weights: tuple[int, ...]) -> Experiment:
    """An experiment of one factor with a phase of a week for each of these weights."""
    levels = tuple(Level(f"arm{n}", f"v{n}") for n in range(len(weights[0])))
    return an_experiment(name, Vary(Factor.CREATIVE, levels), weights=[(one,) for one in weights])


def drawn(unit: str, experiment: Experiment, **more: object) -> str | None:
    return arm_at(unit, experiment, org=ORG, **{"at": NOON, **more})  # type: ignore[arg-type] # of a test's own words


@pytest.mark.parametrize("weights", [(1, 1), (9, 1), (1, 2, 3, 4), (98, 1, 1)])
def test_units_fall_into_the_arms_as_the_weights_say(weights: tuple[int, ...]) -> None:
    experiment = of_arms("title", weights)

    counted = Counter(drawn(unit, experiment) for unit in UNITS)

    expected = [len(UNITS) * weight / sum(weights) for weight in weights]
    assert chisquare([counted[arm] for arm in experiment.arms], expected).pvalue > 0.001


@given(st.text(min_size=1), st.lists(st.integers(1, 1_000), min_size=2, max_size=6), st.integers(0))
def test_whatever_names_and_weights_the_draw_is_uniform(
    name: str, weights: list[int], first: int
) -> None:
    experiment = of_arms(name, tuple(weights))

    counted = Counter(drawn(f"s:{first + n}", experiment) for n in range(500))

    expected = [500 * weight / sum(weights) for weight in weights]
    pairs = [(counted[arm], one) for arm, one in zip(experiment.arms, expected, strict=True)]
    # Each arm within six standard deviations: of all that hypothesis tries none is further off.
    assert all((n - one) ** 2 <= 36 * max(one * (1 - one / 500), 1) for n, one in pairs)


def test_two_experiments_draw_independently_of_each_other() -> None:
    one, two = of_arms("title", (1, 1, 1)), of_arms("colour", (1, 1, 1))

    table = Counter((drawn(unit, one), drawn(unit, two)) for unit in UNITS)

    cells = [[table[first, second] for second in two.arms] for first in one.arms]
    assert chi2_contingency(cells).pvalue > 0.001


def test_the_factors_of_an_experiment_are_independent() -> None:
    experiment = an_experiment("both", BOLD, WAIT)

    cells = Counter(drawn(unit, experiment) for unit in UNITS)

    table = [
        [cells[f"{words}.{wait}"] for wait in ("soon", "later")] for words in ("plain", "bold")
    ]
    assert chi2_contingency(table).pvalue > 0.001
    assert chisquare([sum(row) for row in table]).pvalue > 0.001


def test_the_draw_is_the_same_for_ever() -> None:
    drawn_by_all = [drawn(f"h:{n}", of_arms("title", (1, 1, 1))) for n in range(20)]

    assert "".join((one or "?")[-1] for one in drawn_by_all) == "12212210221211220111"


def test_whoever_was_drawn_keeps_the_arm_when_weights_change() -> None:
    experiment = of_arms("title", (1, 1, 0), (0, 0, 1))

    before = {unit: drawn(unit, experiment) or "" for unit in UNITS[:500]}
    after = {
        unit: drawn(unit, experiment, at=LATER, kept={"title": arm}) for unit, arm in before.items()
    }
    late = {drawn(unit, experiment, at=LATER) for unit in UNITS[500:1000]}

    assert after == before
    assert late == {"arm2"}


def test_an_arm_that_is_gone_is_drawn_anew() -> None:
    experiment = of_arms("title", (1, 1))

    assert drawn("h:1", experiment, kept={"title": "gone"}) in experiment.arms


def test_nobody_is_drawn_before_it_starts_or_after_its_end() -> None:
    experiment = an_experiment()

    for at in (NOON - timedelta(seconds=1), experiment.ends_at):
        assert drawn("h:1", experiment, at=at, kept={"title": "bold"}) is None


def test_parts_of_a_namespace_share_nobody_and_leave_nobody_out() -> None:
    parts = [NamespacePart("bakery", 0, 3_000), NamespacePart("bakery", 3_000, 10_000)]
    one, two = (an_experiment(f"e{n}", namespace=part) for n, part in enumerate(parts))

    taking = [
        (drawn(unit, one) is not None, drawn(unit, two) is not None) for unit in UNITS[:5_000]
    ]

    assert all(first is not second for first, second in taking)
    assert 0.27 < sum(first for first, _ in taking) / len(taking) < 0.33


@given(st.text(), st.text(), st.text())
def test_a_household_shares_its_arm(household: str, one: str, another: str) -> None:
    units = {unit_of(ShopperId(who), HouseholdId(household)) for who in (one, another)}

    assert len({drawn(unit, an_experiment()) for unit in units}) == 1


def test_without_a_household_the_shopper_is_the_unit() -> None:
    ann = ShopperId("ann")

    assert unit_of(ann, None) == "s:ann"
    assert unit_of(ann, HouseholdId("home")) == "h:home"
