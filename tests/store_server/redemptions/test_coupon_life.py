"""A coupon's life on a real database: whatever happens in whatever order, used once at most."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from store_server.database import read_only, unit_of_work
from store_server.flows.answer_once import Told
from store_server.flows.expire_coupons import expire_coupons
from store_server.flows.revoke_coupons import revoke_coupons
from store_server.flows.take_basket import take_basket
from store_server.flows.take_return import take_return
from store_server.flows.use_coupon import (
    CouponShown,
    redeem_coupon,
    release_coupon,
    reserve_coupon,
)
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.basket_return import BasketReturn
from store_server.redemptions.coupon import CouponState
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.repository import CouponRepository
from tests.store_server.machine_database import unflushed_copy
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_shop, issue

TILLS = st.sampled_from(["till-1", "till-2"])
RESERVED_MIN = 15
FACE = 50
# Where a coupon may stand after it stood there before; itself always.
STEPS = {
    "issued": {"reserved", "redeemed", "expired", "revoked"},
    "reserved": {"issued", "redeemed", "expired", "revoked"},
    "redeemed": {"reversed"},
    "reversed": set(),
    "expired": set(),
    "revoked": set(),
}


class CouponLife(RuleBasedStateMachine):
    """One coupon of an hour, two tills, and a clock that moves on."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.database = unflushed_copy(self.template)
        self.rooms = a_shop(self.database, a_decision())
        with unit_of_work(self.database.write, self.rooms.live) as uow:
            BudgetRepository(uow.session, self.rooms.scope).reserve(
                a_campaign(), face_value_minor=FACE
            )
            self.code = issue(CouponRepository(uow.session, self.rooms.scope), lives_min=60)
        self.now, self.number, self.before = NOON, 0, "issued"
        self.holder: tuple[str, object] | None = None
        self.discounts, self.baskets = 0, list[str]()

    def teardown(self) -> None:
        self.database.close()

    def ask(self, flow: object, till: str, **more: object) -> str:
        self.number += 1
        shown = CouponShown(self.code, till, **more)  # type: ignore[arg-type] # a test's shorthand
        told: Told = run(
            self.database,
            self.rooms,
            flow,  # type: ignore[arg-type] # one of three flows of one shape
            now=self.now,
            shown=shown,
            idempotency_key=f"k{self.number}",
        )
        return told.text

    def is_held_by_other(self, till: str) -> bool:
        return self.holder is not None and self.holder[0] != till and self.now < self.holder[1]  # type: ignore[operator] # an instant

    @rule(by_min=st.sampled_from([1, 8, 20]))
    def time_passes(self, by_min: int) -> None:
        self.now += minutes(by_min)

    @rule(till=TILLS)
    def reserve(self, till: str) -> None:
        if '"status":"reserved"' in self.ask(reserve_coupon, till):
            assert not self.is_held_by_other(till)
            self.holder = (till, self.now + timedelta(minutes=RESERVED_MIN))

    @rule(till=TILLS)
    def release(self, till: str) -> None:
        if '"status":"released"' in self.ask(release_coupon, till):
            assert not self.is_held_by_other(till)
            self.holder = None

    @rule(till=TILLS)
    def redeem(self, till: str) -> None:
        basket = f"b{self.number}"
        if '"status":"redeemed"' in self.ask(redeem_coupon, till, basket=basket):
            assert not self.is_held_by_other(till)
            self.discounts += 1

    @rule(till=TILLS)
    def pay(self, till: str) -> None:
        self.number += 1
        basket = a_basket(f"b{self.number}", at=self.now, coupons=[self.code], till=till)
        taken = run(
            self.database,
            self.rooms,
            take_basket,
            now=self.now,
            basket=basket,
            idempotency_key=basket.id,
        )
        if taken.answer.coupons[0].redeemed:
            assert not self.is_held_by_other(till)
            self.discounts += 1
            self.baskets.append(basket.id)

    @precondition(lambda self: self.baskets)
    @rule()
    def bring_back(self) -> None:
        basket = self.baskets.pop()
        back = BasketReturn(f"ret-{basket}", basket, "till-1", self.now, None)
        run(self.database, self.rooms, take_return, now=self.now, back=back, idempotency_key=basket)

    @rule()
    def tick(self) -> None:
        run(self.database, self.rooms, expire_coupons, now=self.now)

    @rule(really=st.sampled_from([False, False, False, True]))
    def revoke(self, really: bool) -> None:
        if really:
            run(self.database, self.rooms, revoke_coupons, now=self.now, code=self.code)

    @invariant()
    def it_is_used_once_and_the_money_is_where_it_belongs(self) -> None:
        with read_only(self.database.read, self.rooms.live) as uow:
            coupon = CouponRepository(uow.session, self.rooms.scope).find(parse(self.code) or "")
            campaign = a_campaign().id
            use = BudgetRepository(uow.session, self.rooms.scope).use_of([campaign])[campaign]
        assert coupon is not None
        assert coupon.state == self.before or coupon.state in STEPS[self.before]
        self.before = coupon.state.value
        is_open = coupon.state in (CouponState.ISSUED, CouponState.RESERVED)
        is_used = coupon.state is CouponState.REDEEMED
        assert self.discounts == (1 if coupon.state in ("redeemed", "reversed") else 0)
        assert (use.reserved_minor, use.spent_minor) == (FACE * is_open, FACE * is_used)


@pytest.mark.parametrize("machine", [CouponLife])
def test_a_coupon_lives_as_it_should_whatever_happens(
    machine: type[CouponLife], sqlite_template: Path
) -> None:
    machine.template = sqlite_template

    run_machine(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
