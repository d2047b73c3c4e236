"""What happened hour by hour, counted in the database."""

from sqlalchemy import ColumnElement, Integer, and_, case, func, select, type_coerce
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.decisions.decision import Outcome
from store_server.decisions.tables import DecisionRow
from store_server.ids import Scope
from store_server.redemptions.tables import CouponRow, RedemptionRow
from store_server.reports.daily import HourCounts
from store_server.reports.repository.real_shoppers import is_real
from store_server.reports.repository.unit_log import Span

HOUR_MS = 3_600_000


class DailyLogRepository:
    """Decisions and redemptions of one store, by hour."""

    def __init__(self, session: Session, scope: Scope, *, simulated: bool = False) -> None:
        """With `simulated` those who are walked by hand count too: the whole store is so."""
        self._session = session
        self._scope = scope
        self._simulated = simulated

    def hours(self, span: Span) -> list[HourCounts]:
        """What happened in each hour of the span, in no order; hours may come twice."""
        return [*self._decided(span), *self._redeemed(span)]

    def _decided(self, span: Span) -> list[HourCounts]:
        row = DecisionRow
        hour = _hour_of(col(row.at_ms))
        counted = [
            func.sum(case((col(row.outcome) == outcome, 1), else_=0))
            for outcome in (Outcome.OFFERED, Outcome.HELD_OUT)
        ]
        rows = self._session.execute(
            select(hour, *counted)
            .where(
                col(row.org) == self._scope.org,
                col(row.store) == self._scope.store,
                col(row.outcome) != Outcome.NOTHING,
                *_within(span, at_ms=col(row.at_ms), campaign=col(row.campaign)),
                *(() if self._simulated else (is_real(row.shopper),)),
            )
            .group_by(hour)
        )
        return [HourCounts(int(one), int(offered), int(held)) for one, offered, held in rows]

    def _redeemed(self, span: Span) -> list[HourCounts]:
        used, coupon = RedemptionRow, CouponRow
        hour = _hour_of(col(used.redeemed_at_ms))
        rows = self._session.execute(
            select(hour, func.count(), func.sum(col(used.discount_minor)))
            .join_from(
                used,
                coupon,
                and_(
                    col(coupon.org) == col(used.org),
                    col(coupon.store) == col(used.store),
                    col(coupon.code) == col(used.code),
                ),
            )
            .where(
                col(used.org) == self._scope.org,
                col(used.store) == self._scope.store,
                *_within(span, at_ms=col(used.redeemed_at_ms), campaign=col(coupon.campaign)),
                *(() if self._simulated else (is_real(coupon.shopper),)),
            )
            .group_by(hour)
        )
        return [
            HourCounts(int(one), redeemed=int(count), given_minor=int(given))
            for one, count, given in rows
        ]


def _hour_of(at_ms: Mapped[int]) -> ColumnElement[int]:
    """Whole hours since 1970; a division of whole numbers on either engine."""
    return type_coerce(at_ms - at_ms % HOUR_MS, Integer) // HOUR_MS


def _within(
    span: Span, *, at_ms: Mapped[int], campaign: Mapped[str] | Mapped[str | None]
) -> tuple[ColumnElement[bool], ...]:
    found: list[ColumnElement[bool]] = []
    if span.since is not None:
        found.append(at_ms >= to_ms(span.since))
    if span.until is not None:
        found.append(at_ms < to_ms(span.until))
    if span.campaign is not None:
        found.append(campaign == span.campaign)
    return tuple(found)
