"""Coupons, baskets and credits in the database. Single use is held here, by it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, delete, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import CampaignId, OfferId, Scope, ShopperId
from store_server.redemptions.attribution import Credit
from store_server.redemptions.basket import (
    Basket,
    BasketAnswer,
    BasketLine,
    answer_from_json,
    answer_to_json,
)
from store_server.redemptions.coupon import Coupon, CouponState, parse
from store_server.redemptions.tables import BasketRow, CouponRow, CreditRow, RedemptionRow

_FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class TakenBasket:
    """A basket that was taken before: what it was, and what the till was told."""

    fingerprint: str
    idempotency_key: str
    answer: BasketAnswer


class CouponRepository:
    """The coupons of one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def issue(
        self,
        code: str,
        *,
        shopper: ShopperId,
        offer: OfferId,
        campaign: CampaignId,
        decision: str,
        face_value_minor: int,
        issued_at: datetime,
        expires_at: datetime,
    ) -> None:
        """Write a coupon that may be redeemed once, until `expires_at`.

        Raises:
            ValueError: `code` was not made by `coupon.new_code`.
            sqlalchemy.exc.IntegrityError: this decision has a coupon already.
        """
        normal = parse(code)
        if normal is None:
            raise ValueError("a coupon needs a code made by coupon.new_code")
        row = CouponRow(
            org=self._scope.org,
            store=self._scope.store,
            code=normal,
            shopper=shopper,
            offer=offer,
            campaign=campaign,
            decision=decision,
            face_value_minor=face_value_minor,
            issued_at_ms=to_ms(issued_at),
            expires_at_ms=to_ms(expires_at),
            state=CouponState.ISSUED,
        )
        self._session.add(row)
        self._session.flush()

    def find(self, code: str) -> Coupon | None:
        """The coupon of a code in normal form."""
        found = self._session.exec(
            select(CouponRow)
            .where(*self._mine(), CouponRow.code == code)
            .execution_options(**_FRESH)
        ).one_or_none()
        return None if found is None else _coupon(found)

    def redeem(
        self, coupon: Coupon, *, basket: str, till: str, discount_minor: int, at: datetime
    ) -> bool:
        """Use a coupon up; False, and nothing written, when somebody else was first.

        The update only finds a coupon that is still issued, and the redemption's key is the
        code: two tills that ask at once cannot both hear yes.
        """
        taken = self._session.connection().execute(
            update(CouponRow)
            .where(
                *self._mine(),
                col(CouponRow.code) == coupon.code,
                col(CouponRow.state) == CouponState.ISSUED,
                col(CouponRow.expires_at_ms) > to_ms(at),
            )
            .values(state=CouponState.REDEEMED)
        )
        if taken.rowcount != 1:
            return False
        redemption: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "code": coupon.code,
            "decision": coupon.decision,
            "basket": basket,
            "till": till,
            "discount_minor": discount_minor,
            "redeemed_at_ms": to_ms(at),
        }
        if insert_new(self._session, RedemptionRow, [redemption]) != 1:
            raise RuntimeError(f"coupon of decision {coupon.decision} was issued yet has a use")
        return True

    def expire(self, *, now: datetime, limit: int = 1_000) -> list[Coupon]:
        """Close issued coupons whose time is over, at most `limit`; which."""
        over = self._session.exec(
            select(CouponRow)
            .where(
                *self._mine(),
                CouponRow.state == CouponState.ISSUED,
                CouponRow.expires_at_ms <= to_ms(now),
            )
            .order_by(col(CouponRow.expires_at_ms), col(CouponRow.code))
            .limit(limit)
            .with_for_update()
            .execution_options(**_FRESH)
        )
        coupons = [_coupon(row) for row in over]
        self._session.connection().execute(
            update(CouponRow)
            .where(*self._mine(), col(CouponRow.code).in_([coupon.code for coupon in coupons]))
            .values(state=CouponState.EXPIRED)
        )
        return coupons

    def of_shopper(self, shopper: ShopperId) -> list[Coupon]:
        """Every coupon issued to a shopper, oldest first: for the data download."""
        return self._coupons(*self._mine(), col(CouponRow.shopper) == shopper)

    def out_with(self, shopper: ShopperId) -> list[Coupon]:
        """What a shopper may still redeem, in any store of the organisation, oldest first."""
        return self._coupons(
            col(CouponRow.org) == self._scope.org,
            col(CouponRow.shopper) == shopper,
            col(CouponRow.state) == CouponState.ISSUED,
        )

    def forget(self, shopper: ShopperId) -> int:
        """Delete a shopper's coupons, in every store of the organisation; how many.

        The redemptions stay, they name nobody.
        """
        gone = self._session.connection().execute(
            delete(CouponRow).where(
                col(CouponRow.org) == self._scope.org, col(CouponRow.shopper) == shopper
            )
        )
        return int(gone.rowcount)

    def _coupons(self, *where: ColumnElement[bool]) -> list[Coupon]:
        rows = self._session.exec(
            select(CouponRow)
            .where(*where)
            .order_by(col(CouponRow.issued_at_ms), col(CouponRow.store), col(CouponRow.code))
            .execution_options(**_FRESH)
        )
        return [_coupon(row) for row in rows]

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(CouponRow.org) == self._scope.org, col(CouponRow.store) == self._scope.store


class BasketRepository:
    """The baskets of one store, and what they are credited to."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def taken(self, *, idempotency_key: str, basket: str) -> TakenBasket | None:
        """The basket that came with this key, else the one of this id."""
        for matches in (BasketRow.idempotency_key == idempotency_key, BasketRow.id == basket):
            found = self._session.exec(
                select(BasketRow).where(*self._mine(), matches).execution_options(**_FRESH)
            ).one_or_none()
            if found is not None:
                return TakenBasket(
                    found.fingerprint, found.idempotency_key, answer_from_json(found.answer)
                )
        return None

    def add(
        self,
        basket: Basket,
        *,
        shopper: ShopperId | None,
        answer: BasketAnswer,
        idempotency_key: str,
        unknown_products: int,
        taken_at: datetime,
    ) -> None:
        """Write a basket with the answer that its till gets, now and at every replay.

        Raises:
            sqlalchemy.exc.IntegrityError: its id or key is taken; ask `taken` first.
        """
        row = BasketRow(
            org=self._scope.org,
            store=self._scope.store,
            id=basket.id,
            till=basket.till,
            shopper=shopper,
            at_ms=to_ms(basket.at),
            taken_at_ms=to_ms(taken_at),
            total_minor=answer.total_minor,
            unknown_products=unknown_products,
            lines=json.dumps([[x.product_id, x.quantity, x.amount_minor] for x in basket.lines]),
            answer=answer_to_json(answer),
            fingerprint=basket.fingerprint(),
            idempotency_key=idempotency_key,
        )
        self._session.add(row)
        self._session.flush()

    def credit(self, credits_: Sequence[Credit]) -> int:
        """Write what a basket is credited to; how many were new."""
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
                lines=tuple(BasketLine(*line) for line in json.loads(row.lines)),
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

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(BasketRow.org) == self._scope.org, col(BasketRow.store) == self._scope.store


def _coupon(row: CouponRow) -> Coupon:
    return Coupon(
        code=row.code,
        shopper=ShopperId(row.shopper),
        offer=OfferId(row.offer),
        campaign=CampaignId(row.campaign),
        decision=row.decision,
        face_value_minor=row.face_value_minor,
        issued_at=from_ms(row.issued_at_ms),
        expires_at=from_ms(row.expires_at_ms),
        state=CouponState(row.state),
    )
