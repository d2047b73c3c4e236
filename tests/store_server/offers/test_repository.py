"""Offers and campaigns belong to the organisation; reserved + spent stays within the budget."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session

from store_server.database import Database, UnitOfWork
from store_server.ids import CampaignId, scope
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.repository import BudgetRepository, OfferRepository
from tests.store_server.offers.builders import a_campaign, an_offer

HERE = scope("acme", "demo")
BAKERY = CampaignId("bakery")


def test_what_is_saved_is_loaded(uow: UnitOfWork[None]) -> None:
    repository = OfferRepository(uow.session, HERE)

    repository.save_offers([an_offer(), an_offer("oat")])
    repository.save_campaigns([a_campaign()])
    repository.save_campaigns([a_campaign(state=CampaignState.PAUSED)])

    catalogue = repository.load_catalogue()
    assert dict(catalogue.offers) == {"rye": an_offer(), "oat": an_offer("oat")}
    assert catalogue.campaigns[BAKERY].state is CampaignState.PAUSED


def test_another_organisation_sees_nothing(uow: UnitOfWork[None]) -> None:
    OfferRepository(uow.session, HERE).save_offers([an_offer()])
    BudgetRepository(uow.session, HERE).reserve(a_campaign(), face_value_minor=10)

    there = scope("other", "demo")

    assert not OfferRepository(uow.session, there).load_catalogue().offers
    assert BudgetRepository(uow.session, there).use_of([BAKERY]) == {BAKERY: BudgetUse()}


@pytest.mark.parametrize(
    ("campaign", "fits"),
    [
        (a_campaign(budget_issues=3), 3),
        (a_campaign(budget_minor=120), 2),
        (a_campaign(budget_issues=0), 0),
        (a_campaign(), 5),
    ],
)
def test_no_more_than_the_budget_is_reserved(
    uow: UnitOfWork[None], campaign: Campaign, fits: int
) -> None:
    budgets = BudgetRepository(uow.session, HERE)

    reserved = [budgets.reserve(campaign, face_value_minor=50) for _ in range(5)]

    assert reserved == [True] * fits + [False] * (5 - fits)


def test_what_is_redeemed_is_spent_and_what_expires_is_free_again(uow: UnitOfWork[None]) -> None:
    budgets = BudgetRepository(uow.session, HERE)
    for _ in range(2):
        budgets.reserve(a_campaign(), face_value_minor=50)

    budgets.spend(BAKERY, face_value_minor=50, discount_minor=40)
    budgets.release(BAKERY, face_value_minor=50)

    assert budgets.use_of([BAKERY])[BAKERY] == BudgetUse(2, 0, 40, 0, 1)
    assert not budgets.release(BAKERY, face_value_minor=50)


def test_no_sequence_of_uses_exceeds_the_budget(uow: UnitOfWork[None]) -> None:
    budgets, rng = BudgetRepository(uow.session, HERE), random.Random(5)
    campaign = a_campaign(budget_minor=200, budget_issues=40)
    open_minor: list[int] = []
    for _ in range(150):
        face = rng.choice([10, 30, 50])
        match rng.choice(["reserve", "reserve", "spend", "release"]):
            case "reserve":
                if budgets.reserve(campaign, face_value_minor=face):
                    open_minor.append(face)
            case "spend" if open_minor:
                budgets.spend(BAKERY, face_value_minor=open_minor.pop(), discount_minor=face)
            case "release" if open_minor:
                budgets.release(BAKERY, face_value_minor=open_minor.pop())
        use = budgets.use_of([BAKERY])[BAKERY]

        assert use.reserved_minor + use.spent_minor <= 200
        assert (use.issues <= 40, use.reserved_minor) == (True, sum(open_minor))


def test_of_two_writers_one_gets_the_last_coupon(database: Database) -> None:
    campaign = a_campaign(budget_issues=1)

    def reserve() -> bool:
        with Session(database.write) as session:
            taken = BudgetRepository(session, HERE).reserve(campaign, face_value_minor=50)
            session.commit()
            return taken

    with ThreadPoolExecutor(2) as pool:
        taken = [pool.submit(reserve) for _ in range(2)]

    assert sorted(one.result() for one in taken) == [False, True]
