"""Receipts of the units that are compared: at this store's tills after, anywhere before."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from store_server.clock import from_ms
from store_server.ids import Scope
from store_server.learning.tables import PurchaseBasketRow, PurchaseLineRow
from store_server.redemptions.tables import BasketRow, CreditRow, RedemptionRow, ReturnRow
from store_server.reports.credited_basket import CreditedBasket
from store_server.reports.cuped import BEFORE_BLOCKS
from store_server.reports.shelves import Article, Shelves
from store_server.reports.unit_ledger import BLOCK_MS, Promotion, Receipt
from store_server.shop.tables import ProductRow


class ReceiptRepository:
    """Baskets of one store's tills, and earlier purchases of the organisation."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def after(self, promotions: Sequence[Promotion]) -> dict[str, list[Receipt]]:
        """What these units paid at the store's tills since the first of them, by unit."""
        if not promotions:
            return {}
        articles = self._articles()
        departments = {one.category: one.department for one in articles.values()}
        taken_off = self._discounts(min(one.at_ms for one in promotions))
        brought_back = self._brought_back(min(one.at_ms for one in promotions))
        rows = self._session.execute(
            select(
                col(BasketRow.shopper),
                col(BasketRow.id),
                col(BasketRow.at_ms),
                col(BasketRow.total_minor),
                col(BasketRow.lines),
            ).where(
                col(BasketRow.org) == self._scope.org,
                col(BasketRow.store) == self._scope.store,
                col(BasketRow.shopper).is_not(None),
                col(BasketRow.at_ms) >= min(one.at_ms for one in promotions),
            )
        )
        units = _units_of(promotions)
        promoted = {one.unit: one.categories for one in promotions}
        found: dict[str, list[Receipt]] = {}
        for shopper, basket, at_ms, total_minor, lines in rows:
            unit = units.get(shopper)
            if unit is not None:
                back = brought_back.get(basket, _NOTHING_BACK)
                sold = json.loads(lines)
                kept, discount_back = _kept(sold, back.units)
                margin, *parts = Shelves(articles, promoted[unit], departments).split(kept)
                # What an offline till gave and no coupon covers stands in the lines alone.
                off_minor = max(taken_off.get(basket, 0), _off_the_lines(sold))
                margin += discount_back - off_minor
                paid_minor = total_minor - back.refund_minor
                found.setdefault(unit, []).append(Receipt(at_ms, paid_minor, margin, *parts))
        return found

    def credited_to(self, decision: str) -> list[CreditedBasket]:
        """The baskets that are credited to a decision, oldest first."""
        rows = self._session.execute(
            select(CreditRow, col(BasketRow.lines))
            .join(
                BasketRow,
                and_(
                    col(BasketRow.org) == col(CreditRow.org),
                    col(BasketRow.store) == col(CreditRow.store),
                    col(BasketRow.id) == col(CreditRow.basket),
                ),
            )
            .where(
                col(CreditRow.org) == self._scope.org,
                col(CreditRow.store) == self._scope.store,
                col(CreditRow.decision) == decision,
            )
            .order_by(col(CreditRow.at_ms), col(CreditRow.basket))
        ).all()
        if not rows:
            return []
        articles = self._articles()
        departments = {one.category: one.department for one in articles.values()}
        back = self._brought_back(min(credit.at_ms for credit, _ in rows))
        found = []
        for credit, lines in rows:
            units_back = back.get(credit.basket, _NOTHING_BACK).units
            kept, _ = _kept(json.loads(lines), units_back)
            split = Shelves(articles, frozenset({credit.category}), departments).split(kept)
            found.append(
                CreditedBasket(
                    basket=credit.basket,
                    at=from_ms(credit.at_ms),
                    kind=credit.kind,
                    in_window=credit.in_window,
                    category=credit.category,
                    units=credit.units,
                    margin_minor=credit.margin_minor,
                    promoted_minor=split.promoted_minor,
                    related_minor=split.related_minor,
                    other_minor=split.other_minor,
                )
            )
        return found

    def before(self, promotions: Sequence[Promotion]) -> dict[str, list[Receipt]]:
        """What is known of these units' purchases in the weeks before, by unit; no margin."""
        if not promotions:
            return {}
        first = min(one.first_ever_ms or one.at_ms for one in promotions)
        last = max(one.at_ms for one in promotions)
        basket, line = PurchaseBasketRow, PurchaseLineRow
        rows = self._session.execute(
            select(col(basket.shopper), col(basket.at_ms), func.sum(col(line.amount_minor)))
            .join_from(
                basket,
                line,
                and_(col(line.org) == col(basket.org), col(line.basket) == col(basket.basket)),
            )
            .where(
                col(basket.org) == self._scope.org,
                col(basket.at_ms) >= first - BEFORE_BLOCKS * BLOCK_MS,
                col(basket.at_ms) < last,
            )
            .group_by(col(basket.shopper), col(basket.at_ms), col(basket.basket))
        )
        units = _units_of(promotions)
        found: dict[str, list[Receipt]] = {}
        for shopper, at_ms, spent_minor in rows:
            if (unit := units.get(shopper)) is not None:
                found.setdefault(unit, []).append(Receipt(at_ms, int(spent_minor), 0))
        return found

    def _articles(self) -> Mapping[str, Article]:
        """What is known of each product."""
        rows = self._session.execute(
            select(
                col(ProductRow.product),
                col(ProductRow.category),
                col(ProductRow.department),
                col(ProductRow.margin_bp),
            ).where(col(ProductRow.org) == self._scope.org)
        )
        return {row[0]: Article(row[1], row[2], row[3]) for row in rows}

    def _discounts(self, since_ms: int) -> Mapping[str, int]:
        """What coupons took off, by basket."""
        rows = self._session.execute(
            select(col(RedemptionRow.basket), func.sum(col(RedemptionRow.discount_minor)))
            .where(
                col(RedemptionRow.org) == self._scope.org,
                col(RedemptionRow.store) == self._scope.store,
                col(RedemptionRow.redeemed_at_ms) >= since_ms,
            )
            .group_by(col(RedemptionRow.basket))
        )
        return {basket: int(discount) for basket, discount in rows}

    def _brought_back(self, since_ms: int) -> Mapping[str, "_Back"]:
        """What came back of baskets, by basket."""
        rows = self._session.execute(
            select(col(ReturnRow.basket), col(ReturnRow.refund_minor), col(ReturnRow.lines)).where(
                col(ReturnRow.org) == self._scope.org,
                col(ReturnRow.store) == self._scope.store,
                col(ReturnRow.taken_at_ms) >= since_ms,
            )
        )
        found: dict[str, _Back] = {}
        for basket, refund_minor, lines in rows:
            back = found.setdefault(basket, _Back())
            back.refund_minor += refund_minor
            back.units.update({line: units for line, units, _, _ in json.loads(lines)})
        return found


@dataclass(slots=True)
class _Back:
    """What came back of a basket: units by line."""

    refund_minor: int = 0
    units: Counter[int] = field(default_factory=Counter)


_NOTHING_BACK = _Back()


def _units_of(promotions: Sequence[Promotion]) -> Mapping[str, str]:
    return {shopper: one.unit for one in promotions for shopper in one.members}


def _off_the_lines(lines: Sequence[Sequence[Any]]) -> int:
    """What came off a basket, line by line; earlier versions did not keep it there."""
    return sum(line[4] for line in lines if len(line) > 4)


def _kept(
    lines: Sequence[Sequence[Any]], back: Mapping[int, int]
) -> tuple[list[tuple[str, int, int]], int]:
    """(lines without what came back, what coupons had taken off that) of a basket."""
    if not back:
        return [(line[0], line[1], line[2]) for line in lines], 0
    kept, discount_back = [], 0
    for number, (product, quantity, amount, *more) in enumerate(lines):
        gone = back.get(number, 0)
        kept.append((product, quantity - gone, amount - amount * gone // quantity))
        if len(more) > 1:
            discount_back += more[1] * gone // quantity
    return kept, discount_back
