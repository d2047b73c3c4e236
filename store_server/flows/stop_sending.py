"""What waits to be said to a person ends, under every name that merges gave them.

Decisions and notifications keep the name of their time, so a no said under today's name has to look
for what was queued, and is being sent, under the others too.
"""

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import NotificationRepository
from store_server.shoppers.repository import MergeRepository


def stop_sending(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    shopper: ShopperId,
    *,
    reason: DeliveryReason,
    way: str | None = None,
) -> None:
    """Suppress what waits for the person that goes by this name, and cut short what is under way.

    `way`: only what waits in this one; None: in every.
    """
    for name in MergeRepository(uow.session, rooms.scope).names(shopper):
        rooms.flights.recall(ShopperId(name))
    suppress_waiting(uow, rooms, shopper, reason=reason, way=way)


def suppress_waiting(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    shopper: ShopperId,
    *,
    reason: DeliveryReason,
    way: str | None = None,
) -> None:
    """Suppress what waits for the person that goes by this name; what is under way goes on."""
    notifications = NotificationRepository(uow.session, rooms.scope)
    for name in sorted(MergeRepository(uow.session, rooms.scope).names(shopper)):
        notifications.suppress_waiting(ShopperId(name), reason=reason, way=way)
