"""A shopper opened a notification: the first time counts, every further one changes nothing."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.repository import DecisionRepository
from store_server.errors import NotFound
from store_server.flows.end_waits import meet_waits
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.step import AwaitedKind, Happening
from store_server.outbox.repository import NotificationRepository
from store_server.shoppers.repository import MergeRepository


def record_opened(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    notification_id: str,
    shopper: ShopperId,
    at: datetime | None = None,
) -> None:
    """Note when a notification was opened.

    Args:
        uow: the transaction.
        rooms: the store.
        now: taken when the app does not say when.
        notification_id: as the webhook named it.
        shopper: whose app says so.
        at: when it was opened; one in the future counts as now.

    Raises:
        NotFound: there is no such notification to this shopper.
    """
    opened_at = now if at is None else min(at, now)
    notifications = NotificationRepository(uow.session, rooms.scope)
    names = MergeRepository(uow.session, rooms.scope).names(shopper)
    if not notifications.open(notification_id, names=names, at=opened_at):
        raise NotFound("there is no such notification to this shopper", code="unknown_notification")
    if uow.live.catalogue.awaits(AwaitedKind.OFFER_OPENED):
        name, first_at = notifications.decision_of(notification_id)
        decision = DecisionRepository(uow.session, rooms.scope).find(name)
        happening = Happening(
            shopper,
            AwaitedKind.OFFER_OPENED,
            first_at or opened_at,
            notification_id,
            campaign=decision.campaign if decision is not None else None,
        )
        meet_waits(uow, rooms, [happening], now=now)
