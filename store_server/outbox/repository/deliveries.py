"""Notifications and their deliveries: claim by lease, settle once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, select

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.outbox.attempt import AttemptOutcome, Settlement
from store_server.outbox.delivery import Due
from store_server.outbox.endpoint import EndpointState
from store_server.outbox.notification import (
    DeliveryReason,
    DeliveryState,
    Notification,
)
from store_server.outbox.repository.rows import (
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

    def has_due(self, *, now_system_ms: int) -> bool:
        """Whether a claim would have something to do: a cheap look, without the writer."""
        for state, at in (
            (DeliveryState.QUEUED, DeliveryRow.next_attempt_system_ms),
            (DeliveryState.SENDING, DeliveryRow.lease_until_system_ms),
        ):
            found = self._session.exec(
                select(DeliveryRow.notification)
                .where(*self._mine(), DeliveryRow.state == state, col(at) <= now_system_ms)
                .where(DeliveryRow.endpoint != "")
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

        What is expired must have been closed before (`expire`); lapsed leases are freed here.
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
            .order_by(
                col(DeliveryRow.next_attempt_system_ms),
                col(DeliveryRow.created_at_ms),
                col(DeliveryRow.notification),
            )
            .limit(limit)
            .with_for_update(of=DeliveryRow, skip_locked=True)
            .execution_options(**_FRESH)
        ).all()
        due = [due_of(delivery, note, endpoint) for delivery, note, endpoint in found]
        return [one for one in due if self._lease(one, until=now_system_ms + lease_ms)]

    def settle(
        self, due: tuple[str, str], *, number: int, settlement: Settlement, now: datetime
    ) -> bool:
        """Write a delivery's next state; False when another claim has taken it over meanwhile.

        A delivery that was taken is settled as such even then: the receiver has it.

        Args:
            due: notification and endpoint.
            number: of the try that is settled.
            settlement: what follows.
            now: of the clock that rules decisions.
        """
        delivered = settlement.state is DeliveryState.DELIVERED
        mine = (
            col(DeliveryRow.state).in_((DeliveryState.SENDING, DeliveryState.QUEUED))
            if delivered
            else (col(DeliveryRow.state) == DeliveryState.SENDING)
            & (col(DeliveryRow.attempts) == number)
        )
        changed = self._change(
            *self._of(*due),
            mine,
            state=settlement.state,
            reason=settlement.reason,
            next_attempt_system_ms=settlement.next_attempt_system_ms,
            lease_until_system_ms=0,
        )
        if delivered:
            self._session.connection().execute(
                update(NotificationRow)
                .where(*self._notes(), col(NotificationRow.id) == due[0])
                .where(col(NotificationRow.delivered_at_ms).is_(None))
                .values(delivered_at_ms=to_ms(now))
            )
        return changed == 1

    def log_attempt(self, due: tuple[str, str], *, number: int, outcome: AttemptOutcome) -> None:
        """Write what came of one try; a try is logged once."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "notification": due[0],
            "endpoint": due[1],
            "number": number,
            "started_system_ms": outcome.started_system_ms,
            "latency_ms": outcome.latency_ms,
            "status": outcome.status,
            "error": outcome.error,
            "body": outcome.body,
        }
        insert_new(self._session, AttemptRow, [row])

    def suppress(self, due: tuple[str, str], *, reason: DeliveryReason) -> None:
        """End a delivery that must not be sent any more."""
        self._change(*self._of(*due), state=DeliveryState.SUPPRESSED, reason=reason)

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
        over = (
            col(DeliveryRow.state) == DeliveryState.QUEUED,
            col(DeliveryRow.expires_at_ms) <= to_ms(now),
        )
        nowhere = col(DeliveryRow.endpoint) == ""
        closed = DeliveryState.EXPIRED
        return self._change(
            *self._mine(), *over, nowhere, state=closed, reason=DeliveryReason.NO_ENDPOINT
        ) + self._change(*self._mine(), *over, state=closed, reason=DeliveryReason.MOMENT_OVER)

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

    def _lease(self, due: Due, *, until: int) -> bool:
        taken = self._change(
            *self._of(due.notification, due.endpoint),
            col(DeliveryRow.state) == DeliveryState.QUEUED,
            col(DeliveryRow.attempts) == due.number - 1,
            state=DeliveryState.SENDING,
            attempts=due.number,
            lease_until_system_ms=until,
        )
        return taken == 1

    def _change(self, *where: ColumnElement[bool], **values: object) -> int:
        statement = update(DeliveryRow).where(*where).values(**values)
        return int(self._session.connection().execute(statement).rowcount)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(DeliveryRow.org) == self._scope.org, col(DeliveryRow.store) == self._scope.store

    def _of(self, notification: str, endpoint: str) -> tuple[ColumnElement[bool], ...]:
        key = (
            col(DeliveryRow.notification) == notification,
            col(DeliveryRow.endpoint) == endpoint,
        )
        return (*self._mine(), *key)

    def _notes(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (
            col(NotificationRow.org) == self._scope.org,
            col(NotificationRow.store) == self._scope.store,
        )
