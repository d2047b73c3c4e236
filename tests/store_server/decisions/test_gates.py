"""Each gate refuses with its own reason, and the first one in the order is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.reason import Reason
from store_server.ids import CampaignId
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import CampaignState
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.opening import hours_of
from store_server.offers.trigger import TriggerKind, TriggerRule
from tests.store_server.decisions.builders import KnownChances, a_policy, a_request, decided
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

BAKERY = CampaignId("bakery")
DAY = timedelta(days=1)


def of(campaign: object = None, offer: object = None) -> Catalogue:
    return catalogue_of([offer or an_offer()], [campaign or a_campaign()])  # type: ignore[list-item] # builders' values


CASES: dict[Reason, Callable[[], Decision]] = {
    Reason.KILL_SWITCH: lambda: decided(replace(a_request(), silenced=True)),
    Reason.NO_CONSENT_OFFERS: lambda: decided(a_request(offers_allowed=False)),
    Reason.SHOPPER_CAP_VISIT: lambda: decided(
        a_request(shown=Shown(in_visit_total=2)), a_policy(cap_per_visit=2)
    ),
    Reason.SHOPPER_CAP_DAY: lambda: decided(
        a_request(shown=Shown(today_total=3)), a_policy(cap_per_day=3)
    ),
    Reason.NOTHING_LISTENS: lambda: decided(a_request(a_trigger(zone="dairy"))),
    Reason.CAMPAIGN_NOT_LIVE: lambda: decided(catalogue=of(a_campaign(state=CampaignState.PAUSED))),
    Reason.OUTSIDE_WINDOW: lambda: decided(catalogue=of(a_campaign(ends_at=NOON))),
    Reason.OUTSIDE_HOURS: lambda: decided(
        catalogue=of(replace(a_campaign(), hours=hours_of("13:00", "14:00")))
    ),
    Reason.TRIGGER_MISMATCH: lambda: decided(a_request(a_trigger(dwell_s=60))),
    Reason.CAP_VISIT: lambda: decided(a_request(shown=Shown(in_visit={BAKERY: 1}))),
    Reason.CAP_DAY: lambda: decided(a_request(shown=Shown(today={BAKERY: 1}))),
    Reason.OFFER_NOT_VALID: lambda: decided(catalogue=of(offer=an_offer(valid_from=NOON + DAY))),
    Reason.BUDGET_EXHAUSTED: lambda: decided(
        a_request(budgets={BAKERY: BudgetUse(issues=5)}),
        catalogue=of(a_campaign(budget_issues=5)),
    ),
    Reason.NO_CREATIVE: lambda: decided(a_request(language="de")),
    Reason.VALUE_NOT_POSITIVE: lambda: decided(chances=KnownChances(population=0.9)),
}


@pytest.mark.parametrize("reason", CASES)
def test_the_gate_refuses_with_its_reason(reason: Reason) -> None:
    decision = CASES[reason]()

    assert (decision.outcome, decision.reasons) == (Outcome.NOTHING, (reason,))
    assert decision.offer is None


def test_every_reason_for_nothing_has_a_case() -> None:
    assert set(Reason) - set(CASES) == {Reason.LOWER_VALUE, Reason.HELD_OUT}


def test_without_consent_no_campaign_is_looked_at() -> None:
    decision = decided(a_request(offers_allowed=False, shown=Shown(today_total=99)))

    assert decision.reasons == (Reason.NO_CONSENT_OFFERS,)
    assert decision.candidates == ()


def test_reasons_of_several_campaigns_stand_in_gate_order() -> None:
    other = TriggerRule(TriggerKind.ZONE_DWELL, None, 99)
    catalogue = catalogue_of(
        [an_offer()],
        [a_campaign("a", trigger=other), a_campaign("b", state=CampaignState.PAUSED)],
    )

    decision = decided(catalogue=catalogue)

    assert decision.reasons == (Reason.CAMPAIGN_NOT_LIVE, Reason.TRIGGER_MISMATCH)
    assert [(one.campaign, one.offer) for one in decision.candidates] == [("a", None), ("b", None)]


def test_a_campaign_refused_by_two_gates_tells_the_first() -> None:
    campaign = a_campaign(state=CampaignState.PAUSED, ends_at=NOON)

    assert decided(catalogue=of(campaign)).reasons == (Reason.CAMPAIGN_NOT_LIVE,)
