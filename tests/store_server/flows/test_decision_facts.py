"""Each fact that a gate goes by is found in the database, for shoppers under all their names."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from store_server.database import Database, UnitOfWork
from store_server.decisions.reason import Reason
from store_server.flows.keep_stock import keep_stock
from store_server.flows.merge_shoppers import merge_shoppers
from store_server.flows.record_dismissed import record_dismissed
from store_server.flows.rooms import Policy, StoreLive
from store_server.flows.save_segment import save_segment
from store_server.flows.take_wishes import open_complaint, set_exclusions
from store_server.ids import ShopperId
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.offers.campaign import Campaign
from store_server.offers.limits import CampaignLimits
from store_server.offers.offer import Offer
from store_server.offers.terms import OfferTerms
from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.profile import Profile
from store_server.shoppers.repository import AttributeRepository, ProfileRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

ANN, BOB = ShopperId("ann"), ShopperId("bob")
OFTEN = a_campaign(cap_per_visit=9, cap_per_day=9)
Setting = Callable[[Shop, UnitOfWork[StoreLive]], object]


def told(**profile: Any) -> Setting:
    return lambda _, uow: ProfileRepository(uow.session, HERE).save(
        [Profile(ANN, **profile)], at=NOON
    )


def run(flow: Callable[..., object], **values: object) -> Setting:
    return lambda shop, uow: flow(uow, shop.rooms, now=shop.now, **values)


def born(day: date) -> Setting:
    def say(_: Shop, uow: UnitOfWork[StoreLive]) -> None:
        attributes = AttributeRepository(uow.session, HERE)
        attributes.declare(Attribute("birth_date", AttributeType.DATE))
        attributes.say({ANN: {"birth_date": day}}, at=NOON)

    return say


def bought(shop: Shop, uow: UnitOfWork[StoreLive]) -> None:
    basket = Purchase("b1", ANN, NOON, (PurchaseLine("p1", "BREAD", 1, 300),))
    PurchaseRepository(uow.session, HERE).add([basket])
    shop.in_visit("ann", "visit-1")
    uow.live = shop.rooms.live


def limited(**changes: Any) -> Campaign:
    return replace(OFTEN, **changes)


def under(**terms: Any) -> Offer:
    return replace(an_offer(), terms=OfferTerms(**terms))


CASES: dict[Reason, tuple[Setting, Offer, Campaign]] = {
    Reason.STAFF_DEVICE: (told(staff=True), an_offer(), OFTEN),
    Reason.OPEN_COMPLAINT: (
        run(open_complaint, shopper=ANN, topic="delivery"),
        an_offer(),
        OFTEN,
    ),
    Reason.EXCLUDED: (run(set_exclusions, shopper=ANN, excluded=["BREAD"]), an_offer(), OFTEN),
    Reason.NO_CONSENT_CHANNEL: (
        run(set_exclusions, shopper=ANN, excluded=["channel:push"]),
        an_offer(),
        OFTEN,
    ),
    Reason.AGE_RESTRICTED: (born(date(2008, 3, 5)), under(minimum_age=18), OFTEN),
    Reason.OUT_OF_STOCK: (run(keep_stock, units={"p1": 0, "p2": 3}), an_offer(), OFTEN),
    Reason.ALREADY_BOUGHT: (bought, an_offer(), OFTEN),
    Reason.OUTSIDE_SEGMENT: (
        run(
            save_segment,
            segment_id="workers",
            name="Workers",
            document={"kind": "staff"},
        ),
        an_offer(),
        limited(segment="workers"),
    ),
}


@pytest.mark.parametrize("reason", CASES)
def test_the_fact_reaches_its_gate(database: Database, reason: Reason) -> None:
    setting, offer, campaign = CASES[reason]
    shop = a_shop(database, offers=[offer], campaigns=[campaign])
    with shop.transaction() as uow:
        setting(shop, uow)

    (decision,) = shop.decide(a_trigger())

    assert decision.reasons == (reason,)


def test_what_hinders_nobody_lets_the_offer_through(database: Database) -> None:
    shop = a_shop(database, offers=[under(minimum_age=18)], campaigns=[OFTEN])
    with shop.transaction() as uow:
        born(date(2008, 3, 4))(shop, uow)
        keep_stock(uow, shop.rooms, now=shop.now, units={"p1": 1})

    assert [one.outcome for one in shop.decide(a_trigger())] == ["offered"]


def test_what_was_shown_under_a_former_name_counts(database: Database) -> None:
    shop = a_shop(database)
    shop.decide(a_trigger("e1", shopper="bob", visit="v1"))
    with shop.transaction() as uow:
        merge_shoppers(uow, shop.rooms, now=shop.now, kept=ANN, absorbed=BOB)

    of_ann, of_bob = shop.decide(a_trigger("e2", visit="v2"), a_trigger("e3", shopper="bob"))

    assert of_ann.reasons == (Reason.CAP_DAY,)
    assert of_bob.reasons == (Reason.SHOPPER_UNKNOWN,)


def test_a_dismissed_campaign_is_silent_until_its_cooldown_is_over(database: Database) -> None:
    limits = CampaignLimits(cooldown_s=3_600)
    shop = a_shop(
        database,
        campaigns=[replace(OFTEN, limits=limits)],
        policy=Policy(holdout_bp=0, repeats_in_visit=True, category_share_bp=10_000),
    )
    (first,) = shop.decide(a_trigger("e1"))
    with shop.transaction() as uow:
        record_dismissed(uow, shop.rooms, now=shop.now, decision_id=first.id, shopper=ANN)

    shop.now += timedelta(minutes=59)
    (soon,) = shop.decide(a_trigger("e2"))
    shop.now += timedelta(minutes=1)
    (later,) = shop.decide(a_trigger("e3"))

    assert soon.reasons == (Reason.DISMISSED,)
    assert later.outcome == "offered"


def test_a_coupon_pool_is_not_exceeded_over_campaigns(database: Database) -> None:
    campaigns = [a_campaign("a"), a_campaign("b")]
    shop = a_shop(database, offers=[under(coupon_pool=2)], campaigns=campaigns)
    triggers = [a_trigger(n, shopper=n, visit=n) for n in ("ann", "bob", "eve")]

    decisions = shop.decide(*triggers)

    assert [one.outcome for one in decisions] == ["offered", "offered", "nothing"]
    assert decisions[2].reasons == (Reason.COUPON_POOL_EMPTY,)


def test_a_group_speaks_once_in_a_visit(database: Database) -> None:
    campaigns = [
        replace(a_campaign(name, offers=(offer,)), exclusion_group="breakfast")
        for name, offer in (("a", "rye"), ("b", "oat"))
    ]
    offers = [an_offer("rye"), an_offer("oat", category="CEREAL")]
    shop = a_shop(database, offers=offers, campaigns=campaigns)

    first, second = shop.decide(a_trigger("e1"), a_trigger("e2"))

    assert first.outcome == "offered"
    assert Reason.EXCLUSION_GROUP in second.reasons
