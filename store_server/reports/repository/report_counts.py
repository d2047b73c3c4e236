"""What is counted in a span, and the deliveries, out of the rows of all rooms."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, not_, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.decisions.decision import Outcome
from store_server.decisions.tables import DecisionRow
from store_server.ids import Scope
from store_server.outbox.delivery import Attempt, Delivery
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.tables import AttemptRow, DeliveryRow, NotificationRow
from store_server.presence.tables import VisitRow, ZoneEventRow
from store_server.redemptions.coupon import CouponState
from store_server.redemptions.tables import CouponRow, RedemptionRow
from store_server.reports.funnel import Counts
from store_server.reports.repository.real_shoppers import is_real

_FRESH = {"populate_existing": True}
_USED = (CouponState.REDEEMED, CouponState.REVERSED)
_UNDELIVERED = (DeliveryState.EXPIRED, DeliveryState.DEAD, DeliveryState.SUPPRESSED)

_StoreRow = (
    type[AttemptRow]
    | type[CouponRow]
    | type[DecisionRow]
    | type[DeliveryRow]
    | type[NotificationRow]
    | type[RedemptionRow]
    | type[VisitRow]
    | type[ZoneEventRow]
)


class ReportRepository:
    """What is reported of one store; `since` is included, `until` is not, None is no limit."""

    def __init__(self, session: Session, scope: Scope, *, simulated: bool = False) -> None:
        """With `simulated` those who are walked by hand count too: the whole store is so."""
        self._session = session
        self._scope = scope
        self._simulated = simulated

    def counts(self, *, since: datetime | None, until: datetime | None) -> Counts:
        """What happened in the span, each thing by the time at which it began."""
        stays = self._between(ZoneEventRow.at_ms, since, until)
        visits = self._between(VisitRow.started_at_ms, since, until)
        told = self._between(NotificationRow.created_at_ms, since, until)
        notes = [*told, col(NotificationRow.kind) == "offer"]
        issued = self._between(CouponRow.issued_at_ms, since, until)
        redeemed = self._between(RedemptionRow.redeemed_at_ms, since, until)
        return Counts(
            visits=self._count(VisitRow, *visits),
            zone_stays=self._count(ZoneEventRow, *stays, col(ZoneEventRow.kind) == "enter"),
            outcomes=self._outcomes(since, until),
            reasons=self._reasons(since, until),
            notified=self._count(NotificationRow, *notes),
            delivered=self._count(
                NotificationRow, *notes, col(NotificationRow.delivered_at_ms).is_not(None)
            ),
            opened=self._count(
                NotificationRow, *notes, col(NotificationRow.opened_at_ms).is_not(None)
            ),
            issued=self._count(CouponRow, *issued),
            redeemed=self._count(RedemptionRow, *redeemed),
            undelivered=self._undelivered(since, until),
            unused=self._unused(issued),
        )

    def deliveries(
        self,
        *,
        limit: int,
        state: DeliveryState | None,
        before: datetime | None,
        endpoint: str | None = None,
        notification: str | None = None,
        after: tuple[int, str] | None = None,
    ) -> list[Delivery]:
        """The newest deliveries with their tries, newest first; `before` is not included.

        after: (created_at_ms, notification) of the last notification that was told.
        """
        query = select(DeliveryRow).where(*self._of(DeliveryRow))
        if state is not None:
            query = query.where(DeliveryRow.state == state)
        if endpoint is not None:
            query = query.where(DeliveryRow.endpoint == endpoint)
        if notification is not None:
            query = query.where(DeliveryRow.notification == notification)
        if before is not None:
            query = query.where(DeliveryRow.created_at_ms < to_ms(before))
        if after is not None:
            created, name = col(DeliveryRow.created_at_ms), col(DeliveryRow.notification)
            # The bound alone lets the index begin there; an OR alone walks from the newest on.
            query = query.where(created <= after[0], or_(created < after[0], name < after[1]))
        newest = query.order_by(
            col(DeliveryRow.created_at_ms).desc(),
            col(DeliveryRow.notification).desc(),
            col(DeliveryRow.endpoint),
        ).limit(limit)
        rows = self._session.exec(newest.execution_options(**_FRESH)).all()
        attempts = self._attempts([row.notification for row in rows])
        return [
            Delivery(
                notification=row.notification,
                endpoint=row.endpoint,
                state=DeliveryState(row.state),
                reason=None if row.reason is None else DeliveryReason(row.reason),
                attempts=tuple(attempts.get((row.notification, row.endpoint), ())),
                created_at=from_ms(row.created_at_ms),
                expires_at=from_ms(row.expires_at_ms),
            )
            for row in rows
        ]

    def _attempts(self, notifications: Sequence[str]) -> dict[tuple[str, str], list[Attempt]]:
        rows = self._session.exec(
            select(AttemptRow)
            .where(*self._of(AttemptRow), col(AttemptRow.notification).in_(notifications))
            .order_by(col(AttemptRow.number))
            .execution_options(**_FRESH)
        )
        found: dict[tuple[str, str], list[Attempt]] = {}
        for row in rows:
            found.setdefault((row.notification, row.endpoint), []).append(
                Attempt(
                    number=row.number,
                    started_system_ms=row.started_system_ms,
                    latency_ms=row.latency_ms,
                    status=row.status,
                    error=row.error,
                    body=row.body,
                )
            )
        return found

    def _outcomes(self, since: datetime | None, until: datetime | None) -> Mapping[str, int]:
        rows = self._session.exec(
            select(DecisionRow.outcome, func.count())
            .where(*self._of(DecisionRow), *self._between(DecisionRow.at_ms, since, until))
            .group_by(DecisionRow.outcome)
        )
        found = dict(rows.all())
        return {outcome.value: found.get(outcome, 0) for outcome in Outcome}

    def _reasons(self, since: datetime | None, until: datetime | None) -> Mapping[str, int]:
        """Decisions that showed nothing by their first reason: each is lost once."""
        rows = self._session.exec(
            select(DecisionRow.reasons, func.count())
            .where(*self._of(DecisionRow), *self._between(DecisionRow.at_ms, since, until))
            .where(DecisionRow.outcome == Outcome.NOTHING)
            .group_by(DecisionRow.reasons)
        )
        found: Counter[str] = Counter()
        for reasons, count in rows:
            named = json.loads(reasons)
            found[str(named[0]) if named else "unknown"] += count
        return found

    def _undelivered(self, since: datetime | None, until: datetime | None) -> Mapping[str, int]:
        rows = self._session.exec(
            select(DeliveryRow.state, DeliveryRow.reason, func.count())
            .where(*self._of(DeliveryRow))
            .where(*self._between(DeliveryRow.created_at_ms, since, until))
            .where(col(DeliveryRow.state).in_(_UNDELIVERED), self._is_offer())
            .group_by(DeliveryRow.state, col(DeliveryRow.reason))
        )
        return {f"{state} {reason}": count for state, reason, count in rows}

    def _is_offer(self) -> ColumnElement[bool]:
        """Whether a delivery is of an offer: durable events are no step of the funnel."""
        return (
            select(NotificationRow.id)
            .where(*self._of(NotificationRow), NotificationRow.id == DeliveryRow.notification)
            .where(NotificationRow.kind == "offer")
            .correlate(DeliveryRow)
            .exists()
        )

    def _unused(self, issued: Sequence[ColumnElement[bool]]) -> Mapping[str, int]:
        rows = self._session.exec(
            select(CouponRow.state, func.count())
            .where(*self._of(CouponRow), *issued, col(CouponRow.state).not_in(_USED))
            .group_by(CouponRow.state)
        )
        return {f"coupon_{state}": count for state, count in rows}

    def _count(self, row: _StoreRow, *where: ColumnElement[bool]) -> int:
        counted = select_columns(func.count()).select_from(row).where(*self._of(row), *where)
        return int(self._session.execute(counted).scalar_one())

    def _of(self, row: _StoreRow) -> tuple[ColumnElement[bool], ...]:
        mine = (col(row.org) == self._scope.org, col(row.store) == self._scope.store)
        if self._simulated or issubclass(row, AttemptRow | DeliveryRow):
            return mine
        if issubclass(row, RedemptionRow):
            return (*mine, col(row.code).not_in(self._walked()))
        return (*mine, is_real(row.shopper))

    def _walked(self) -> Select[str]:
        """The coupons of shoppers who are walked by hand."""
        return select_columns(col(CouponRow.code)).where(
            col(CouponRow.org) == self._scope.org,
            col(CouponRow.store) == self._scope.store,
            not_(is_real(CouponRow.shopper)),
        )

    @staticmethod
    def _between(
        at_ms: int, since: datetime | None, until: datetime | None
    ) -> tuple[ColumnElement[bool], ...]:
        lower = () if since is None else (col(at_ms) >= to_ms(since),)
        upper = () if until is None else (col(at_ms) < to_ms(until),)
        return (*lower, *upper)
