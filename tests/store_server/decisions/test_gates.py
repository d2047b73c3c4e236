"""Each gate refuses with its own reason, and the first one in the order is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store_server.decisions.decide import refusals_of
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.facts import PlaceFacts, ShopperFacts
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.gates import SHOPPER_GATES
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.reason import Reason
from store_server.decisions.request import DecisionRequest
from store_server.decisions.slot_gates import SLOT_GATES
from store_server.ids import CampaignId, OfferId
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.channel import ReadingChannel
from store_server.offers.limits import CampaignLimits, Reentry
from store_server.offers.opening import hours_of
from store_server.offers.step import Awaited, AwaitedKind, Branch, Does, Step
from store_server.offers.terms import OfferTerms
from store_server.offers.trigger import TriggerKind, TriggerRule, Way
from tests.store_server.decisions.builders import KnownChances, a_policy, a_request, decided
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

BAKERY, RYE = CampaignId("bakery"), OfferId("rye")
DAY = timedelta(days=1)


def of(campaign: object = None, offer: object = None) -> Catalogue:
    return catalogue_of([offer or an_offer()], [campaign or a_campaign()])  # type: ignore[list-item] # builders' values


def asked(
    *, shopper: ShopperFacts | None = None, place: PlaceFacts | None = None
) -> DecisionRequest:
    return replace(a_request(), shopper=shopper or ShopperFacts(), place=place or PlaceFacts())


def limited(**limits: Any) -> Catalogue:
    return of(replace(a_campaign(cap_per_visit=9, cap_per_day=9), limits=CampaignLimits(**limits)))


def under(**terms: Any) -> Catalogue:
    return of(offer=replace(an_offer(), terms=OfferTerms(**terms)))


def ruled(**rules: Any) -> DecisionPolicy:
    return replace(a_policy(), **rules)


def a_journey() -> Campaign:
    """Nothing when they come to the dairy; else an offer that is not rye."""
    other = Branch(Does.OFFER, (OfferId("other"),))
    return replace(a_campaign(), step=Step(Awaited(AwaitedKind.ZONE_ENTER), 60, on_timeout=other))


def on_way(way: Way) -> DecisionRequest:
    kind = TriggerKind.STEP
    return a_request(replace(a_trigger(), kind=kind, campaign=BAKERY, way=way))


CASES: dict[Reason, Callable[[], Decision]] = {
    Reason.KILL_SWITCH: lambda: decided(replace(a_request(), silenced=True)),
    Reason.SHOPPER_UNKNOWN: lambda: decided(asked(shopper=ShopperFacts(is_known=False))),
    Reason.OPEN_COMPLAINT: lambda: decided(asked(shopper=ShopperFacts(open_complaints=1))),
    Reason.NO_CONSENT_OFFERS: lambda: decided(a_request(offers_allowed=False)),
    Reason.NO_CONSENT_CHANNEL: lambda: decided(asked(shopper=ShopperFacts(channel_allowed=False))),
    Reason.STAFF_DEVICE: lambda: decided(asked(shopper=ShopperFacts(is_staff=True))),
    Reason.STORE_CLOSED: lambda: decided(asked(place=PlaceFacts(is_open=False))),
    Reason.ZONE_FORBIDS: lambda: decided(
        asked(place=PlaceFacts(zone_kind="checkout")), ruled(silent_zone_kinds=("checkout",))
    ),
    Reason.QUIET_HOURS: lambda: decided(policy=ruled(quiet_hours=("11:00", "13:00"))),
    Reason.SHOPPER_CAP_VISIT: lambda: decided(
        a_request(shown=Shown(in_visit_total=2)), a_policy(cap_per_visit=2)
    ),
    Reason.SHOPPER_CAP_DAY: lambda: decided(
        a_request(shown=Shown(today_total=3)), a_policy(cap_per_day=3)
    ),
    Reason.SHOPPER_CAP_WEEK: lambda: decided(
        a_request(shown=Shown(week_total=5)), ruled(cap_per_week=5)
    ),
    Reason.CHANNEL_CAP: lambda: decided(
        a_request(shown=Shown(channel_today=1)), ruled(channel_caps={"push": 1})
    ),
    Reason.NOTHING_LISTENS: lambda: decided(a_request(a_trigger(zone="dairy"))),
    Reason.EXCLUDED: lambda: decided(asked(shopper=ShopperFacts(excluded=frozenset({"BREAD"})))),
    Reason.CAMPAIGN_NOT_LIVE: lambda: decided(catalogue=of(a_campaign(state=CampaignState.PAUSED))),
    Reason.OUTSIDE_WINDOW: lambda: decided(catalogue=of(a_campaign(ends_at=NOON))),
    Reason.OUTSIDE_HOURS: lambda: decided(
        catalogue=of(replace(a_campaign(), hours=hours_of("13:00", "14:00")))
    ),
    Reason.TRIGGER_MISMATCH: lambda: decided(a_request(a_trigger(dwell_s=60))),
    Reason.STEP_ENDS: lambda: decided(on_way(Way.EVENT), catalogue=of(a_journey())),
    Reason.OTHER_WAY: lambda: decided(on_way(Way.TIMEOUT), catalogue=of(a_journey())),
    Reason.OUTSIDE_SEGMENT: lambda: decided(catalogue=of(replace(a_campaign(), segment="loyal"))),
    Reason.CHANNEL_NOT_ALLOWED: lambda: decided(replace(a_request(), channel=ReadingChannel.KIOSK)),
    Reason.AGE_RESTRICTED: lambda: decided(
        asked(shopper=ShopperFacts(age=17)), catalogue=under(minimum_age=18)
    ),
    Reason.CAP_DAY: lambda: decided(a_request(shown=Shown(today={BAKERY: 1}))),
    Reason.CAP_WEEK: lambda: decided(
        a_request(shown=Shown(week={BAKERY: 2})), catalogue=limited(cap_per_week=2)
    ),
    Reason.CAP_VISIT: lambda: decided(a_request(shown=Shown(in_visit={BAKERY: 1}))),
    Reason.CAP_OFFER: lambda: decided(
        a_request(shown=Shown(offers_week={RYE: 2})), catalogue=under(cap_per_week=2)
    ),
    Reason.EXCLUSION_GROUP: lambda: decided(
        asked(shopper=ShopperFacts(groups=frozenset({"breakfast"}))),
        catalogue=of(replace(a_campaign(), exclusion_group="breakfast")),
    ),
    Reason.DISMISSED: lambda: decided(
        asked(shopper=ShopperFacts(dismissed_s={BAKERY: 3_599})),
        catalogue=limited(cooldown_s=3_600),
    ),
    Reason.REENTRY: lambda: decided(
        a_request(shown=Shown(last_days={BAKERY: 300})), catalogue=limited(reentry=Reentry.NEVER)
    ),
    Reason.ALREADY_BOUGHT: lambda: decided(
        asked(shopper=ShopperFacts(bought=frozenset({"BREAD"})))
    ),
    Reason.OFFER_NOT_VALID: lambda: decided(catalogue=of(offer=an_offer(valid_from=NOON + DAY))),
    Reason.OUT_OF_STOCK: lambda: decided(asked(place=PlaceFacts(out_of_stock=frozenset({"p1"})))),
    Reason.MARGIN_FLOOR: lambda: decided(catalogue=under(margin_floor_minor=101)),
    Reason.BUDGET_EXHAUSTED: lambda: decided(
        a_request(budgets={BAKERY: BudgetUse(issues=5)}),
        catalogue=of(a_campaign(budget_issues=5)),
    ),
    Reason.COUPON_POOL_EMPTY: lambda: decided(
        replace(a_request(), pools={RYE: 7}), catalogue=under(coupon_pool=7)
    ),
    Reason.NO_CREATIVE: lambda: decided(a_request(language="de")),
    Reason.ZONE_UNSURE: lambda: decided(
        asked(place=PlaceFacts(confidence_bp=6_999)), catalogue=limited(min_confidence_bp=7_000)
    ),
    Reason.REPEATED: lambda: decided(
        a_request(shown=Shown(offers_in_visit=frozenset({RYE}))), ruled(repeats_in_visit=False)
    ),
    Reason.CATEGORY_SHARE: lambda: decided(
        asked(shopper=ShopperFacts(recent=("BREAD", "TEA", "BREAD", "BREAD"))),
        ruled(category_share_bp=6_000),
    ),
    Reason.VALUE_NOT_POSITIVE: lambda: decided(chances=KnownChances(population=0.9)),
    Reason.VALUE_BELOW_FLOOR: lambda: decided(policy=ruled(value_floor_minor=100)),
}
# Settled by comparing what is left: a decision never comes to nothing by these.
COMPARED = {
    Reason.LOWER_PRIORITY,
    Reason.DISCOVERY_TURN,
    Reason.LOWER_VALUE,
    Reason.EXPLORED_OTHER,
    Reason.HELD_OUT,
    Reason.CAMPAIGN_HELD_OUT,
    Reason.OTHER_ARM,
}


@pytest.mark.parametrize("reason", CASES)
def test_the_gate_refuses_with_its_reason(reason: Reason) -> None:
    decision = CASES[reason]()

    assert (decision.outcome, decision.reasons) == (Outcome.NOTHING, (reason,))
    assert decision.offer is None


def test_every_reason_for_nothing_has_a_case() -> None:
    assert set(Reason) - set(CASES) == COMPARED


def test_the_gates_are_asked_in_the_order_of_the_codes() -> None:
    asked_in_order = [reason for reason, _ in (*SHOPPER_GATES, *SLOT_GATES)]

    assert asked_in_order == sorted(asked_in_order, key=lambda one: one.rank)


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


@pytest.mark.parametrize(
    ("reentry", "days", "seen", "refused"),
    [
        ({"reentry": Reentry.PER_VISIT}, 0, {BAKERY: 1}, True),
        ({"reentry": Reentry.PER_VISIT}, 0, {}, False),
        ({"reentry": Reentry.PER_DAY}, 0, {}, True),
        ({"reentry": Reentry.PER_DAY}, 1, {}, False),
        ({"reentry": Reentry.AFTER_DAYS, "reentry_days": 14}, 13, {}, True),
        ({"reentry": Reentry.AFTER_DAYS, "reentry_days": 14}, 14, {}, False),
    ],
)
def test_a_campaign_comes_back_when_it_says_so(
    reentry: dict[str, Any], days: int, seen: dict[CampaignId, int], *, refused: bool
) -> None:
    shown = Shown(in_visit=seen, last_days={BAKERY: days})

    decision = decided(a_request(shown=shown), catalogue=limited(**reentry))

    assert (decision.reasons == (Reason.REENTRY,)) is refused


def test_who_asks_is_answered_at_the_till_and_in_quiet_hours() -> None:
    request = replace(
        a_request(a_trigger(kind=TriggerKind.PULL, dwell_s=None)),
        place=PlaceFacts(zone_kind="checkout"),
    )
    policy = ruled(silent_zone_kinds=("checkout",), quiet_hours=("11:00", "13:00"))

    assert decided(request, policy).outcome is Outcome.OFFERED


def test_what_is_there_in_another_size_is_not_out_of_stock() -> None:
    offer = replace(an_offer(), product_ids=("p1", "p2"))
    request = asked(place=PlaceFacts(out_of_stock=frozenset({"p1"})))

    assert decided(request, catalogue=of(offer=offer)).outcome is Outcome.OFFERED


def test_asked_for_all_refusals_every_gate_answers() -> None:
    request = replace(
        a_request(language="de", offers_allowed=False, shown=Shown(today={BAKERY: 1})),
        shopper=ShopperFacts(is_staff=True, excluded=frozenset({"rye"})),
    )

    found = refusals_of(request, a_policy(), catalogue=of(a_campaign(state=CampaignState.PAUSED)))

    assert found.shopper == (Reason.NO_CONSENT_OFFERS, Reason.STAFF_DEVICE)
    assert [(one.campaign, one.offer, one.reasons) for one in found.slots] == [
        (
            BAKERY,
            RYE,
            (Reason.EXCLUDED, Reason.CAMPAIGN_NOT_LIVE, Reason.CAP_DAY, Reason.NO_CREATIVE),
        )
    ]
