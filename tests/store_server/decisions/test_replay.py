"""A decision is made again from what was kept of it, bit for bit; a change of rules is seen."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.decisions.asked import HeardEffects, HeardTaste, read_asked, write_asked
from store_server.decisions.decide import decide
from store_server.decisions.decision import Decision
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.ground import GroundBook, catalogue_ground, policy_ground
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.replay import Replay, replay
from store_server.decisions.request import DecisionRequest
from store_server.ids import CampaignId, ShopperId
from store_server.offers.budget import BudgetUse
from store_server.offers.catalogue import catalogue_of
from tests.store_server.decisions.builders import (
    CATALOGUE,
    HERE,
    KnownChances,
    a_policy,
    a_request,
    known_effects,
)
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer


def kept(
    request: DecisionRequest, policy: DecisionPolicy, *, chance: float = 0.05
) -> tuple[Decision, str, dict[str, str]]:
    taste, effects = HeardTaste(KnownChances(population=chance)), HeardEffects(known_effects())
    decision = decide(request, policy, catalogue=CATALOGUE, purchases=taste, effects=effects)
    grounds = [
        policy_ground(policy),
        catalogue_ground(CATALOGUE, request.trigger.kind, request.trigger.zone),
    ]
    asked = write_asked(
        request, taste, effects, policy=grounds[0].digest, catalogue=grounds[1].digest
    )
    documents = {digest: text for one in grounds for digest, text in one.documents.items()}
    return decision, asked, documents


def again(request: DecisionRequest, policy: DecisionPolicy, *, chance: float = 0.05) -> Replay:
    decision, asked, documents = kept(request, policy, chance=chance)
    return replay(decision, asked, documents, scope=HERE)


@given(
    shopper=st.text("abc", min_size=1, max_size=5),
    holdout_bp=st.sampled_from([0, 5000, 10_000]),
    chance=st.floats(0, 1),
    today=st.integers(0, 12),
    issues=st.integers(0, 3),
    allowed=st.booleans(),
)
def test_whatever_was_asked_is_decided_alike_again(
    *, shopper: str, holdout_bp: int, chance: float, today: int, issues: int, allowed: bool
) -> None:
    request = a_request(
        a_trigger(shopper=shopper),
        local=ZoneInfo("Europe/Madrid"),
        offers_allowed=allowed,
        shown=Shown({CampaignId("bakery"): 1}, {}, 1, today),
        budgets={CampaignId("bakery"): BudgetUse(issues, 50 * issues, 0)},
    )

    found = again(request, a_policy(holdout_bp=holdout_bp, fatigue_minor=3), chance=chance)

    assert found.is_same
    assert found.again == found.stored


@pytest.mark.parametrize(
    ("change", "differs"),
    [
        ({"propensity": 0.5}, ("propensity",)),
        ({"language": "es"}, ("outcome", "campaign", "offer")),
        ({"seed": 1}, ("seed",)),
    ],
)
def test_what_was_changed_in_the_row_is_seen(
    change: dict[str, object], differs: tuple[str, ...]
) -> None:
    decision, asked, documents = kept(a_request(), a_policy())

    found = replay(replace(decision, **change), asked, documents, scope=HERE)  # type: ignore[arg-type]  # any field

    assert found.differs[: len(differs)] == differs
    assert not found.is_same


def test_how_long_it_took_is_no_difference() -> None:
    decision, asked, documents = kept(a_request(), a_policy())

    assert replay(replace(decision, latency_us=9), asked, documents, scope=HERE).is_same


def test_a_decision_from_before_offers_had_versions_is_the_same_all_the_same() -> None:
    decision, asked, documents = kept(a_request(), a_policy())
    assert decision.offer_version == 1

    old = replace(decision, offer_version=None)

    assert replay(old, asked, documents, scope=HERE).is_same


def test_the_request_names_nobody() -> None:
    request = a_request(a_trigger("secret-request", shopper="ann-shopper"), household="anns-home")

    _, asked, documents = kept(request, a_policy())

    assert not any(
        name in asked + "".join(documents.values()) for name in ("ann-", "anns", "secret")
    )


def test_an_edit_of_one_campaign_writes_it_and_the_list_only() -> None:
    trigger = a_trigger()
    offers = [an_offer()]
    before = catalogue_of(offers, [a_campaign("bakery"), a_campaign("other")])
    after = before.with_campaign(a_campaign("other", budget_issues=5))

    known = catalogue_ground(before, trigger.kind, trigger.zone).documents
    new = catalogue_ground(after, trigger.kind, trigger.zone).documents

    assert len(set(new) - set(known)) == 2


def test_the_ground_is_worked_out_once_for_each_catalogue() -> None:
    book, trigger = GroundBook(), a_trigger()
    changed = CATALOGUE.with_offer(an_offer(margin_minor=99))

    first = book.of(CATALOGUE, trigger.kind, trigger.zone)

    assert book.of(CATALOGUE, trigger.kind, trigger.zone) is first
    assert book.of(changed, trigger.kind, trigger.zone).digest != first.digest


def test_a_request_of_another_version_is_not_guessed_at() -> None:
    decision, asked, _ = kept(a_request(), a_policy())

    with pytest.raises(ValueError, match="version 9"):
        read_asked(asked.replace('"v":2', '"v":9'), decision, HERE)


def test_a_category_that_nobody_asked_for_then_is_not_made_up() -> None:
    decision, asked, _ = kept(a_request(), a_policy())
    found = read_asked(asked, decision, HERE)

    with pytest.raises(KeyError):
        found.taste.taste(ShopperId("ann"), ["MILK"], decision.at)
