"""The app's question is answered once, and as the visit was answered before."""

from datetime import timedelta

import pytest

from store_server.database import Database
from store_server.decisions.decision import Outcome
from store_server.errors import Unprocessable
from store_server.flows.rooms import Policy
from tests.store_server.flows.decision_builders import a_shop
from tests.store_server.offers.builders import a_campaign, a_trigger

TWICE = a_campaign(cap_per_visit=2, cap_per_day=2)


def test_a_pull_gets_the_offer_of_the_zone_with_its_coupon(database: Database) -> None:
    shop = a_shop(database)

    answer = shop.pull()

    assert (answer.outcome, answer.reason) == ("offered", None)
    assert answer.offer is not None
    assert (answer.offer.offer, answer.offer.title) == ("rye", "rye bread")
    assert answer.offer.coupon_code is not None
    assert answer.offer.expires_at == shop.now + timedelta(days=1)


def test_the_same_request_gets_the_same_answer(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE])

    first, again, other = shop.pull("r1"), shop.pull("r1"), shop.pull("r2")

    assert again == first
    assert other.decision.id != first.decision.id


def test_a_pull_answers_the_open_offer_of_the_visit(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE])
    shop.in_visit("ann", "visit-1")
    (pushed,) = shop.decide(a_trigger())

    answer = shop.pull(zone=None)

    assert answer.decision == pushed
    assert answer.offer is not None
    assert shop.pull("r2").offer == answer.offer


def test_a_pull_does_not_draw_again_after_a_ghost(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE], policy=Policy(holdout_bp=10_000))
    shop.in_visit("ann", "visit-1")
    (ghost,) = shop.decide(a_trigger())

    answer = shop.pull()

    assert answer.decision == ghost
    assert (answer.outcome, answer.reason, answer.offer) == ("nothing", None, None)


def test_an_offer_that_is_over_is_not_open(database: Database) -> None:
    shop = a_shop(database, campaigns=[TWICE])
    shop.in_visit("ann", "visit-1")
    (pushed,) = shop.decide(a_trigger())
    shop.now += timedelta(days=2)

    assert shop.pull().decision.id != pushed.id


def test_consent_withdrawn_closes_what_was_open(database: Database) -> None:
    shop = a_shop(database)
    shop.in_visit("ann", "visit-1")
    shop.decide(a_trigger())
    shop.withdraw("ann")

    answer = shop.pull()

    assert (answer.outcome, answer.reason) == ("nothing", "no_consent_offers")


def test_a_pull_asks_the_campaigns_of_its_zone_only(database: Database) -> None:
    shop = a_shop(database)

    assert shop.pull(zone="dairy").reason == "nothing_listens"
    assert shop.pull("r2", zone="bakery").decision.outcome is Outcome.OFFERED


def test_a_zone_that_is_not_there_is_refused(database: Database) -> None:
    shop = a_shop(database)

    with pytest.raises(Unprocessable, match="there is no such zone"):
        shop.pull(zone="cellar")
