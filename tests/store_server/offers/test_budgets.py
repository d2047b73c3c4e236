"""Reserved + spent never exceeds a budget of campaign, offer or store, whatever happens when."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlmodel import Session

from store_server import schema
from store_server.database import Database, open_database
from store_server.ids import CampaignId, OfferId, scope
from store_server.offers.budget import NO_LIMIT, BudgetLimit, BudgetUse, fits
from store_server.offers.campaign import Campaign
from store_server.offers.limits import CampaignLimits
from store_server.offers.offer import Offer
from store_server.offers.repository import BudgetRepository
from store_server.offers.terms import OfferTerms
from tests.store_server.offers.builders import a_campaign, an_offer

ORGS = (scope(f"org-{n}", "demo") for n in itertools.count())
CAMPAIGNS = [
    replace(a_campaign("a", budget_minor=120), limits=CampaignLimits(budget_redemptions=4)),
    a_campaign("b", budget_issues=6),
    a_campaign("c"),
]
OFFERS = [
    replace(an_offer("rye"), terms=OfferTerms(budget_minor=150)),
    replace(an_offer("oat"), terms=OfferTerms(budget_redemptions=3)),
    an_offer("hello", face_value_minor=0),
]
STORE = BudgetLimit(issues=20, minor=300)
LIMITS = [
    ("campaign", "a", BudgetLimit(minor=120, redemptions=4)),
    ("campaign", "b", BudgetLimit(issues=6)),
    ("campaign", "c", NO_LIMIT),
    ("offer", "rye", BudgetLimit(minor=150)),
    ("offer", "oat", BudgetLimit(redemptions=3)),
    ("store", "demo", STORE),
]


class Issued(NamedTuple):
    campaign: str
    offer: str
    face: int


def _databases() -> Iterator[Database]:
    database = open_database("sqlite://")
    schema.create_tables(database.write)
    while True:
        yield database


DATABASES = _databases()


class Budgets(RuleBasedStateMachine):
    """What is counted here by hand must stand in the database, and fit every limit."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session(next(DATABASES).write)
        self.budgets = BudgetRepository(self.session, next(ORGS))
        self.out: list[Issued] = []
        self.spent: list[tuple[Issued, int]] = []
        self.issued: list[Issued] = []

    @rule(campaign=st.sampled_from(CAMPAIGNS), offer=st.sampled_from(OFFERS))
    def reserve(self, campaign: Campaign, offer: Offer) -> None:
        face = offer.face_value_minor
        allowed = all(
            fits(limit, self.use(kind, name).plus(face_value_minor=face))
            for kind, name, limit in LIMITS
            if name in (campaign.id, offer.id, "demo")
        )

        taken = self.budgets.reserve(campaign, face_value_minor=face, offer=offer, store=STORE)

        assert taken == allowed
        if taken:
            self.issued.append(Issued(campaign.id, offer.id, face))
            self.out += self.issued[-1:] if face else []

    @rule(discount=st.integers(0, 60), data=st.data())
    def redeem(self, discount: int, data: st.DataObject) -> None:
        for one in self.drawn(data):
            assert self.budgets.spend(
                CampaignId(one.campaign),
                face_value_minor=one.face,
                discount_minor=discount,
                offer=OfferId(one.offer),
            )
            self.spent.append((one, min(discount, one.face)))

    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        for one in self.drawn(data):
            assert self.budgets.release(
                CampaignId(one.campaign), face_value_minor=one.face, offer=OfferId(one.offer)
            )

    def drawn(self, data: st.DataObject) -> list[Issued]:
        """One of the open coupons, taken out; none when there is none."""
        if not self.out:
            return []
        return [self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))]

    @invariant()
    def the_database_counts_as_we_do_and_nothing_exceeds_its_limit(self) -> None:
        campaigns = self.budgets.use_of([one.id for one in CAMPAIGNS])
        shared = self.budgets.shared_use()
        for kind, name, limit in LIMITS:
            stored = campaigns[CampaignId(name)] if kind == "campaign" else shared.get((kind, name))
            assert (stored or BudgetUse()) == self.use(kind, name)
            assert fits(limit, self.use(kind, name))

    def use(self, kind: str, name: str) -> BudgetUse:
        def mine(one: Issued) -> bool:
            return kind == "store" or getattr(one, kind) == name

        return BudgetUse(
            issues=sum(map(mine, self.issued)),
            reserved_minor=sum(one.face for one in self.out if mine(one)),
            spent_minor=sum(minor for one, minor in self.spent if mine(one)),
            out=sum(map(mine, self.out)),
            redeemed=sum(mine(one) for one, _ in self.spent),
        )

    def teardown(self) -> None:
        self.session.rollback()
        self.session.close()


TestBudgets = Budgets.TestCase
TestBudgets.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
