"""One decision per trigger: the best incremental value, a fallback, a ghost, or nothing."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.decisions.decision import Arm, Outcome
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.reason import Reason
from store_server.ids import CampaignId
from store_server.offers.catalogue import catalogue_of
from tests.store_server.decisions.builders import KnownChances, a_policy, a_request, decided
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer


def test_the_offer_that_adds_most_is_chosen() -> None:
    offers = [an_offer("rye", margin_minor=120), an_offer("oat", margin_minor=180)]
    catalogue = catalogue_of(offers, [a_campaign(offers=("rye", "oat"))])

    decision = decided(catalogue=catalogue)

    assert (decision.outcome, decision.offer, decision.reasons) == (Outcome.OFFERED, "oat", ())
    assert [(one.offer, one.reason) for one in decision.candidates] == [
        ("rye", Reason.LOWER_VALUE),
        ("oat", None),
    ]


def test_what_is_bought_anyway_is_not_discounted() -> None:
    offers = [an_offer("rye", category="BREAD"), an_offer("tea", category="TEA")]
    catalogue = catalogue_of(offers, [a_campaign(offers=("rye", "tea"))])
    chances = KnownChances(own={("ann", "BREAD"): 0.9, ("ann", "TEA"): 0.02})

    decision = decided(catalogue=catalogue, chances=chances)

    assert decision.offer == "tea"
    assert decision.candidates[0].reason is Reason.VALUE_NOT_POSITIVE


def test_without_consent_to_a_profile_the_population_stands_in() -> None:
    chances = KnownChances(population=0.05, own={("ann", "BREAD"): 0.9})

    asked = a_request(profile_allowed=False)

    assert decided(asked, chances=chances).candidates[0].chance_without == 0.05


def test_a_tie_goes_to_the_lesser_campaign_then_offer() -> None:
    offers = [an_offer("rye"), an_offer("oat")]
    campaigns = [a_campaign("b", offers=("rye",)), a_campaign("a", offers=("rye", "oat"))]

    decision = decided(catalogue=catalogue_of(offers, campaigns))

    assert (decision.campaign, decision.offer) == ("a", "oat")


def test_the_fallback_is_made_when_nothing_is_worth_it() -> None:
    offers = [an_offer(), an_offer("hello", face_value_minor=0)]
    catalogue = catalogue_of(offers, [a_campaign(fallback_offer="hello")])

    decision = decided(catalogue=catalogue, chances=KnownChances(population=0.999))

    assert (decision.outcome, decision.offer, decision.is_fallback) == (
        Outcome.OFFERED,
        "hello",
        True,
    )


def test_the_fallback_obeys_the_caps() -> None:
    offers = [an_offer(), an_offer("hello", face_value_minor=0)]
    catalogue = catalogue_of(offers, [a_campaign(fallback_offer="hello")])
    asked = a_request(shown=Shown(in_visit={CampaignId("bakery"): 1}))

    decision = decided(asked, catalogue=catalogue, chances=KnownChances(population=0.999))

    assert decision.reasons == (Reason.CAP_VISIT,)


def test_fatigue_takes_off_for_each_offer_of_today() -> None:
    policy = a_policy(fatigue_minor=2)

    fresh = decided(a_request(), policy).value_minor
    tired = decided(a_request(shown=Shown(today_total=3)), policy).value_minor

    assert fresh is not None
    assert tired == pytest.approx(fresh - 6)


def test_the_holdout_keeps_the_ghost_of_the_same_choice() -> None:
    shown = decided(policy=a_policy(holdout_bp=0))

    held = decided(policy=a_policy(holdout_bp=10_000))

    assert (held.outcome, held.arm, held.reasons) == (
        Outcome.HELD_OUT,
        Arm.HOLDOUT,
        (Reason.HELD_OUT,),
    )
    assert (held.campaign, held.offer, held.candidates) == (
        shown.campaign,
        shown.offer,
        shown.candidates,
    )


def test_the_arm_stands_in_decisions_for_nothing_too() -> None:
    decision = decided(a_request(offers_allowed=False), a_policy(holdout_bp=10_000))

    assert (decision.outcome, decision.arm) == (Outcome.NOTHING, Arm.HOLDOUT)


@given(st.text(min_size=1, max_size=8), st.integers(0, 10_000), st.floats(0.001, 0.999))
def test_the_same_values_give_the_same_decision(event: str, bp: int, chance: float) -> None:
    request, policy = a_request(a_trigger(event)), a_policy(holdout_bp=bp)
    chances = KnownChances(population=chance)

    once, again = (decided(request, policy, chances=chances) for _ in range(2))

    assert once == again
    assert replace(once, latency_us=7) == again
    assert 0 <= once.seed < 2**53


def test_a_decision_cannot_be_changed() -> None:
    decision = decided()

    with pytest.raises(FrozenInstanceError):
        decision.outcome = Outcome.NOTHING  # type: ignore[misc] # on purpose
