"""Threads and processes that reserve at once stay within every budget together."""

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

from sqlmodel import Session

from store_server.database import Database, open_database
from store_server.ids import CampaignId, scope
from store_server.offers.budget import BudgetLimit
from store_server.offers.repository import BudgetRepository
from store_server.offers.terms import OfferTerms
from tests.store_server.offers.builders import a_campaign, an_offer

HERE = scope("acme", "demo")
BAKERY = CampaignId("bakery")


def reserve_many(url: str, times: int) -> int:
    """How many of `times` reservations one process or thread gets, one transaction each."""
    database, taken = open_database(url), 0
    offer = replace(an_offer(), terms=OfferTerms(budget_minor=50 * 23))
    for _ in range(times):
        with Session(database.write) as session:
            taken += BudgetRepository(session, HERE).reserve(
                a_campaign(budget_issues=30),
                face_value_minor=50,
                offer=offer,
                store=BudgetLimit(redemptions=27),
            )
            session.commit()
    database.close()
    return taken


def race(pool: Executor, database: Database) -> None:
    url = database.write.url.render_as_string(hide_password=False)

    won = list(pool.map(reserve_many, [url] * 2, [20] * 2))

    with Session(database.write) as session:
        budgets = BudgetRepository(session, HERE)
        campaign, shared = budgets.use_of([BAKERY])[BAKERY], budgets.shared_use()
    # The offer's money ends first: 23 coupons, whoever got them.
    assert sum(won) == campaign.issues == 23
    assert campaign == shared["offer", "rye"] == shared["store", "demo"]


def test_two_threads_together_stay_within_every_budget(database: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        race(pool, database)


def test_two_processes_together_stay_within_every_budget(database: Database) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        race(pool, database)
