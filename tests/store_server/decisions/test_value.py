"""The value is what the offer adds; what is bought anyway adds nothing and costs the discount."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.decisions.facts import ShopperFacts
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.policy import DecisionPolicy, Objectives
from store_server.decisions.request import DecisionRequest
from store_server.decisions.shelf import Shelf
from store_server.decisions.value import Weighed, weigh
from store_server.offers.catalogue import catalogue_of
from store_server.offers.offer import Offer
from store_server.offers.terms import DiscountBounds, OfferTerms
from store_server.shoppers.profile import LifeStage
from tests.store_server.decisions.builders import (
    KnownChances,
    a_policy,
    a_request,
    known_effects,
)
from tests.store_server.offers.builders import a_campaign, an_offer

chances = st.floats(0.0, 1.0)
money = st.integers(0, 300)


def weighed(
    offer: Offer,
    *,
    chance: float,
    effect: float,
    request: DecisionRequest | None = None,
    policy: DecisionPolicy | None = None,
) -> Weighed:
    return weigh(
        Shelf([a_campaign()], catalogue_of([offer], [])),
        request or a_request(),
        policy or a_policy(),
        purchases=KnownChances(population=chance),
        effects=known_effects(rye=effect),
    )


def value(offer: Offer, **known: object) -> float:
    return float(weighed(offer, **known).value[0])  # type: ignore[arg-type] # passed on


def test_the_value_is_the_formula_by_hand() -> None:
    found = weighed(an_offer(margin_minor=150, face_value_minor=50), chance=0.1, effect=0.2)

    assert float(found.chance_with[0]) == pytest.approx(0.28, abs=1e-5)
    assert float(found.value[0]) == pytest.approx(0.28 * 100 - 0.1 * 150, abs=1e-3)


@given(chances, st.floats(-0.9, 0.9), money, money)
def test_it_is_never_more_than_the_margin_of_those_won_over(
    chance: float, effect: float, margin: int, face: int
) -> None:
    offer = an_offer(margin_minor=margin, face_value_minor=face)

    assert value(offer, chance=chance, effect=effect) <= max(0.0, (1 - chance) * margin) + 1e-5


@given(chances, st.integers(1, 299))
def test_an_offer_without_an_effect_costs_its_discounts(chance: float, face: int) -> None:
    offer = an_offer(margin_minor=150, face_value_minor=face)

    assert value(offer, chance=chance, effect=0.0) == pytest.approx(-chance * face, abs=1e-2)


@pytest.mark.parametrize(
    ("objectives", "expected"),
    [
        (Objectives(), 13.0),
        (Objectives(growth_bp=10_000), 13.0 + 0.18 * 250),
        (Objectives(retention_bp=10_000), 13.0 + 0.5 * 0.18 * 150),
        (Objectives(loyalty_bp=10_000), 13.0 + 0.28 * 50),
        (Objectives(efficiency_bp=5_000), 6.5),
    ],
)
def test_each_objective_adds_what_it_is_about(objectives: Objectives, expected: float) -> None:
    facts = ShopperFacts(stage=LifeStage.LOYAL, churn_risk=0.5)
    offer = an_offer(margin_minor=150, face_value_minor=50)

    found = value(
        offer,
        chance=0.1,
        effect=0.2,
        request=replace(a_request(), shopper=facts),
        policy=replace(a_policy(), objectives=objectives),
    )

    assert found == pytest.approx(expected, abs=1e-2)


def test_fatigue_counts_the_offers_of_today() -> None:
    tired = a_request(shown=Shown(today_total=3))
    known = {"chance": 0.1, "effect": 0.2, "policy": a_policy(fatigue_minor=2)}

    assert value(an_offer(), **known) - value(an_offer(), **known, request=tired) == 6.0


@pytest.mark.parametrize(("chance", "effect"), list(product((0.02, 0.1, 0.3), (0.1, 0.3))))
def test_a_personal_discount_is_the_best_of_those_allowed(chance: float, effect: float) -> None:
    bounds = DiscountBounds(least_minor=10, most_minor=90, step_minor=5)
    offer = replace(an_offer(), terms=OfferTerms(margin_floor_minor=70, discount=bounds))

    found = weighed(offer, chance=chance, effect=effect)
    tried = {
        face: value(
            replace(an_offer(face_value_minor=face)), chance=chance, effect=effect * face / 50
        )
        for face in range(10, 81, 5)
    }

    assert float(found.face[0]) in tried
    step = abs(effect) * 5
    assert float(found.value[0]) >= max(tried.values()) - step


def test_who_buys_anyway_gets_less_off() -> None:
    bounds = DiscountBounds(least_minor=10, most_minor=90)
    offer = replace(an_offer(), terms=OfferTerms(discount=bounds))

    rare, often = (float(weighed(offer, chance=p, effect=0.3).face[0]) for p in (0.05, 0.4))

    assert 10 <= often < rare <= 90
