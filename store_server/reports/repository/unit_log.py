"""Decisions, receipts and earlier purchases of the units that are compared."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.decisions.decision import Arm, Outcome
from store_server.decisions.tables import DecisionRow
from store_server.ids import CampaignId, Scope
from store_server.learning.tables import PurchaseBasketRow, PurchaseLineRow
from store_server.presence.tables import VisitRow
from store_server.redemptions.tables import BasketRow, CreditRow, RedemptionRow, ReturnRow
from store_server.reports.attribution_table import Credited
from store_server.reports.cuped import BEFORE_BLOCKS
from store_server.reports.shelves import Article, Shelves
from store_server.reports.unit_ledger import BLOCK_MS, Promotion, Receipt
from store_server.shop.tables import ProductRow
from store_server.shoppers.tables import ShopperRow

NO_CATEGORIES: Mapping[str, str] = {}


class Span(NamedTuple):
    """Decisions from `since` (included) to `until`, of a campaign; None: no limit."""

    since: datetime | None = None
    until: datetime | None = None
    campaign: CampaignId | None = None


class UnitRepository:
    """The units of one store's decisions. Earlier purchases are those of the organisation."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def promotions(
        self, span: Span, categories: Mapping[str, str] = NO_CATEGORIES
    ) -> list[Promotion]:
        """The first promoting decision of each unit in the span, oldest first.

        Of one campaign compared is what was offered; of all of them, who may be offered anything:
        what one campaign holds back, another may offer. `categories`: by offer.
        """
        decision, visit = DecisionRow, VisitRow
        rows = self._session.execute(
            select(
                col(decision.id),
                col(decision.shopper),
                col(decision.household),
                col(decision.at_ms),
                col(decision.outcome) if span.campaign else col(decision.arm),
                col(decision.trigger_kind),
                col(decision.campaign),
                col(decision.offer),
                col(decision.zone),
                col(visit.ended_at_ms),
            )
            .join_from(
                decision,
                visit,
                and_(
                    col(visit.org) == col(decision.org),
                    col(visit.store) == col(decision.store),
                    col(visit.visit) == col(decision.visit_id),
                ),
                isouter=True,
            )
            .where(*self._decided(span))
            .order_by(col(decision.at_ms), col(decision.id))
        ).all()
        credited = self._credited(span)
        homes = self._homes({row[2] for row in rows if row[2]})
        found: dict[str, Promotion] = {}
        for name, shopper, household, at_ms, group, kind, campaign, offer, zone, ended_ms in rows:
            unit = f"household {household}" if household else f"shopper {shopper}"
            if unit not in found:
                found[unit] = Promotion(
                    decision=name,
                    unit=unit,
                    members=tuple(sorted({shopper, *homes.get(household, ())})),
                    at_ms=at_ms,
                    treated=group in (Outcome.OFFERED, Arm.OFFER),
                    trigger_kind=kind,
                    campaign=campaign or "",
                    store=self._scope.store,
                    zone=zone,
                    visit_ended_at_ms=ended_ms,
                    bought_units=credited.get(name, 0),
                    category=categories.get(offer),
                )
        return list(found.values())

    def receipts(self, promotions: Sequence[Promotion]) -> dict[str, list[Receipt]]:
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
        promoted = {one.unit: one.category for one in promotions}
        found: dict[str, list[Receipt]] = {}
        for shopper, basket, at_ms, total_minor, lines in rows:
            unit = units.get(shopper)
            if unit is not None:
                back = brought_back.get(basket, _NOTHING_BACK)
                kept, discount_back = _kept(json.loads(lines), back.units)
                margin, *parts = Shelves(articles, promoted[unit], departments).split(kept)
                margin += discount_back - taken_off.get(basket, 0)
                paid_minor = total_minor - back.refund_minor
                found.setdefault(unit, []).append(Receipt(at_ms, paid_minor, margin, *parts))
        return found

    def earlier(self, promotions: Sequence[Promotion]) -> dict[str, list[Receipt]]:
        """What is known of these units' purchases in the weeks before, by unit; no margin."""
        if not promotions:
            return {}
        first, last = min(one.at_ms for one in promotions), max(one.at_ms for one in promotions)
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

    def credited(self, span: Span) -> Mapping[str, Credited]:
        """Baskets credited to decisions that were offered, by kind of credit."""
        rows = self._session.execute(
            select(col(CreditRow.kind), func.count(), func.sum(col(CreditRow.amount_minor)))
            .join(DecisionRow, _decision_of_credit())
            .where(*self._decided(span), col(DecisionRow.outcome) == Outcome.OFFERED)
            .group_by(col(CreditRow.kind))
        )
        return {kind: Credited(int(count), int(amount)) for kind, count, amount in rows}

    def _credited(self, span: Span) -> Mapping[str, int]:
        """Promoted units bought within the window, by decision."""
        rows = self._session.execute(
            select(col(CreditRow.decision), func.sum(col(CreditRow.units)))
            .join(DecisionRow, _decision_of_credit())
            .where(*self._decided(span), col(CreditRow.in_window).is_(True))
            .group_by(col(CreditRow.decision))
        )
        return {decision: int(units) for decision, units in rows}

    def _homes(self, households: Collection[str]) -> Mapping[str, list[str]]:
        """Who lives in these households."""
        found: dict[str, list[str]] = {}
        if households:
            rows = self._session.execute(
                select(col(ShopperRow.household), col(ShopperRow.shopper)).where(
                    col(ShopperRow.org) == self._scope.org, col(ShopperRow.household).is_not(None)
                )
            )
            for household, shopper in rows:
                if household in households:
                    found.setdefault(household, []).append(shopper)
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

    def _decided(self, span: Span) -> Iterable[ColumnElement[bool]]:
        at_ms = col(DecisionRow.at_ms)
        yield col(DecisionRow.org) == self._scope.org
        yield col(DecisionRow.store) == self._scope.store
        yield col(DecisionRow.outcome) != Outcome.NOTHING
        yield col(DecisionRow.offer).is_not(None)
        if span.since is not None:
            yield at_ms >= to_ms(span.since)
        if span.until is not None:
            yield at_ms < to_ms(span.until)
        if span.campaign is not None:
            yield col(DecisionRow.campaign) == span.campaign


@dataclass(slots=True)
class _Back:
    """What came back of a basket: units by line."""

    refund_minor: int = 0
    units: Counter[int] = field(default_factory=Counter)


_NOTHING_BACK = _Back()


def _units_of(promotions: Sequence[Promotion]) -> Mapping[str, str]:
    return {shopper: one.unit for one in promotions for shopper in one.members}


def _kept(
    lines: Sequence[Sequence[Any]], back: Mapping[int, int]
) -> tuple[list[tuple[str, int, int]], int]:
    """(lines without what came back, what coupons had taken off that) of a basket."""
    kept, discount_back = [], 0
    for number, (product, quantity, amount, *more) in enumerate(lines):
        gone = back.get(number, 0)
        kept.append((product, quantity - gone, amount - amount * gone // quantity))
        if len(more) > 1:
            discount_back += more[1] * gone // quantity
    return kept, discount_back


def _decision_of_credit() -> ColumnElement[bool]:
    return and_(
        col(DecisionRow.org) == col(CreditRow.org),
        col(DecisionRow.store) == col(CreditRow.store),
        col(DecisionRow.id) == col(CreditRow.decision),
    )
