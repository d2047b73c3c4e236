"""A call of every public method of the repositories of redemptions."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from store_server.redemptions.attribution import Credit, CreditKind
from store_server.redemptions.basket_return import BasketReturn, Refund
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.discrepancy import Discrepancy
from store_server.redemptions.repository import CouponUse
from store_server.redemptions.repository.baskets import NewBasket
from store_server.redemptions.repository.till_answers import KeptAnswer
from tests.store_server.offers.builders import NOON
from tests.store_server.redemptions.builders import a_basket, a_code

Call = Callable[[Any], object]
EVER, LATER = datetime(2020, 1, 1, tzinfo=UTC), NOON + timedelta(days=9)
ANN: Any = "ann"
REDEMPTIONS = ("Coupon", "Basket", "Return", "TillAnswer", "Discrepancy")


def _issue(repository: Any) -> Any:
    repository.issue(
        parse(a_code()),
        shopper=ANN,
        offer="offer-ann",
        campaign="campaign-ann",
        decision="decision-new",
        face_value_minor=50,
        issued_at=NOON,
        expires_at=LATER,
    )
    return repository.find(parse(a_code()))


def _use(repository: Any) -> CouponUse:
    return CouponUse(_issue(repository), "b", "t", 1, EVER)


TILL_READS: dict[str, Call] = {
    "CouponRepository.find": lambda r: r.find("code-ann"),
    "CouponRepository.find_all": lambda r: r.find_all(["code-ann", "code-bob"]),
    "CouponRepository.redemptions": lambda r: r.redemptions(codes=["code-ann"]),
    "CouponRepository.of_shopper": lambda r: r.of_shopper(ANN),
    "CouponRepository.of_decisions": lambda r: r.of_decisions(["decision-ann"]),
    "CouponRepository.out_with": lambda r: r.out_with(ANN),
    "BasketRepository.taken": lambda r: r.taken(
        keys=["idempotency_key-ann"], baskets=["basket-ann"]
    ),
    "BasketRepository.paid": lambda r: r.paid("basket-ann"),
    "BasketRepository.of_shopper": lambda r: r.of_shopper(ANN),
    "ReturnRepository.units_back": lambda r: r.units_back("basket-ann"),
    "TillAnswerRepository.find": lambda r: r.find("operation-ann", "idempotency_key-ann"),
    "DiscrepancyRepository.between": lambda r: r.between(EVER, LATER, limit=9),
}
TILL_WRITES: dict[str, Call] = {
    "CouponRepository.issue": _issue,
    "CouponRepository.issue_all": lambda r: r.issue_all([_issue(r)][:0]),
    "CouponRepository.reserve": lambda r: r.reserve(_issue(r), till="t", until=LATER),
    "CouponRepository.release": lambda r: (
        r.reserve(_issue(r), till="t", until=LATER),
        r.release(r.find(parse(a_code()))),
    ),
    "CouponRepository.redeem": lambda r: r.redeem(_use(r)),
    "CouponRepository.redeem_all": lambda r: r.redeem_all([_use(r)]),
    "CouponRepository.note_shares": lambda r: r.note_shares("code-ann", shares=[(0, 7)]),
    "CouponRepository.reverse": lambda r: (r.redeem(_use(r)), r.reverse(parse(a_code()), at=EVER)),
    "CouponRepository.expire": lambda r: r.expire(now=LATER),
    "CouponRepository.free_held": lambda r: (
        r.reserve(_issue(r), till="t", until=EVER),
        r.free_held(now=NOON),
    ),
    "CouponRepository.revoke": lambda r: r.revoke(campaign="campaign-ann"),
    "CouponRepository.forget": lambda r: r.forget(ANN),
    "BasketRepository.add": lambda r: r.add(
        [NewBasket(a_basket("new"), "new", ANN, "{}", 1, [0])], taken_at=NOON
    ),
    "BasketRepository.credit": lambda r: r.credit(
        [Credit("decision-new", "new", CreditKind.REDEEMED, NOON, "BREAD", 1, 1, 1, True)]
    ),
    "BasketRepository.drop_credits": lambda r: r.drop_credits("basket-ann"),
    "BasketRepository.forget": lambda r: r.forget(ANN),
    "ReturnRepository.add": lambda r: r.add(
        BasketReturn("new", "basket-ann", "t", NOON, None), [Refund(0, 1, 1, None)], taken_at=NOON
    ),
    "TillAnswerRepository.keep": lambda r: r.keep(
        "redeem", "new", kept=KeptAnswer("f", "{}"), at=NOON
    ),
    "TillAnswerRepository.drop": lambda r: r.drop(before=LATER),
    "DiscrepancyRepository.add": lambda r: r.add(
        [Discrepancy("new", "code", "over_value", "t", 2, 1, NOON, NOON)]
    ),
}
