"""Coupons and their redemptions. Single use is held here, by the database.

Each step of a coupon's life is an UPDATE that only finds the coupon as it was seen, and the
redemption's key is the code: of two tills that ask at once one changes a row, the other none.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Update, insert, or_, update
from sqlmodel import Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.ids import CampaignId, OfferId, Scope, ShopperId
from store_server.redemptions.coupon import OPEN_STATES, Coupon, CouponState
from store_server.redemptions.repository.coupon_rows import (
    CouponUse,
    Redemption,
    coupon_of,
    new_coupon,
    redemption_of,
    row_of_coupon,
    row_of_use,
)
from store_server.redemptions.tables import CouponRow, RedemptionRow

_FRESH = {"populate_existing": True}
_ISSUE = insert(CouponRow)
_FREE = {"reserved_by": None, "reserved_until_ms": None}
# SQLite takes 32,766 bound values in a statement.
CODES_AT_ONCE = 5_000


def _may_be_used(use: CouponUse) -> bool:
    """Whether a coupon seen like this can be used at all; a till that was offline comes late."""
    match use.coupon.state:
        case CouponState.RESERVED:
            return True
        case CouponState.ISSUED | CouponState.EXPIRED:
            return use.at < use.coupon.expires_at
        case _:
            return False


def _sight_order(use: CouponUse) -> tuple[str, str]:
    return use.coupon.state, use.coupon.reserved_by or ""


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
        offer_version: str | None = None,
        key: bytes | None = None,
    ) -> None:
        """Write a coupon that may be redeemed once, until `expires_at`.

        The row's promise is bound with `key`, the store's signing key, to `offer_version`.

        Raises:
            ValueError: `code` was not made by `coupon_code.new_code`.
            sqlalchemy.exc.IntegrityError: this decision has a coupon already.
        """
        coupon = new_coupon(
            code,
            shopper=shopper,
            offer=offer,
            campaign=campaign,
            decision=decision,
            face_value_minor=face_value_minor,
            issued_at=issued_at,
            expires_at=expires_at,
            offer_version=offer_version,
            key=key,
        )
        self.issue_all([coupon])

    def issue_all(self, coupons: Sequence[Coupon]) -> None:
        """Write coupons (`new_coupon`) that may be redeemed once each.

        Raises:
            sqlalchemy.exc.IntegrityError: one of their decisions has a coupon already.
        """
        if coupons:
            rows = [row_of_coupon(one, self._scope) for one in coupons]
            self._session.connection().execute(_ISSUE, rows)

    def find(self, code: str) -> Coupon | None:
        """The coupon of a code in normal form."""
        return self.find_all([code]).get(code)

    def find_all(self, codes: Collection[str]) -> dict[str, Coupon]:
        """The coupons of these codes in normal form, held against other writers until the end."""
        found: dict[str, Coupon] = {}
        ordered = sorted(set(codes))
        for start in range(0, len(ordered), CODES_AT_ONCE):
            statement = select(CouponRow).where(
                *self._mine(), col(CouponRow.code).in_(ordered[start : start + CODES_AT_ONCE])
            )
            # In one order, so that two writers wait for each other and never both.
            locked = statement.order_by(col(CouponRow.code)).with_for_update()
            found.update({one.code: one for one in self._read(locked)})
        return found

    def reserve(self, coupon: Coupon, *, till: str, until: datetime) -> bool:
        """Hold a coupon for a till; False when it is not as it was seen any more."""
        values = {
            "state": CouponState.RESERVED,
            "reserved_by": till,
            "reserved_until_ms": to_ms(until),
        }
        return self._changed(self._as_seen(coupon).values(values))

    def release(self, coupon: Coupon) -> bool:
        """Give a held coupon back; False when it is not as it was seen any more."""
        return self._changed(self._as_seen(coupon).values(state=CouponState.ISSUED, **_FREE))

    def redeem(self, use: CouponUse) -> bool:
        """Use a coupon up; False, and nothing written, when somebody else was first."""
        return use.coupon.code in self.redeem_all([use])

    def redeem_all(self, uses: Sequence[CouponUse]) -> set[str]:
        """Use coupons up, each code once; the codes of those that were still as they were seen."""
        by_sight = sorted(filter(_may_be_used, uses), key=_sight_order)
        taken: set[str] = set()
        for _, group in groupby(by_sight, key=_sight_order):
            seen = list(group)
            statement = (
                self._seen_as(seen[0].coupon)
                .where(col(CouponRow.code).in_([use.coupon.code for use in seen]))
                .values(state=CouponState.REDEEMED, **_FREE)
                .returning(col(CouponRow.code))
            )
            taken.update(self._session.connection().execute(statement).scalars())
        rows = [row_of_use(use, self._scope) for use in uses if use.coupon.code in taken]
        if insert_new(self._session, RedemptionRow, rows) != len(rows):
            raise RuntimeError("a coupon was open yet has a use; look for rows written by hand")
        return taken

    def redemptions(
        self, *, codes: Collection[str] = (), basket: str | None = None
    ) -> dict[str, Redemption]:
        """The uses of these codes, or of a basket, by code."""
        mine = (
            col(RedemptionRow.org) == self._scope.org,
            col(RedemptionRow.store) == (self._scope.store),
        )
        which = (
            col(RedemptionRow.basket) == basket
            if basket is not None
            else col(RedemptionRow.code).in_(sorted(codes))
        )
        rows = self._session.exec(
            select(RedemptionRow).where(*mine, which).execution_options(**_FRESH)
        )
        return {row.code: redemption_of(row) for row in rows}

    def note_shares(self, code: str, *, shares: Sequence[tuple[int, int]]) -> None:
        """Keep what a coupon took off which line, once its basket is known."""
        self._session.connection().execute(
            self._redemption_update(code).values(shares=json.dumps(shares))
        )

    def reverse(self, code: str, *, at: datetime) -> bool:
        """Give a redeemed coupon up: its purchase came back. False when it is not redeemed."""
        reversed_ = update(CouponRow).where(
            *self._mine(),
            col(CouponRow.code) == code,
            col(CouponRow.state) == CouponState.REDEEMED,
        )
        self._changed(reversed_.values(state=CouponState.REVERSED))
        # The redemption decides: the coupon's row is gone when its shopper was forgotten.
        unreversed = self._redemption_update(code).where(
            col(RedemptionRow.reversed_at_ms).is_(None)
        )
        return self._changed(unreversed.values(reversed_at_ms=to_ms(at)))

    def expire(self, *, now: datetime, limit: int = 1_000) -> list[Coupon]:
        """Close open coupons whose time is over and that no till holds, at most `limit`; which."""
        over = col(CouponRow.expires_at_ms) <= to_ms(now)
        unheld = or_(
            col(CouponRow.state) == CouponState.ISSUED,
            (col(CouponRow.state) == CouponState.RESERVED)
            & (col(CouponRow.reserved_until_ms) <= to_ms(now)),
        )
        return self._close(CouponState.EXPIRED, over, unheld, limit=limit)

    def free_held(self, *, now: datetime) -> int:
        """Give back what tills reserved and did not use in time; how many."""
        freed = self._session.connection().execute(
            update(CouponRow)
            .where(
                *self._mine(),
                col(CouponRow.state) == CouponState.RESERVED,
                col(CouponRow.reserved_until_ms) <= to_ms(now),
                col(CouponRow.expires_at_ms) > to_ms(now),
            )
            .values(state=CouponState.ISSUED, **_FREE)
        )
        return int(freed.rowcount)

    def revoke(
        self, *, code: str | None = None, campaign: str | None = None, limit: int = 1_000
    ) -> list[Coupon]:
        """Close open coupons, of one code or of a campaign, at most `limit`; which."""
        open_ = col(CouponRow.state).in_(sorted(OPEN_STATES))
        which = col(CouponRow.code) == code if code else col(CouponRow.campaign) == campaign
        return self._close(CouponState.REVOKED, open_, which, limit=limit)

    def of_shopper(self, shopper: ShopperId) -> list[Coupon]:
        """Every coupon issued to a shopper, oldest first: for the data download."""
        return self._coupons(*self._mine(), col(CouponRow.shopper) == shopper)

    def of_decisions(self, decisions: Collection[str]) -> dict[str, Coupon]:
        """The coupons of these decisions of this store, by decision."""
        found = self._coupons(*self._mine(), col(CouponRow.decision).in_(list(decisions)))
        return {one.decision: one for one in found}

    def out_with(self, shopper: ShopperId) -> list[Coupon]:
        """What a shopper may still redeem, in any store of the organisation, oldest first."""
        return self._coupons(
            col(CouponRow.org) == self._scope.org,
            col(CouponRow.shopper) == shopper,
            col(CouponRow.state).in_(sorted(OPEN_STATES)),
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
        order = (col(CouponRow.issued_at_ms), col(CouponRow.store), col(CouponRow.code))
        return self._read(select(CouponRow).where(*where).order_by(*order))

    def _read(self, statement: SelectOfScalar[CouponRow]) -> list[Coupon]:
        rows = self._session.exec(statement.execution_options(**_FRESH))
        return [coupon_of(row) for row in rows]

    def _close(self, state: CouponState, *where: ColumnElement[bool], limit: int) -> list[Coupon]:
        order = (col(CouponRow.expires_at_ms), col(CouponRow.code))
        chosen = select(CouponRow).where(*self._mine(), *where).order_by(*order).limit(limit)
        coupons = self._read(chosen.with_for_update())
        codes = [coupon.code for coupon in coupons]
        self._session.connection().execute(
            update(CouponRow)
            .where(*self._mine(), col(CouponRow.code).in_(codes))
            .values(state=state, **_FREE)
        )
        return coupons

    def _as_seen(self, coupon: Coupon) -> Update:
        return self._seen_as(coupon).where(col(CouponRow.code) == coupon.code)

    def _seen_as(self, coupon: Coupon) -> Update:
        seen = update(CouponRow).where(*self._mine(), col(CouponRow.state) == coupon.state)
        holder = col(CouponRow.reserved_by)
        same = holder.is_(None) if coupon.reserved_by is None else holder == coupon.reserved_by
        return seen.where(same)

    def _redemption_update(self, code: str) -> Update:
        return update(RedemptionRow).where(
            col(RedemptionRow.org) == self._scope.org,
            col(RedemptionRow.store) == self._scope.store,
            col(RedemptionRow.code) == code,
        )

    def _changed(self, statement: Update) -> bool:
        return bool(self._session.connection().execute(statement).rowcount)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(CouponRow.org) == self._scope.org, col(CouponRow.store) == self._scope.store
