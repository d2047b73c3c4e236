"""What other rules would have brought is told from the log, or it is said that it cannot be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.database import Database, read_only
from store_server.decisions.off_policy import PolicyValue
from store_server.errors import Conflict, Unprocessable
from store_server.flows.rooms import Policy
from store_server.flows.show_policy_value import show_policy_value
from store_server.redemptions.attribution import Credit, CreditKind
from store_server.redemptions.repository import BasketRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

NAMES = ("ann", "bob", "eve")
# By margin alone rye goes first; by sales that are new, tea does.
RYE = an_offer("rye", category="BREAD", margin_minor=200)
TEA = replace(an_offer("tea", category="TEA", margin_minor=190), price_minor=900)


def a_log(database: Database, *, explore_bp: int = 300) -> Shop:
    shop = a_shop(
        database,
        offers=[RYE, TEA],
        campaigns=[a_campaign("c", offers=("rye", "tea"))],
        policy=Policy(holdout_bp=0, explore_bp=explore_bp, discovery_every=0),
    )
    made = [*(shop.decide(a_trigger(n, shopper=n, visit=n))[0] for n in NAMES)]
    credits_ = [
        Credit(one.id, f"b{n}", CreditKind.PROMOTED_BOUGHT, NOON, "BREAD", 1, 300, 150, True)
        for n, one in enumerate(made)
    ]
    with shop.transaction() as uow:
        BasketRepository(uow.session, HERE).credit(credits_)
    return shop


def told(shop: Shop, **rules: int) -> PolicyValue:
    with read_only(shop.database.read, shop.rooms.live) as uow:
        later = NOON + timedelta(days=1)
        return show_policy_value(uow, shop.rooms, now=later, rules=rules)


def test_the_same_rules_are_worth_what_was_earned(database: Database) -> None:
    found = told(a_log(database))

    assert (found.decisions, found.units, found.unsupported) == (3, 3, 0.0)
    assert found.logged.value == 150.0
    assert found.snips.value == pytest.approx(150.0)


def test_rules_that_choose_otherwise_find_no_reward_in_the_log(database: Database) -> None:
    found = told(a_log(database), growth_bp=50_000)

    assert found.ips.value == 0.0
    assert found.doubly_robust.value > 0.0
    assert not found.is_trustworthy


def test_what_was_never_tried_is_said(database: Database) -> None:
    assert told(a_log(database, explore_bp=0), growth_bp=50_000).unsupported == 1.0


def test_what_is_no_rule_is_refused(database: Database) -> None:
    with pytest.raises(Unprocessable, match="cap_per_day is no rule; must be one of discovery"):
        told(a_log(database), cap_per_day=9)


def test_an_empty_log_tells_nothing(database: Database) -> None:
    with pytest.raises(Conflict, match="0 units"):
        told(a_shop(database))
