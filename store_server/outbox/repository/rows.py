"""Between rows of the outbox and its values."""

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope, ShopperId
from store_server.outbox.attempt import DeliveryKey, Tried
from store_server.outbox.delivery import Due
from store_server.outbox.notification import DeliveryState, Notification, webhook_body
from store_server.outbox.tables import DeliveryRow, EndpointRow, NotificationRow


def same_notification() -> ColumnElement[bool]:
    """The join of a delivery with its content."""
    return and_(
        col(NotificationRow.org) == col(DeliveryRow.org),
        col(NotificationRow.store) == col(DeliveryRow.store),
        col(NotificationRow.id) == col(DeliveryRow.notification),
    )


def same_endpoint() -> ColumnElement[bool]:
    """The join of a delivery with where it goes."""
    return and_(
        col(EndpointRow.org) == col(DeliveryRow.org),
        col(EndpointRow.id) == col(DeliveryRow.endpoint),
    )


def due_of(delivery: DeliveryRow, note: NotificationRow, endpoint: EndpointRow) -> Due:
    """A delivery as the next try needs it."""
    return Due(
        key=DeliveryKey(delivery.notification, delivery.endpoint),
        url=endpoint.url,
        sealed_secrets=sealed_secrets(endpoint),
        body=note.body,
        number=delivery.attempts + 1,
        shopper=ShopperId(note.shopper),
        expires_at=from_ms(delivery.expires_at_ms),
    )


def sealed_secrets(row: EndpointRow) -> tuple[bytes, ...]:
    """The endpoint's sealed secrets, newest first."""
    both = (row.sealed_secret, row.sealed_previous_secret)
    return tuple(secret for secret in both if secret is not None)


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
        "body": webhook_body(notification, scope),
        "created_at_ms": created_at_ms,
        "expires_at_ms": to_ms(notification.expires_at),
        "delivered_at_ms": created_at_ms if notification.channel == "pull" else None,
    }


def way_values(notification: Notification, endpoint: str, scope: Scope) -> dict[str, object]:
    """The columns of one notification's way to one endpoint, at its start."""
    return {
        "org": scope.org,
        "store": scope.store,
        "notification": notification.id,
        "endpoint": endpoint,
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "created_at_ms": to_ms(notification.created_at),
        "expires_at_ms": to_ms(notification.expires_at),
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
