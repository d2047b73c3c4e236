"""The words of a notification, for a backend that was told of it by its id (a thin webhook).

The same rules hold as right before sending: who said no since, whose moment is over, or what was
suppressed is not told any more.
"""

import json
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.repository import SwitchRepository
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.notification import DeliveryState
from store_server.outbox.repository import NotificationRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository

Json = dict[str, object]


def show_notification(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, notification: str
) -> Json:
    """What a full webhook would have carried as its `data`.

    Raises:
        NotFound: there is no such offer, its moment is over, or it must not be told any more.
    """
    found = NotificationRepository(uow.session, rooms.scope).find(notification, at=now)
    if found is None or any(way.state is DeliveryState.SUPPRESSED for way in found[1].ways):
        raise _gone()
    shopper, told = found
    agreed = ConsentRepository(uow.session, rooms.scope).allowed_among(
        [shopper], Purpose.OFFERS, at=now
    )
    if not agreed or SwitchRepository(uow.session, rooms.scope).is_on():
        raise _gone()
    data: Json = json.loads(told.body)["data"]
    return data


def _gone() -> NotFound:
    return NotFound(
        "there is no such notification, or it must not be told any more",
        code="unknown_notification",
    )
