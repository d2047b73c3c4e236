"""A shop on the event clock runs an experiment of known effect, and the result finds it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, or_
from sqlmodel import col

from store_server.clock import from_ms, to_ms
from store_server.database import Database, read_only
from store_server.decisions.decision import Decision
from store_server.decisions.tables import DecisionRow
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import Policy
from store_server.flows.run_experiment import reweight_experiment
from store_server.flows.show_experiment import ExperimentShown, show_experiment_result
from store_server.flows.show_slices import show_slices
from store_server.flows.take_basket import BasketRequest, take_baskets
from store_server.redemptions.basket import Basket, BasketLine
from store_server.reports.experiment_advice import ArmFinding
from store_server.reports.outcomes import Cut, Metric
from store_server.shop.repository import ProductRepository
from tests.store_server.flows.decision_builders import Shop
from tests.store_server.flows.test_run_experiment import DRAFT, a_shop_to_try, begun, run
from tests.store_server.offers.builders import NOON, a_trigger
from tests.store_server.redemptions.builders import BREAD

Chance = Callable[[str], float]


@dataclass
class SimulatedShop:
    """Shoppers come day by day, are decided on, and buy with the chance of their arm."""

    shop: Shop
    chance: Chance
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    day: int = 0

    def run(self, days: int) -> None:
        for _ in range(days):
            today = NOON + timedelta(days=self.day)
            shop, live = self.shop, self.shop.rooms.live
            shop.rooms.live = replace(live, event_now_ms=to_ms(today))
            shop.now = shop.rooms.now(shop.rooms.live)
            who = [f"shopper-{n}" for n in range(30 * self.day, 30 * (self.day + 1))]
            made = shop.decide(
                *(a_trigger(one, shopper=one, visit=f"visit {one}", at=today) for one in who)
            )
            self._pay([one for one in made if self._buys(one)])
            self.day += 1

    def result(self, days_later: int = 0) -> ExperimentShown:
        with read_only(self.shop.database.read, self.shop.rooms.live) as uow:
            now = from_ms(self.shop.rooms.live.event_now_ms) + timedelta(days=days_later)
            return show_experiment_result(uow, self.shop.rooms, now=now, experiment_id="title")

    def _buys(self, decision: Decision) -> bool:
        return self.rng.random() < self.chance(dict(decision.variants).get("title", ""))

    def _pay(self, decisions: list[Decision]) -> None:
        at = self.shop.now + timedelta(minutes=10)
        lines = (BasketLine("p1", 1, 300),)
        baskets = [
            Basket(f"basket {one.shopper}".replace(" ", "-"), "till-1", at, one.shopper, lines, ())
            for one in decisions
        ]
        with self.shop.transaction() as uow:
            requests = [BasketRequest(one, one.id) for one in baskets]
            take_baskets(uow, self.shop.rooms, now=at, requests=requests)


def a_simulated_shop(database: Database, chance: Chance, *, holdout_bp: int = 0) -> SimulatedShop:
    shop = a_shop_to_try(database, shoppers=[f"shopper-{n}" for n in range(900)])
    shop.rooms.policy = Policy(clock="event", holdout_bp=holdout_bp, explore_bp=0)
    shop.rooms.live = replace(shop.rooms.live, event_now_ms=to_ms(NOON))
    with shop.transaction() as uow:
        ProductRepository(uow.session, shop.rooms.scope).save([BREAD])
    begun(shop)
    return SimulatedShop(shop, chance)


def a_known_effect(arm: str) -> float:
    return 0.45 if arm == "oat" else 0.20


def test_an_effect_that_is_there_is_found(database: Database) -> None:
    shop = a_simulated_shop(database, a_known_effect)
    shop.run(days=25)

    found = shop.result(days_later=2)

    (one,) = found.result.comparisons
    lift = one.effect(Metric.CONVERSION).interval
    assert found.result.advice.finding is ArmFinding.BETTER
    assert lift is not None
    assert lift.low < 0.25 < lift.high
    assert found.result.verdict.startswith("“oat” sold more than “rye”")
    assert {arm.arm: arm.units for arm in found.result.arms}.keys() == {"rye", "oat"}
    assert sum(arm.units for arm in found.result.arms) == 750


def test_nothing_is_found_where_nothing_is(sqlite_database: Database) -> None:
    shop = a_simulated_shop(sqlite_database, lambda _arm: 0.3)

    for _ in range(25):
        shop.run(days=1)
        assert shop.result().result.advice.finding in (
            ArmFinding.TOO_FEW,
            ArmFinding.NOT_CLEAR_YET,
        )


def test_decisions_of_an_arm_that_get_lost_are_noticed(sqlite_database: Database) -> None:
    shop = a_simulated_shop(sqlite_database, a_known_effect)
    shop.run(days=25)

    with shop.shop.transaction() as uow:
        uow.session.connection().execute(
            delete(DecisionRow).where(
                col(DecisionRow.variants).contains("oat"),
                or_(*(col(DecisionRow.shopper).endswith(digit) for digit in "01234")),
            )
        )

    assert shop.result(days_later=2).result.advice.finding is ArmFinding.NOT_AS_DRAWN


def test_whoever_is_held_out_is_not_compared_with_the_arms(sqlite_database: Database) -> None:
    shop = a_simulated_shop(sqlite_database, a_known_effect, holdout_bp=3_000)
    shop.run(days=10)

    compared = sum(arm.units for arm in shop.result().result.arms)

    with read_only(shop.shop.database.read, shop.shop.rooms.live) as uow:
        table = show_slices(uow, shop.shop.rooms, now=NOON + timedelta(days=12), cuts=[Cut.VARIANT])
    assert [one.name for one in table.slices] == ["title: oat", "title: rye"]
    assert sum(one.offered.count or 0 for one in table.slices) == compared
    assert 50 < sum(one.held_out.count or 0 for one in table.slices) < 130


def test_weights_that_change_begin_another_phase(sqlite_database: Database) -> None:
    shop = a_simulated_shop(sqlite_database, a_known_effect)
    shop.run(days=8)
    shop.shop.now += timedelta(hours=1)
    run(shop.shop, reweight_experiment, experiment_id="title", weights=[[1, 4]])
    shop.run(days=8)

    phases = shop.result().result.phases

    assert [one.weights for one in phases] == [(1, 1), (1, 4)]
    assert [sum(one.units) for one in phases] == [240, 240]
    assert phases[1].units[1] > 3 * phases[1].units[0]
    assert all(one.always_valid_ratio_p > 0.5 for one in phases)


def test_a_draft_has_no_result_and_an_unknown_one_neither(sqlite_database: Database) -> None:
    shop = a_shop_to_try(sqlite_database)
    with shop.transaction() as uow:
        uow.live = replace(uow.live, catalogue=uow.live.catalogue.with_experiment(DRAFT))

    for name, error in (("title", Conflict), ("gone", NotFound)):
        with read_only(shop.database.read, shop.rooms.live) as uow, pytest.raises(error):
            show_experiment_result(uow, shop.rooms, now=NOON, experiment_id=name)
