"""What another writer takes between the look and the reservation is not given twice."""

from dataclasses import replace

from store_server.database import Database
from store_server.decisions.decision import Outcome
from store_server.decisions.reason import Reason
from store_server.flows.decision_desk import DecisionDesk
from store_server.flows.record_dismissed import record_dismissed
from store_server.flows.rooms import Policy
from store_server.offers.repository import BudgetRepository
from store_server.offers.terms import OfferTerms
from store_server.presence.visit import VisitBook
from tests.store_server.flows.decision_builders import HERE, a_shop
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer


def test_a_budget_that_is_gone_since_makes_the_question_be_asked_again(database: Database) -> None:
    campaigns = [
        a_campaign("a", offers=("rye",), budget_issues=2),
        a_campaign("b", offers=("oat",)),
    ]
    shop = a_shop(
        database, offers=[an_offer("rye"), an_offer("oat", margin_minor=140)], campaigns=campaigns
    )
    first, second = a_trigger("e1"), a_trigger("e2", shopper="bob", visit="v2")

    with shop.transaction() as uow:
        desk = DecisionDesk(uow, shop.rooms, now=shop.now, triggers=[first, second])
        before = desk.decide(first)
        BudgetRepository(uow.session, HERE).reserve(campaigns[0], face_value_minor=50)
        after = desk.decide(second)

    assert (before.campaign, after.campaign) == ("a", "b")
    assert after.outcome is Outcome.OFFERED
    assert [(one.campaign, one.reason) for one in after.candidates] == [
        ("a", Reason.BUDGET_EXHAUSTED),
        ("b", None),
    ]


def test_latency_is_measured_and_is_no_part_of_the_decision(database: Database) -> None:
    shop = a_shop(database)

    with shop.transaction() as uow:
        desk = DecisionDesk(uow, shop.rooms, now=shop.now, triggers=[a_trigger()])
        decision = desk.decide(a_trigger())

    assert 0 < decision.latency_us < 10_000_000


def test_an_offers_used_up_budget_stops_that_offer_and_not_its_campaign(
    database: Database,
) -> None:
    rye = replace(an_offer("rye"), terms=OfferTerms(budget_minor=50))
    oat = an_offer("oat", margin_minor=140)
    shop = a_shop(database, offers=[rye, oat], campaigns=[a_campaign("a", offers=("rye", "oat"))])

    first = shop.decide(a_trigger("e1"))[0]
    second = shop.decide(a_trigger("e2", shopper="bob", visit="v2"))[0]

    assert (first.offer, second.offer) == ("rye", "oat")
    assert ("rye", Reason.BUDGET_EXHAUSTED) in [(c.offer, c.reason) for c in second.candidates]


def test_a_stores_used_up_money_leaves_what_costs_less(database: Database) -> None:
    dear, cheap = an_offer("rye"), an_offer("oat", face_value_minor=20, margin_minor=100)
    shop = a_shop(
        database,
        offers=[dear, cheap],
        campaigns=[a_campaign("a", offers=("rye", "oat"))],
        policy=Policy(holdout_bp=0, budget_minor=70),
    )

    first = shop.decide(a_trigger("e1"))[0]
    second = shop.decide(a_trigger("e2", shopper="bob", visit="v2"))[0]

    assert (first.offer, second.offer) == ("rye", "oat")


def test_a_dismissal_holds_for_the_visit_even_without_a_cooldown(database: Database) -> None:
    shop = a_shop(database, campaigns=[a_campaign(cap_per_visit=9, cap_per_day=9)])
    shop.in_visit("ann", "visit-1")
    (first,) = shop.decide(a_trigger("e1"))
    with shop.transaction() as uow:
        record_dismissed(uow, shop.rooms, now=shop.now, decision_id=first.id, shopper=first.shopper)

    (second,) = shop.decide(a_trigger("e2"))
    shop.rooms.live = replace(shop.rooms.live, visits=VisitBook())
    (later,) = shop.decide(a_trigger("e3", visit="visit-2"))

    assert second.reasons == (Reason.DISMISSED,)
    assert later.outcome is Outcome.OFFERED
