"""The outbox in the database: deliveries are claimed by lease and settled once; endpoints."""

from store_server.outbox.repository.deliveries import OutboxRepository
from store_server.outbox.repository.endpoints import EndpointRepository
from store_server.outbox.repository.notifications import NotificationRepository
from store_server.outbox.repository.replays import ReplayRepository
from store_server.outbox.repository.staff_tasks import StaffTaskRepository

__all__ = [
    "EndpointRepository",
    "NotificationRepository",
    "OutboxRepository",
    "ReplayRepository",
    "StaffTaskRepository",
]
