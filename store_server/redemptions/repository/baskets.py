"""Baskets of one store, and what they are credited to."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, delete, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope, ShopperId
from store_server.redemptions.attribution import Credit
from store_server.redemptions.basket import Basket, BasketLine
from store_server.redemptions.basket_return import PaidLine
from store_server.redemptions.tables import BasketRow, CreditRow

_FRESH = {"populate_existing": True}
# SQLite takes 32,766 bound values in a statement.
DECISIONS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class TakenBasket:
    """A basket that was taken before: what it was, and what the till was told, word for word."""

    id: str
    fingerprint: str
    idempotency_key: str
    answer: str


@dataclass(frozen=True, slots=True)
class NewBasket:
    """A basket as it is written down.

    shopper: whose it is, as far as is known. products: what lines name by another spelling.
    answer: the words that its till gets. discounts: what came off each line.
    """

    basket: Basket
    idempotency_key: str
    shopper: ShopperId | None
    answer: str
    total_minor: int
    discounts: Sequence[int]
    unknown_products: int = 0
    products: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaidBasket:
    """A basket as it was paid: what returns go by."""

    id: str
    at: datetime
    shopper: ShopperId | None
    lines: tuple[PaidLine, ...]
    tax_included: bool


class BasketRepository:
    """The baskets of one store, and what they are credited to."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def taken(self, *, keys: Collection[str], baskets: Collection[str]) -> list[TakenBasket]:
        """The baskets that came with one of these keys, or have one of these ids."""
        row = BasketRow
        found = self._session.execute(
            select(
                col(row.id), col(row.fingerprint), col(row.idempotency_key), col(row.answer)
            ).where(
                *self._mine(),
                or_(col(row.idempotency_key).in_(sorted(keys)), col(row.id).in_(sorted(baskets))),
            )
        )
        return [TakenBasket(*columns) for columns in found]

    def add(self, baskets: Sequence[NewBasket], *, taken_at: datetime) -> None:
        """Write baskets with the answers that their tills get, now and at every replay.

        Raises:
            sqlalchemy.exc.IntegrityError: an id or key is taken; ask `taken` first.
        """
        rows = [self._row(one, taken_at=taken_at) for one in baskets]
        if rows:
            self._session.connection().execute(insert(BasketRow), rows)

    def paid(self, basket: str) -> PaidBasket | None:
        """A basket as it was paid, held against other writers until the end."""
        found = self._session.exec(
            select(BasketRow)
            .where(*self._mine(), BasketRow.id == basket)
            .with_for_update()
            .execution_options(**_FRESH)
        ).one_or_none()
        if found is None:
            return None
        return PaidBasket(
            id=found.id,
            at=from_ms(found.at_ms),
            shopper=ShopperId(found.shopper) if found.shopper is not None else None,
            lines=tuple(PaidLine(*line) for line in json.loads(found.lines)),
            tax_included=found.tax_included,
        )

    def earned(self, decisions: Sequence[str]) -> dict[str, int]:
        """Margin in minor units that baskets in the windows of these decisions left."""
        found: dict[str, int] = {}
        for start in range(0, len(decisions), DECISIONS_AT_ONCE):
            rows = self._session.execute(
                select_columns(col(CreditRow.decision), func.sum(CreditRow.margin_minor))
                .where(
                    col(CreditRow.org) == self._scope.org,
                    col(CreditRow.store) == self._scope.store,
                    col(CreditRow.decision).in_(list(decisions[start : start + DECISIONS_AT_ONCE])),
                    col(CreditRow.in_window),
                )
                .group_by(col(CreditRow.decision))
            )
            found.update({decision: int(margin) for decision, margin in rows})
        return found

    def credit(self, credits_: Sequence[Credit]) -> int:
        """Write what baskets are credited to; how many were new."""
        rows: list[dict[str, object]] = [
            {
                "org": self._scope.org,
                "store": self._scope.store,
                "decision": credit.decision,
                "basket": credit.basket,
                "kind": credit.kind,
                "at_ms": to_ms(credit.at),
                "category": credit.category,
                "in_window": credit.in_window,
                "units": credit.units,
                "amount_minor": credit.amount_minor,
                "margin_minor": credit.margin_minor,
            }
            for credit in credits_
        ]
        return insert_new(self._session, CreditRow, rows)

    def drop_credits(self, basket: str) -> int:
        """Take back what a basket was credited to, before it is credited anew; how many."""
        gone = self._session.connection().execute(
            delete(CreditRow).where(
                col(CreditRow.org) == self._scope.org,
                col(CreditRow.store) == self._scope.store,
                col(CreditRow.basket) == basket,
            )
        )
        return int(gone.rowcount)

    def of_shopper(self, shopper: ShopperId) -> list[Basket]:
        """Every basket of a shopper, oldest first: for the data download; without coupon codes."""
        rows = self._session.exec(
            select(BasketRow)
            .where(*self._mine(), BasketRow.shopper == shopper)
            .order_by(col(BasketRow.at_ms), col(BasketRow.id))
            .execution_options(**_FRESH)
        )
        return [
            Basket(
                id=row.id,
                till=row.till,
                at=from_ms(row.at_ms),
                shopper=shopper,
                lines=tuple(BasketLine(*line[:3]) for line in json.loads(row.lines)),
                coupons=(),
            )
            for row in rows
        ]

    def forget(self, shopper: ShopperId) -> int:
        """Take a shopper's name off the baskets of every store; the shops keep their receipts."""
        changed = self._session.connection().execute(
            update(BasketRow)
            .where(col(BasketRow.org) == self._scope.org, col(BasketRow.shopper) == shopper)
            .values(shopper=None)
        )
        return int(changed.rowcount)

    def _row(self, one: NewBasket, *, taken_at: datetime) -> dict[str, object]:
        basket = one.basket
        lines = [
            [
                one.products.get(x.product_id, x.product_id),
                x.quantity,
                x.amount_minor,
                x.tax_bp,
                off,
            ]
            for x, off in zip(basket.lines, one.discounts, strict=True)
        ]
        return {
            "org": self._scope.org,
            "store": self._scope.store,
            "id": basket.id,
            "till": basket.till,
            "shopper": one.shopper,
            "at_ms": to_ms(basket.at),
            "taken_at_ms": to_ms(taken_at),
            "total_minor": one.total_minor,
            "unknown_products": one.unknown_products,
            "lines": json.dumps(lines, separators=(",", ":")),
            "answer": one.answer,
            "fingerprint": basket.fingerprint(),
            "idempotency_key": one.idempotency_key,
            "tax_included": basket.prices_include_tax,
            "was_offline": bool(basket.given),
        }

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(BasketRow.org) == self._scope.org, col(BasketRow.store) == self._scope.store
