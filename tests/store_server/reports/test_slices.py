"""Slices: many looks at once find no more than they should."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control  # type: ignore[import-untyped]  # no types

from store_server.reports.lift import Question
from store_server.reports.outcomes import Cut, Metric, UnitOutcome
from store_server.reports.slices import adjust, slices_of


def units(zone: str, *, treated: bool, rate: float, of: int, seed: int) -> Iterator[UnitOutcome]:
    rng = random.Random(f"{zone} {treated} {seed}")
    for _ in range(of):
        bought = rng.random() < rate
        yield UnitOutcome(treated, bought, 100 * bought, cuts={Cut.ZONE: zone})


def a_shop(rates: dict[str, float], *, base: float = 0.2, seed: int = 1) -> list[UnitOutcome]:
    """Zones with their own share of buyers among the offered, and one share among held out."""
    return [
        one
        for zone, rate in rates.items()
        for treated, share, of in ((True, rate, 600), (False, base, 200))
        for one in units(zone, treated=treated, rate=share, of=of, seed=seed)
    ]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_p_values_are_adjusted_as_scipy_does(p_values: list[float]) -> None:
    assert adjust(p_values) == pytest.approx(list(false_discovery_control(p_values, method="bh")))


def test_a_slice_with_an_effect_stands_out_among_many_without() -> None:
    rates = {f"zone-{number}": 0.2 for number in range(8)} | {"bakery": 0.4}

    found = slices_of(a_shop(rates), Question(2_500, ended=True), cuts=[Cut.ZONE])

    assert [one.name for one in found if one.stands_out] == ["bakery"]


def test_of_shops_without_any_effect_few_have_a_slice_that_stands_out() -> None:
    """60 shops of 10 zones; unadjusted, four in ten would show something."""
    rates = {f"zone-{number}": 0.2 for number in range(10)}

    shops = [
        slices_of(a_shop(rates, seed=seed), Question(2_500, ended=True), cuts=[Cut.ZONE])
        for seed in range(60)
    ]

    assert sum(any(one.stands_out for one in shop) for shop in shops) <= 7
    plain = sum(any(_plain_p(one.effect) < 0.05 for one in shop) for shop in shops)
    assert plain >= 15


def test_a_slice_of_a_few_is_named_but_not_shown() -> None:
    few = list(units("cellar", treated=True, rate=0.5, of=4, seed=1))

    found = slices_of([*a_shop({"a": 0.2, "b": 0.2}), *few], Question(2_500), cuts=[Cut.ZONE])

    cellar = next(one for one in found if one.name == "cellar")
    assert (cellar.offered.text, cellar.effect, cellar.p) == ("<10", None, None)
    assert [one.offered.text for one in found].count("hidden") == 1


def test_other_metrics_can_be_cut_too() -> None:
    (found,) = slices_of(
        a_shop({"a": 0.6}), Question(2_500, ended=True), cuts=[Cut.ZONE], metric=Metric.MARGIN
    )

    assert found.effect is not None
    assert found.effect.offered_mean > 50


def _plain_p(effect: object) -> float:
    p = getattr(effect, "p", None)
    return 1.0 if p is None else float(p)
