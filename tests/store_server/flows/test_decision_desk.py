"""What another writer takes between the look and the reservation is not given twice."""

from store_server.database import Database
from store_server.decisions.decision import Outcome
from store_server.decisions.reason import Reason
from store_server.flows.decision_desk import DecisionDesk
from store_server.offers.repository import BudgetRepository
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
