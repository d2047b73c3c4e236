"""Between rows of the outbox and its values."""

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope, ShopperId
from store_server.outbox.alert import StaffAlert, alert_body
from store_server.outbox.attempt import DeliveryKey, Tried
from store_server.outbox.channel_setup import STAFF
from store_server.outbox.delivery import Due
from store_server.outbox.endpoint import Destination, Payload
from store_server.outbox.event import DurableEvent, event_body
from store_server.outbox.lane import LaneLimits
from store_server.outbox.notification import DeliveryState, Notification, webhook_body
from store_server.outbox.tables import DeliveryRow, EndpointRow, NotificationRow


def same_notification() -> ColumnElement[bool]:
    """The join of a delivery with its content."""
    return and_(
        col(NotificationRow.org) == col(DeliveryRow.org),
        col(NotificationRow.store) == col(DeliveryRow.store),
        col(NotificationRow.id) == col(DeliveryRow.notification),
    )


def due_of(delivery: DeliveryRow, note: NotificationRow) -> Due:
    """A delivery as the next try needs it."""
    return Due(
        key=DeliveryKey(delivery.notification, delivery.endpoint),
        body=note.body,
        number=delivery.attempts + 1,
        shopper=ShopperId(note.shopper),
        decision=note.decision,
        is_offer=note.kind != "event",
        expires_at=from_ms(delivery.expires_at_ms),
    )


def destination_of(row: EndpointRow, *, now_system_ms: int) -> Destination:
    """An endpoint as a try needs it; a former secret signs until its time is over."""
    secrets = [row.sealed_secret]
    if row.sealed_previous_secret is not None and now_system_ms < row.previous_until_ms:
        secrets.append(row.sealed_previous_secret)
    limits = LaneLimits(row.concurrency, row.rate_per_s)
    return Destination(row.url, tuple(secrets), limits, Payload(row.payload))


def note_values(notification: Notification, scope: Scope) -> dict[str, object]:
    """A notification's columns; what was handed out in an answer counts as delivered."""
    created_at_ms = to_ms(notification.created_at)
    return {
        "org": scope.org,
        "store": scope.store,
        "id": notification.id,
        "decision": notification.decision,
        "shopper": notification.shopper,
        "channel": notification.channel,
        "kind": "offer",
        "body": webhook_body(notification, scope),
        "created_at_ms": created_at_ms,
        "expires_at_ms": to_ms(notification.expires_at),
        "delivered_at_ms": created_at_ms if notification.channel == "pull" else None,
    }


def event_values(event: DurableEvent, scope: Scope) -> dict[str, object]:
    """A durable event's columns."""
    return {
        "org": scope.org,
        "store": scope.store,
        "id": event.id,
        "decision": "",
        "shopper": event.shopper,
        "channel": "webhook",
        "kind": "event",
        "body": event_body(event, scope),
        "created_at_ms": to_ms(event.at),
        "expires_at_ms": to_ms(event.at + event.lives),
        "delivered_at_ms": None,
    }


def alert_values(alert: StaffAlert, scope: Scope) -> dict[str, object]:
    """An alert's columns."""
    return {
        "org": scope.org,
        "store": scope.store,
        "id": alert.id,
        "decision": alert.decision,
        "shopper": alert.shopper,
        "channel": STAFF,
        "kind": "alert",
        "body": alert_body(alert, scope),
        "created_at_ms": to_ms(alert.at),
        "expires_at_ms": to_ms(alert.expires_at),
        "delivered_at_ms": None,
    }


def way_values(note: dict[str, object], endpoint: str) -> dict[str, object]:
    """The columns of a notification's way to one endpoint, at its start."""
    return {
        **{name: note[name] for name in ("org", "store", "created_at_ms", "expires_at_ms")},
        "notification": note["id"],
        "endpoint": endpoint,
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "next_attempt_system_ms": 0,
        "lease_until_system_ms": 0,
    }


def attempt_values(tried: Tried, scope: Scope) -> dict[str, object]:
    """The columns of one try."""
    return {
        "org": scope.org,
        "store": scope.store,
        "notification": tried.key.notification,
        "endpoint": tried.key.endpoint,
        "number": tried.number,
        "started_system_ms": tried.outcome.started_system_ms,
        "latency_ms": tried.outcome.latency_ms,
        "status": tried.outcome.status,
        "error": tried.outcome.error,
        "body": tried.outcome.body,
    }
