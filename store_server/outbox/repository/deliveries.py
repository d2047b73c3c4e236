"""Notifications and their deliveries: claim by lease, settle once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, tuple_, update
from sqlmodel import Session, col, select

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.outbox.attempt import DeliveryKey, Settled, Tried
from store_server.outbox.delivery import Due
from store_server.outbox.endpoint import EndpointState
from store_server.outbox.notification import (
    DeliveryReason,
    DeliveryState,
    Notification,
)
from store_server.outbox.repository.rows import (
    attempt_values,
    due_of,
    note_values,
    same_endpoint,
    same_notification,
    way_values,
)
from store_server.outbox.tables import AttemptRow, DeliveryRow, EndpointRow, NotificationRow

_FRESH = {"populate_existing": True}


class OutboxRepository:
    """The notifications of one store, and their deliveries."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, notifications: Sequence[Notification]) -> int:
        """Write what is to be sent, in the transaction that decided it; how many were new.

        Each goes to every active endpoint of the organisation, or waits for the first one;
        "pull" ones went out with an answer and are recorded as delivered.
        """
        waiting = [one for one in notifications if one.channel == "webhook"]
        endpoints = self._active_endpoints() if waiting else []
        notes = [note_values(one, self._scope) for one in notifications]
        added = insert_new(self._session, NotificationRow, notes)
        ways = [way_values(one, each, self._scope) for one in waiting for each in endpoints or [""]]
        insert_new(self._session, DeliveryRow, ways)
        return added

    def has_due(self, *, now_system_ms: int, skip_endpoints: Collection[str] = ()) -> bool:
        """Whether a claim would have something to do: a cheap look, without the writer."""
        for state, at in (
            (DeliveryState.QUEUED, DeliveryRow.next_attempt_system_ms),
            (DeliveryState.SENDING, DeliveryRow.lease_until_system_ms),
        ):
            found = self._session.exec(
                select(DeliveryRow.notification)
                .where(*self._mine(), DeliveryRow.state == state, col(at) <= now_system_ms)
                .where(col(DeliveryRow.endpoint).not_in(("", *skip_endpoints)))
                .limit(1)
            ).first()
            if found is not None:
                return True
        return False

    def claim(
        self,
        *,
        now_system_ms: int,
        lease_ms: int,
        limit: int,
        skip_endpoints: Collection[str] = (),
    ) -> list[Due]:
        """Lease up to `limit` due deliveries: nobody else gets them before the lease is over.

        New ones come before retries. What is expired must have been closed before (`expire`);
        lapsed leases are freed here.
        """
        self.release(lapsed_at_system_ms=now_system_ms)
        found = self._session.exec(
            select(DeliveryRow, NotificationRow, EndpointRow)
            .join(NotificationRow, same_notification())
            .join(EndpointRow, same_endpoint())
            .where(
                *self._mine(),
                DeliveryRow.state == DeliveryState.QUEUED,
                DeliveryRow.next_attempt_system_ms <= now_system_ms,
                EndpointRow.state == EndpointState.ACTIVE,
                col(DeliveryRow.endpoint).not_in(skip_endpoints),
            )
            .order_by(col(DeliveryRow.next_attempt_system_ms))
            .limit(limit)
            .with_for_update(of=DeliveryRow, skip_locked=True)
            .execution_options(**_FRESH)
        ).all()
        due = [due_of(delivery, note, endpoint) for delivery, note, endpoint in found]
        taken = self._change(
            *self._among([one.key for one in due]),
            col(DeliveryRow.state) == DeliveryState.QUEUED,
            state=DeliveryState.SENDING,
            attempts=col(DeliveryRow.attempts) + 1,
            lease_until_system_ms=now_system_ms + lease_ms,
        )
        if taken != len(due):
            raise RuntimeError(f"{len(due)} deliveries were to be claimed, {taken} were there")
        return due

    def settle(self, settled: Sequence[Settled], *, now: datetime) -> int:
        """Write the next states of deliveries; how many changed.

        A claim that was taken over meanwhile settles nothing, except that what was delivered is
        so even then: the receiver has it.

        Args:
            settled: which delivery, which try, what follows.
            now: of the clock that rules decisions.
        """
        delivered = [one.key for one in settled if one.next.state is DeliveryState.DELIVERED]
        changed = self._settle_delivered(delivered, now=now) if delivered else 0
        for one in settled:
            if one.next.state is not DeliveryState.DELIVERED:
                changed += self._change(
                    *self._among([one.key]),
                    col(DeliveryRow.state) == DeliveryState.SENDING,
                    col(DeliveryRow.attempts) == one.number,
                    state=one.next.state,
                    reason=one.next.reason,
                    next_attempt_system_ms=one.next.next_attempt_system_ms,
                )
        return changed

    def log_attempts(self, tried: Sequence[Tried]) -> int:
        """Write what came of each try; a try is logged once."""
        return insert_new(
            self._session, AttemptRow, [attempt_values(one, self._scope) for one in tried]
        )

    def suppress(self, key: DeliveryKey, *, reason: DeliveryReason) -> None:
        """End a delivery that must not be sent any more."""
        self._change(*self._among([key]), state=DeliveryState.SUPPRESSED, reason=reason)

    def release(self, *, lapsed_at_system_ms: int | None = None) -> int:
        """Queue again what is being sent under a lapsed lease; None: under any lease.

        Any lease means: at start, when no thread of this store can be sending.
        """
        lapsed = (
            ()
            if lapsed_at_system_ms is None
            else (col(DeliveryRow.lease_until_system_ms) <= lapsed_at_system_ms,)
        )
        sending = col(DeliveryRow.state) == DeliveryState.SENDING
        return self._change(
            *self._mine(), sending, *lapsed, state=DeliveryState.QUEUED, lease_until_system_ms=0
        )

    def expire(self, *, now: datetime) -> int:
        """Close what waits and whose moment is over; how many."""
        why = case(
            (col(DeliveryRow.endpoint) == "", DeliveryReason.NO_ENDPOINT.value),
            else_=DeliveryReason.MOMENT_OVER.value,
        )
        return self._change(
            *self._mine(),
            col(DeliveryRow.state) == DeliveryState.QUEUED,
            col(DeliveryRow.expires_at_ms) <= to_ms(now),
            state=DeliveryState.EXPIRED,
            reason=why,
        )

    def adopt(self, endpoint: str, *, waiting_for: str = "") -> int:
        """Send what waits for another endpoint, or for any (""), to this one; how many."""
        there = col(DeliveryRow.endpoint) == waiting_for
        queued = col(DeliveryRow.state) == DeliveryState.QUEUED
        return self._change(*self._mine(), there, queued, endpoint=endpoint)

    def abandon(self, endpoint: str, *, reason: DeliveryReason) -> int:
        """End everything that waits for an endpoint that is no longer sent to; how many."""
        queued = col(DeliveryRow.state) == DeliveryState.QUEUED
        return self._change(
            *self._mine(),
            col(DeliveryRow.endpoint) == endpoint,
            queued,
            state=DeliveryState.DEAD,
            reason=reason,
        )

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state; every state is named."""
        rows = self._session.exec(
            select(DeliveryRow.state, func.count()).where(*self._mine()).group_by(DeliveryRow.state)
        )
        found = dict(rows.all())
        return {state.value: found.get(state, 0) for state in DeliveryState}

    def _active_endpoints(self) -> list[str]:
        active = select(EndpointRow.id).where(
            EndpointRow.org == self._scope.org, EndpointRow.state == EndpointState.ACTIVE
        )
        return sorted(self._session.exec(active))

    def _settle_delivered(self, keys: Sequence[DeliveryKey], *, now: datetime) -> int:
        self._session.connection().execute(
            update(NotificationRow)
            .where(
                col(NotificationRow.org) == self._scope.org,
                col(NotificationRow.store) == self._scope.store,
                col(NotificationRow.id).in_([notification for notification, _ in keys]),
                col(NotificationRow.delivered_at_ms).is_(None),
            )
            .values(delivered_at_ms=to_ms(now))
        )
        return self._change(
            *self._among(keys),
            col(DeliveryRow.state).in_((DeliveryState.SENDING, DeliveryState.QUEUED)),
            state=DeliveryState.DELIVERED,
            reason=None,
        )

    def _change(self, *where: ColumnElement[bool], **values: object) -> int:
        statement = update(DeliveryRow).where(*where).values(**values)
        return int(self._session.connection().execute(statement).rowcount)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(DeliveryRow.org) == self._scope.org, col(DeliveryRow.store) == self._scope.store

    def _among(self, keys: Sequence[DeliveryKey]) -> tuple[ColumnElement[bool], ...]:
        both = tuple_(col(DeliveryRow.notification), col(DeliveryRow.endpoint))
        return (*self._mine(), both.in_(keys))
