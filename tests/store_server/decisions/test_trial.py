"""An arm changes what its experiment varies, for its own households, and nothing else."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.decisions.decide import refusals_of
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.experiment import arm_at
from store_server.decisions.facts import ShopperFacts
from store_server.decisions.reason import Reason
from store_server.ids import OrgId
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.channel import ReadingChannel
from store_server.offers.creative import Creative
from store_server.offers.experiment import Experiment, Factor, Level, Vary
from store_server.offers.trigger import Trigger, TriggerKind
from tests.store_server.decisions.builders import a_policy, a_request, decided
from tests.store_server.offers.builders import (
    BOLD,
    NOON,
    a_campaign,
    a_trigger,
    an_experiment,
    an_offer,
)

WORDS = an_offer("rye")
RYE = replace(WORDS, creatives={**WORDS.creatives, "en~bold": Creative("Rye!", "{value}")})
OAT = an_offer("oat", margin_minor=140)
WHICH = Vary(Factor.OFFER, (Level("rye", "rye"), Level("oat", "oat")))
WHERE = Vary(Factor.CHANNEL, (Level("push"), Level("inbox", "app")))
WAIT = Vary(Factor.TIMING, (Level("soon"), Level("later", "60")))


def a_catalogue(*experiments: Experiment) -> Catalogue:
    return catalogue_of(
        [RYE, OAT, an_offer("bun", margin_minor=130)],
        [a_campaign(offers=["rye", "oat", "bun"])],
        experiments,
    )


def of_households(
    *varies: Vary, trigger: Trigger | None = None, households: int = 40, holdout_bp: int = 0
) -> dict[str, list[Decision]]:
    """Decisions of many households, by their arm."""
    catalogue = a_catalogue(an_experiment("title", *varies))
    found: dict[str, list[Decision]] = {}
    for number in range(households):
        request = a_request(trigger, household=f"h{number}")
        decision = decided(request, a_policy(holdout_bp=holdout_bp), catalogue=catalogue)
        found.setdefault(dict(decision.variants).get("title", ""), []).append(decision)
    return found


def test_each_arm_gets_its_own_offer_and_the_others_are_refused() -> None:
    found = of_households(WHICH)

    assert {arm: {one.offer for one in made} for arm, made in found.items()} == {
        "rye": {"rye"},
        "oat": {"oat"},
    }
    refused = {(one.offer, one.reason) for one in found["oat"][0].candidates}
    assert ("rye", Reason.OTHER_ARM) in refused
    assert ("bun", Reason.LOWER_VALUE) in refused


def test_words_and_channel_follow_the_arm_and_choose_nothing() -> None:
    found = of_households(BOLD, WHERE)

    assert {
        arm: {(one.offer, one.creative, one.channel.value) for one in made}
        for arm, made in found.items()
    } == {
        "plain.push": {("rye", None, "push")},
        "plain.inbox": {("rye", None, "app")},
        "bold.push": {("rye", "bold", "push")},
        "bold.inbox": {("rye", "bold", "app")},
    }


@pytest.mark.parametrize(("dwell_s", "answered"), [(20, "soon"), (60, "later")])
def test_an_arm_waits_as_long_as_it_says(dwell_s: int, answered: str) -> None:
    found = of_households(WAIT, trigger=a_trigger(dwell_s=dwell_s))

    outcomes = {arm: {one.outcome for one in made} for arm, made in found.items()}
    other = {"soon": "later", "later": "soon"}[answered]
    assert outcomes == {answered: {Outcome.OFFERED}, other: {Outcome.NOTHING}}
    assert found[other][0].reasons == (Reason.OTHER_ARM,)


def test_a_pull_is_answered_in_every_arm_of_the_timing() -> None:
    pull = a_trigger(kind=TriggerKind.PULL, dwell_s=None)

    found = of_households(WAIT, trigger=pull)

    assert {one.outcome for made in found.values() for one in made} == {Outcome.OFFERED}


def test_the_arms_are_drawn_in_the_holdout_too() -> None:
    found = of_households(WHICH, holdout_bp=10_000)

    assert {arm: {one.offer for one in made} for arm, made in found.items()} == {
        "rye": {"rye"},
        "oat": {"oat"},
    }
    assert {one.outcome for made in found.values() for one in made} == {Outcome.HELD_OUT}


def test_what_stops_every_arm_is_no_part_of_the_experiment() -> None:
    gone = replace(a_catalogue().campaigns["bakery"], starts_at=NOON + timedelta(days=1))  # type: ignore[index] # a plain name
    catalogue = catalogue_of([RYE, OAT, an_offer("bun")], [gone], [an_experiment("title", WHICH)])

    assert decided(catalogue=catalogue).variants == ()
    assert decided(a_request(offers_allowed=False), catalogue=a_catalogue()).variants == ()


def test_an_offer_lost_to_its_arm_is_still_part_of_it() -> None:
    catalogue = catalogue_of(
        [RYE, an_offer("oat", effect=0.001)],
        [a_campaign(offers=["rye", "oat"])],
        [an_experiment("title", WHICH)],
    )
    made = [decided(a_request(household=f"h{n}"), catalogue=catalogue) for n in range(40)]

    counted = Counter((dict(one.variants)["title"], one.outcome.value) for one in made)
    assert counted.keys() == {("rye", "offered"), ("oat", "nothing")}


def test_whoever_refuses_a_channel_of_an_arm_takes_no_part() -> None:
    refusing = ShopperFacts(excluded=frozenset({"channel:app"}))
    catalogue = a_catalogue(an_experiment("title", WHERE))

    made = decided(replace(a_request(), shopper=refusing), catalogue=catalogue)

    assert (made.variants, made.channel) == ((), ReadingChannel.PUSH)


def test_who_is_held_back_from_the_campaign_is_in_play_only_as_a_ghost() -> None:
    held = replace(a_catalogue().campaigns["bakery"], holdout_bp=5_000)  # type: ignore[index] # a plain name
    offers = [RYE, an_offer("oat", effect=0.001), an_offer("bun", effect=0.001)]
    catalogue = catalogue_of(offers, [held], [an_experiment("title", WHICH)])

    made = [decided(a_request(household=f"h{n}"), catalogue=catalogue) for n in range(80)]

    seen = {(one.outcome.value, bool(one.variants)) for one in made}
    assert seen == {("offered", True), ("held_out", True), ("nothing", True), ("nothing", False)}


def test_an_arm_that_was_given_before_stays() -> None:
    experiment = an_experiment("title", WHICH, weights=[((1, 1),), ((1, 0),)])
    drawn = arm_at("h:h2", experiment, org=OrgId("acme"), at=NOON)
    request = replace(a_request(household="h2"), kept_arms={"title": "oat"})

    made = decided(request, catalogue=a_catalogue(experiment))

    assert (drawn, made.variants, made.offer) == ("rye", (("title", "oat"),), "oat")


def test_explain_names_the_other_arm() -> None:
    request = a_request(household="h1")
    catalogue = a_catalogue(an_experiment("title", WHICH))
    made = decided(request, catalogue=catalogue)

    told = refusals_of(request, a_policy(), catalogue=catalogue)

    others = {one.offer for one in told.slots if Reason.OTHER_ARM in one.reasons}
    assert others == {"rye", "oat"} - {made.offer}
