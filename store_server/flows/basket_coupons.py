"""Part of taking a basket: what its coupons take off, line by line, and what does not fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store_server.flows.coupon_desk import CouponDesk, Showing
from store_server.ids import ShopperId
from store_server.offers.offer import Offer
from store_server.redemptions.basket import Basket, GivenCoupon
from store_server.redemptions.basket_answer import CouponAnswer, CouponStatus
from store_server.redemptions.coupon import Coupon, CouponRefusal
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.discount import spread
from store_server.redemptions.discrepancy import Discrepancy, reason_of_excess
from store_server.redemptions.repository import CouponUse, Redemption
from store_server.shop.product import Product


@dataclass(slots=True)
class Discounted:
    """A basket while its coupons are looked at.

    left: what is still to be paid of each line. by_decision: what each decision's coupon took
    off. owner: whom the first used coupon was made out to. shares: of coupons redeemed before
    their basket came.
    """

    left: list[int]
    answers: list[CouponAnswer] = field(default_factory=list)
    by_decision: dict[str, int] = field(default_factory=dict)
    owner: ShopperId | None = None
    discrepancies: list[Discrepancy] = field(default_factory=list)
    shares: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CouponCounter:
    """Takes off what coupons are worth, one basket after another.

    offers: what each coupon promises, by its code. limit_minor: what an offline till may take
    off a basket.
    """

    desk: CouponDesk
    offers: Mapping[str, Offer]
    limit_minor: int
    now: datetime

    def discount(
        self,
        basket: Basket,
        *,
        shopper: ShopperId | None,
        products: Mapping[str, Product],
    ) -> Discounted:
        """What the coupons of a basket come to.

        Args:
            basket: as the till reported it.
            shopper: whose it is by the loyalty id; None: not known.
            products: by the names that its lines use.
        """
        found = Discounted([line.amount_minor for line in basket.lines])
        found_products = [products.get(line.product_id) for line in basket.lines]
        showing = Showing(basket.till, basket.at, shopper)
        for given in basket.given:
            self._take_given(found, given, basket, showing=showing, products=found_products)
        for text in basket.coupons:
            self._take(found, text, basket, showing=showing, products=found_products)
        return found

    def _take(
        self,
        found: Discounted,
        text: str,
        basket: Basket,
        *,
        showing: Showing,
        products: Sequence[Product | None],
    ) -> None:
        judged = self.desk.judge(text, showing)
        if judged is CouponRefusal.ALREADY_REDEEMED and self._redeem_came_first(
            found, text, basket, products=products
        ):
            return
        if isinstance(judged, Coupon):
            discount_minor = min(judged.face_value_minor, sum(found.left))
            if discount_minor > 0 or judged.face_value_minor == 0:
                self._use(found, judged, basket, discount_minor, products)
                found.answers.append(
                    CouponAnswer(text, CouponStatus.REDEEMED, None, discount_minor)
                )
                return
            judged = CouponRefusal.NOTHING_LEFT
        found.answers.append(CouponAnswer(text, CouponStatus.REFUSED, judged, 0))

    def _redeem_came_first(
        self, found: Discounted, text: str, basket: Basket, *, products: Sequence[Product | None]
    ) -> bool:
        """Whether the till redeemed the coupon for this very basket before it reported it."""
        before = self.desk.earlier_use(text)
        if before is None or before.basket != basket.id or before.reversed_at is not None:
            return False
        if before.code in found.shares:
            return False
        discount_minor = min(before.discount_minor, sum(found.left))
        coupon = self.desk.coupon_of(before.code)
        found.shares[before.code] = self._spread(found, coupon, discount_minor, products)
        found.by_decision[before.decision] = discount_minor
        if found.owner is None and coupon is not None:
            found.owner = self.desk.current(coupon.shopper)
        found.answers.append(CouponAnswer(text, CouponStatus.REDEEMED, None, discount_minor))
        return True

    def _use(
        self,
        found: Discounted,
        coupon: Coupon,
        basket: Basket,
        discount_minor: int,
        products: Sequence[Product | None],
    ) -> None:
        shares = self._spread(found, coupon, discount_minor, products)
        self.desk.use(CouponUse(coupon, basket.id, basket.till, discount_minor, basket.at, shares))
        found.by_decision[coupon.decision] = discount_minor
        if found.owner is None:
            found.owner = self.desk.current(coupon.shopper)

    def _take_given(
        self,
        found: Discounted,
        given: GivenCoupon,
        basket: Basket,
        *,
        showing: Showing,
        products: Sequence[Product | None],
    ) -> None:
        """A discount that the shopper has had already: it stands, whatever we know of it."""
        offline = Showing(showing.till, showing.at, showing.shopper, was_offline=True)
        judged = self.desk.judge(given.code, offline)
        before = sum(one.discount_minor for one in found.answers)
        if isinstance(judged, Coupon):
            excess = reason_of_excess(
                given.discount_minor,
                face_value_minor=judged.face_value_minor,
                given_before_minor=before,
                limit_minor=self.limit_minor,
            )
            if excess is not None:
                covered = min(given.discount_minor, judged.face_value_minor)
                found.discrepancies.append(self._odd(given, basket, excess, covered, None))
            self._use(found, judged, basket, given.discount_minor, products)
            found.answers.append(
                CouponAnswer(given.code, CouponStatus.REDEEMED, None, given.discount_minor)
            )
            return
        first = self.desk.earlier_use(given.code)
        found.discrepancies.append(self._odd(given, basket, judged.value, 0, first))
        self._spread(found, None, given.discount_minor, products)
        found.answers.append(
            CouponAnswer(given.code, CouponStatus.DISPUTED, judged, given.discount_minor)
        )

    def _odd(
        self,
        given: GivenCoupon,
        basket: Basket,
        reason: str,
        covered_minor: int,
        first: Redemption | None,
    ) -> Discrepancy:
        return Discrepancy(
            basket=basket.id,
            code=parse(given.code) or given.code,
            reason=reason,
            till=basket.till,
            given_minor=given.discount_minor,
            covered_minor=covered_minor,
            at=basket.at,
            taken_at=self.now,
            first_basket=None if first is None else first.basket,
            first_till=None if first is None else first.till,
        )

    def _spread(
        self,
        found: Discounted,
        coupon: Coupon | None,
        discount_minor: int,
        products: Sequence[Product | None],
    ) -> tuple[tuple[int, int], ...]:
        """Take a discount off the lines; (line, minor units) of those that it fell on."""
        offer = None if coupon is None else self.offers.get(coupon.code)
        meant = [_is_meant(offer, product) for product in products]
        parts = spread(discount_minor, found.left, meant=meant)
        found.left = [left - part for left, part in zip(found.left, parts, strict=True)]
        return tuple((line, part) for line, part in enumerate(parts) if part > 0)


def _is_meant(offer: Offer | None, product: Product | None) -> bool:
    """Whether an offer promotes a product: by its id, or where it names none, by category."""
    if offer is None or product is None:
        return False
    if offer.product_ids:
        return product.id in offer.product_ids
    return product.category == offer.category
