"""Notifications and their deliveries: claim by lease, settle once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, tuple_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.outbox.alert import StaffAlert
from store_server.outbox.attempt import DeliveryKey, Settled, Tried
from store_server.outbox.channel_setup import STAFF, WAYS
from store_server.outbox.delivery import AllDue, Due, WayDue
from store_server.outbox.endpoint import EndpointState
from store_server.outbox.event import DurableEvent
from store_server.outbox.lane import LaneLimits
from store_server.outbox.notification import DeliveryState, Notification
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository.rows import (
    alert_values,
    attempt_values,
    due_of,
    event_values,
    note_values,
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

        "webhook" ones go to every active endpoint of the organisation, or wait for the first one;
        "pull" ones went out with an answer and are recorded as delivered; others go by their
        channel.
        """
        notes = [note_values(one, self._scope) for one in notifications]
        waiting = [one for one in notes if one["channel"] == "webhook"]
        endpoints = self._active_endpoints() if waiting else []
        added = insert_new(self._session, NotificationRow, notes)
        ways = [way_values(one, each) for one in waiting for each in endpoints or [""]]
        ways += [way_values(one, str(one["channel"])) for one in notes if one["channel"] in WAYS]
        insert_new(self._session, DeliveryRow, ways)
        return added

    def add_events(self, events: Sequence[DurableEvent]) -> int:
        """Write durable events to every active endpoint, once each; how many were new."""
        endpoints = self._active_endpoints()
        notes = [event_values(one, self._scope) for one in events] if endpoints else []
        added = insert_new(self._session, NotificationRow, notes)
        ways = [way_values(one, each) for one in notes for each in endpoints]
        insert_new(self._session, DeliveryRow, ways)
        return added

    def add_alerts(self, alerts: Sequence[StaffAlert]) -> int:
        """Write what staff are to be told, once each; how many were new."""
        notes = [alert_values(one, self._scope) for one in alerts]
        added = insert_new(self._session, NotificationRow, notes)
        insert_new(self._session, DeliveryRow, [way_values(one, STAFF) for one in notes])
        return added

    def due(self, channels: Mapping[str, LaneLimits], *, now_system_ms: int) -> AllDue:
        """Which active endpoints and channels something waits for: cheap, without the writer."""
        waits = (
            select(DeliveryRow.notification)
            .where(*self._mine(), DeliveryRow.endpoint == EndpointRow.id)
            .where(DeliveryRow.state == DeliveryState.QUEUED)
            .where(DeliveryRow.next_attempt_system_ms <= now_system_ms)
        )
        found = self._session.execute(
            select_columns(
                col(EndpointRow.id), col(EndpointRow.concurrency), col(EndpointRow.rate_per_s)
            )
            .where(col(EndpointRow.org) == self._scope.org)
            .where(col(EndpointRow.state) == EndpointState.ACTIVE, waits.exists())
            .order_by(col(EndpointRow.id))
        )
        ways = [WayDue(name, LaneLimits(many, rate)) for name, many, rate in found]
        ways += [
            WayDue(name, limits)
            for name, limits in channels.items()
            if self._waits_for(name, now_system_ms)
        ]
        lapsed = self._session.exec(
            select(DeliveryRow.notification)
            .where(*self._mine(), DeliveryRow.state == DeliveryState.SENDING)
            .where(DeliveryRow.lease_until_system_ms <= now_system_ms)
            .limit(1)
        ).first()
        return AllDue(tuple(ways), lapsed is not None)

    def claim(self, endpoint: str, *, now_system_ms: int, lease_ms: int, limit: int) -> list[Due]:
        """Lease up to `limit` due deliveries to an endpoint: nobody else gets them meanwhile.

        New ones come before retries. What is expired or of a lapsed lease must have been dealt
        with before (`expire`, `release`).
        """
        found = self._session.exec(
            select(DeliveryRow, NotificationRow)
            .join(NotificationRow, same_notification())
            .where(
                *self._mine(),
                DeliveryRow.endpoint == endpoint,
                DeliveryRow.state == DeliveryState.QUEUED,
                DeliveryRow.next_attempt_system_ms <= now_system_ms,
            )
            .order_by(col(DeliveryRow.next_attempt_system_ms), col(DeliveryRow.created_at_ms))
            .limit(limit)
            .with_for_update(of=DeliveryRow, skip_locked=True)
            .execution_options(**_FRESH)
        ).all()
        due = [due_of(delivery, note) for delivery, note in found]
        if not due:
            return []
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
                    attempts=one.number if one.next.was_try else one.number - 1,
                )
        return changed

    def log_attempts(self, tried: Sequence[Tried]) -> int:
        """Write what came of each try, once; nothing of a delivery that was erased meanwhile."""
        found = self._session.execute(
            select_columns(col(DeliveryRow.notification), col(DeliveryRow.endpoint)).where(
                *self._among([one.key for one in tried])
            )
        )
        kept = {DeliveryKey(*row) for row in found}
        rows = [attempt_values(one, self._scope) for one in tried if one.key in kept]
        return insert_new(self._session, AttemptRow, rows)

    def suppress(self, key: DeliveryKey, *, reason: DeliveryReason, tried: bool = False) -> None:
        """End a delivery that must not be sent; unless it was `tried`, its claim was no try."""
        attempts = {} if tried else {"attempts": col(DeliveryRow.attempts) - 1}
        self._change(
            *self._among([key]),
            col(DeliveryRow.state).in_((DeliveryState.SENDING, DeliveryState.QUEUED)),
            state=DeliveryState.SUPPRESSED,
            reason=reason,
            **attempts,
        )

    def suppress_offers(self, *, reason: DeliveryReason) -> int:
        """End every offer of the store that waits to be sent; how many."""
        offers = (
            select(NotificationRow.id)
            .where(same_notification())
            .where(NotificationRow.kind != "event")
            .correlate(DeliveryRow)
        )
        queued = col(DeliveryRow.state) == DeliveryState.QUEUED
        return self._change(
            *self._mine(), queued, offers.exists(), state=DeliveryState.SUPPRESSED, reason=reason
        )

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

    def _waits_for(self, way: str, now_system_ms: int) -> bool:
        found = self._session.exec(
            select(DeliveryRow.notification)
            .where(*self._mine(), DeliveryRow.endpoint == way)
            .where(DeliveryRow.state == DeliveryState.QUEUED)
            .where(DeliveryRow.next_attempt_system_ms <= now_system_ms)
            .limit(1)
        )
        return found.first() is not None

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
