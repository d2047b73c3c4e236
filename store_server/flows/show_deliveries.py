"""The delivery log: each notification's way to each endpoint, with every try."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.delivery import Delivery
from store_server.outbox.notification import DeliveryState
from store_server.reports.repository import ReportRepository

MAX_PAGE = 500


def show_deliveries(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    limit: int = 50,
    state: DeliveryState | None = None,
    before: datetime | None = None,
    endpoint: str | None = None,
    notification: str | None = None,
    after: tuple[int, str] | None = None,
) -> list[Delivery]:
    """The newest deliveries first, at most `limit` (1..500), created before `before`.

    `state`, `endpoint` and `notification` narrow it; dead letters are those of state `dead`.
    `after` is (created_at_ms, notification) of the last one on the page before.
    """
    del now
    wanted = min(max(limit, 1), MAX_PAGE)
    return ReportRepository(uow.session, rooms.scope).deliveries(
        limit=wanted,
        state=state,
        before=before,
        endpoint=endpoint,
        notification=notification,
        after=after,
    )
