"""The lot, the discovery slot, tiers and the campaign's own holdout, as the log tells them."""

import math
from collections import Counter
from dataclasses import replace

from store_server.decisions.choice import Pick
from store_server.decisions.decision import Arm, Decision, Outcome
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.reason import Reason
from store_server.offers.campaign import Campaign
from store_server.offers.catalogue import Catalogue, catalogue_of
from tests.store_server.decisions.builders import KnownChances, a_policy, a_request, decided
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer

DRAWS = 1_000
TURN = Shown(week_total=3)
BREAD_AND_TEA = catalogue_of(
    [an_offer("rye", margin_minor=180), an_offer("tea", category="TEA")],
    [a_campaign(offers=("rye", "tea"))],
)
BUYS_BREAD = KnownChances(own={("ann", "BREAD"): 0.05})


def drawn(catalogue: Catalogue, explore_bp: int) -> list[Decision]:
    policy = replace(a_policy(), explore_bp=explore_bp)
    return [
        decided(a_request(a_trigger(f"e{n}")), policy, catalogue=catalogue) for n in range(DRAWS)
    ]


def discovering(*, shown: Shown = TURN, profile_allowed: bool = True) -> Decision:
    asked = a_request(shown=shown, profile_allowed=profile_allowed)
    policy = replace(a_policy(), discovery_every=4)
    return decided(asked, policy, catalogue=BREAD_AND_TEA, chances=BUYS_BREAD)


def in_tiers(*, margin_minor: int = 120) -> Catalogue:
    first, second = a_campaign("first", offers=("oat",)), a_campaign("second")
    offers = [an_offer("oat", margin_minor=margin_minor), an_offer("rye", margin_minor=180)]
    return catalogue_of(offers, [replace(first, priority=5), second])


def held_back(holdout_bp: int) -> Campaign:
    return replace(a_campaign(), holdout_bp=holdout_bp)


def test_each_offer_is_drawn_as_often_as_its_logged_propensity_says() -> None:
    made = drawn(BREAD_AND_TEA, explore_bp=4_000)

    often = Counter(one.offer for one in made)
    logged = {one.offer: one.propensity for one in made}
    assert len(logged) == len({(one.offer, one.propensity) for one in made}) == 2
    assert math.isclose(sum(logged.values()), 1.0)
    for offer, chance in logged.items():
        assert abs(often[offer] - DRAWS * chance) <= 4 * math.sqrt(DRAWS * chance * (1 - chance))


def test_the_lot_says_what_it_drew_and_refused() -> None:
    made = drawn(BREAD_AND_TEA, explore_bp=4_000)

    assert {(one.offer, one.pick) for one in made} == {
        ("rye", Pick.BEST),
        ("tea", Pick.EXPLORED),
    }
    explored = next(one for one in made if one.pick is Pick.EXPLORED)
    assert [one.reason for one in explored.candidates] == [Reason.EXPLORED_OTHER, None]


def test_without_exploration_the_best_is_certain() -> None:
    made = drawn(BREAD_AND_TEA, explore_bp=0)

    assert {(one.offer, one.propensity) for one in made} == {("rye", 1.0)}


def test_at_its_turn_something_new_is_shown() -> None:
    decision = discovering()

    assert (decision.offer, decision.pick, decision.propensity) == ("tea", Pick.DISCOVERY, 1.0)
    assert [one.reason for one in decision.candidates] == [Reason.DISCOVERY_TURN, None]


def test_discovery_waits_for_its_turn_and_for_consent() -> None:
    assert discovering(shown=Shown(week_total=2)).offer == "rye"
    assert discovering(profile_allowed=False).pick is Pick.BEST


def test_the_higher_tier_goes_first_whatever_the_values_and_the_lot() -> None:
    made = drawn(in_tiers(), explore_bp=10_000)

    assert {one.offer for one in made} == {"oat"}
    assert [one.reason for one in made[0].candidates] == [None, Reason.LOWER_PRIORITY]


def test_a_tier_with_nothing_worth_it_leaves_the_place_to_the_next() -> None:
    decision = decided(catalogue=in_tiers(margin_minor=50))

    assert decision.offer == "rye"
    assert decision.candidates[0].reason is Reason.VALUE_NOT_POSITIVE


def test_a_campaign_held_back_leaves_a_ghost_in_the_arm_of_offers() -> None:
    catalogue = catalogue_of([an_offer()], [held_back(5_000)])
    made = [decided(a_request(household=f"h{n}"), catalogue=catalogue) for n in range(20)]

    decision = next(one for one in made if one.outcome is Outcome.HELD_OUT)
    assert (decision.outcome, decision.arm) == (Outcome.HELD_OUT, Arm.OFFER)
    assert decision.reasons == (Reason.CAMPAIGN_HELD_OUT,)
    assert (decision.campaign, decision.offer) == ("bakery", "rye")
    assert decision.counts_in_caps


def test_the_campaign_is_held_back_from_its_share_of_households() -> None:
    catalogue = catalogue_of([an_offer()], [held_back(2_000)])

    held = sum(
        decided(a_request(household=f"h{n}"), catalogue=catalogue).outcome is Outcome.HELD_OUT
        for n in range(DRAWS)
    )

    assert abs(held - DRAWS * 0.2) <= 4 * math.sqrt(DRAWS * 0.2 * 0.8)
