"""One decision per trigger, with budget, coupon and notification in the same transaction."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from store_server.database import Database
from store_server.decisions.decision import Outcome
from store_server.decisions.reason import Reason
from store_server.flows.rooms import Policy
from store_server.ids import CampaignId, ShopperId
from store_server.offers.budget import BudgetUse
from store_server.offers.repository import BudgetRepository
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.outbox.tables import NotificationRow
from store_server.redemptions.repository import CouponRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

BAKERY = CampaignId("bakery")


def coupons_of(shop: Shop, shopper: str = "ann") -> int:
    with shop.transaction() as uow:
        return len(CouponRepository(uow.session, HERE).of_shopper(ShopperId(shopper)))


def notifications(shop: Shop) -> list[NotificationRow]:
    with shop.transaction() as uow:
        return list(uow.session.exec(select(NotificationRow)))


def told(shop: Shop) -> list[dict[str, str | None]]:
    return [json.loads(row.body)["data"] for row in notifications(shop)]


def budget_of(shop: Shop) -> BudgetUse:
    with shop.transaction() as uow:
        return BudgetRepository(uow.session, HERE).use_of([BAKERY])[BAKERY]


def test_an_offer_comes_with_coupon_budget_and_notification(database: Database) -> None:
    shop = a_shop(database)

    (decision,) = shop.decide(a_trigger())

    (note,) = told(shop)
    assert decision.outcome is Outcome.OFFERED
    assert (note["decision_id"], note["body"]) == (decision.id, "0.50 EUR off in Bakery")
    assert note["expires_at"] == "2026-03-04T12:02:00.000Z"
    assert coupons_of(shop) == 1
    assert budget_of(shop) == BudgetUse(issues=1, reserved_minor=50, out=1)


def test_the_same_trigger_twice_changes_nothing(database: Database) -> None:
    shop = a_shop(database, campaigns=[a_campaign(cap_per_visit=5, cap_per_day=5)])
    shop.decide(a_trigger(), a_trigger())

    again = shop.decide(a_trigger())

    assert again == []
    assert (coupons_of(shop), len(notifications(shop)), budget_of(shop).issues) == (1, 1, 1)


def test_a_ghost_takes_no_budget_sends_nothing_and_counts_in_caps(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=10_000))

    (ghost,) = shop.decide(a_trigger("e1"))
    (capped,) = shop.decide(a_trigger("e2"))

    assert (ghost.outcome, ghost.offer) == (Outcome.HELD_OUT, "rye")
    assert capped.reasons == (Reason.CAP_DAY,)
    assert (coupons_of(shop), notifications(shop), budget_of(shop)) == (0, [], BudgetUse())


def test_caps_hold_within_one_batch_and_across_batches(database: Database) -> None:
    shop = a_shop(database)

    in_batch = shop.decide(a_trigger("e1"), a_trigger("e2"))
    later = shop.decide(a_trigger("e3", visit="v2"))

    assert [one.outcome for one in in_batch] == [Outcome.OFFERED, Outcome.NOTHING]
    assert in_batch[1].reasons == (Reason.CAP_DAY,)
    assert later[0].reasons == (Reason.CAP_DAY,)


def test_the_household_shares_its_daily_cap(database: Database) -> None:
    shop = a_shop(database, household="home")
    shop.decide(a_trigger("e1"))

    (of_bob,) = shop.decide(a_trigger("e2", shopper="bob", visit="v2"))

    assert (of_bob.household, of_bob.reasons) == ("home", (Reason.CAP_DAY,))


def test_the_budget_ends_the_campaign_within_one_batch(database: Database) -> None:
    shop = a_shop(database, campaigns=[a_campaign(budget_issues=2)])
    triggers = [a_trigger(n, shopper=n, visit=n) for n in ("ann", "bob", "eve")]

    decisions = shop.decide(*triggers)

    assert [one.outcome for one in decisions] == ["offered", "offered", "nothing"]
    assert decisions[2].reasons == (Reason.BUDGET_EXHAUSTED,)
    assert budget_of(shop).issues == 2


def test_who_did_not_agree_gets_nothing(database: Database) -> None:
    shop = a_shop(database)
    shop.withdraw("ann")

    known, unknown = shop.decide(a_trigger("e1"), a_trigger("e2", shopper="stranger"))

    assert known.reasons == (Reason.NO_CONSENT_OFFERS,)
    assert unknown.reasons == (Reason.SHOPPER_UNKNOWN,)


def test_an_offer_without_discount_needs_no_coupon(database: Database) -> None:
    shop = a_shop(database, offers=[an_offer(face_value_minor=0)])

    (decision,) = shop.decide(a_trigger())

    (note,) = told(shop)
    assert decision.outcome is Outcome.OFFERED
    assert (note["coupon_code"], coupons_of(shop)) == (None, 0)


def test_outcomes_and_reasons_are_counted_live(database: Database) -> None:
    shop = a_shop(database)

    shop.decide(a_trigger("e1"), a_trigger("e2"))

    counted = shop.rooms.live.counters
    assert (counted["decisions.offered"], counted["decisions.nothing"]) == (1, 1)
    assert counted["reasons.cap_day"] == 1


def test_the_order_in_which_triggers_come_does_not_matter(database: Database) -> None:
    shop = a_shop(database, campaigns=[a_campaign(budget_issues=1)])
    triggers = [a_trigger(n, shopper=n, visit=n) for n in ("eve", "ann", "bob")]

    decisions = shop.decide(*triggers)

    assert [(one.shopper, one.outcome) for one in decisions] == [
        ("ann", Outcome.OFFERED),
        ("bob", Outcome.NOTHING),
        ("eve", Outcome.NOTHING),
    ]


@pytest.mark.parametrize(("chance_seen", "outcome"), [(0, "offered"), (40, "nothing")])
def test_what_the_shopper_buys_anyway_decides(
    database: Database, chance_seen: int, outcome: str
) -> None:
    shop = a_shop(database)
    for number in range(40):
        bought = ["BREAD"] if number < chance_seen else ["TEA"]
        shop.rooms.purchases.update(ShopperId("ann"), NOON - timedelta(days=number), bought)

    (decision,) = shop.decide(a_trigger())

    assert decision.outcome == outcome


def test_a_visit_that_begins_may_be_offered_something(database: Database) -> None:
    door = a_campaign(trigger=TriggerRule(TriggerKind.STORE_ENTER))
    shop = a_shop(database, campaigns=[door])

    (decision,) = shop.decide(a_trigger(kind=TriggerKind.STORE_ENTER, zone="bakery", dwell_s=None))

    assert decision.outcome is Outcome.OFFERED
