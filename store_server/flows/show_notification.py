"""The words of a notification, for a backend that was told of it by its id (a thin webhook).

The same rules hold as right before sending (`check_sending`): who said no since, whose moment is
over, or what was suppressed is not told any more, and the refusal says why. Caps alone are not
asked again: what was sent has been counted.
"""

import json
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.check_sending import COUNTED, refuse_sending
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.delivery import Due, Exported
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason, delivery_reason_text
from store_server.outbox.repository import NotificationRepository

Json = dict[str, object]


def show_notification(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, notification: str
) -> Json:
    """What a full webhook would have carried as its `data`.

    Raises:
        NotFound: there is no such offer, or it must not be told any more; then the code is the
            reason of its delivery, like `consent_withdrawn`.
    """
    found = NotificationRepository(uow.session, rooms.scope).find(notification)
    if found is None:
        raise NotFound("there is no such notification", code="unknown_notification")
    due, told = found
    reason = _suppressed(told) or _refused(uow, rooms, due, now=now)
    if reason is not None:
        raise NotFound(
            f"it must not be told any more. {delivery_reason_text(reason)}", code=reason.value
        )
    data: Json = json.loads(told.body)["data"]
    return data


def _suppressed(told: Exported) -> DeliveryReason | None:
    ended = (way.reason for way in told.ways if way.state is DeliveryState.SUPPRESSED)
    return next((reason for reason in ended if reason is not None), None)


def _refused(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, due: Due, *, now: datetime
) -> DeliveryReason | None:
    if due.expires_at <= now:
        return DeliveryReason.MOMENT_OVER
    return refuse_sending(uow, rooms, now=now, due=[due], but=COUNTED).get(due.key)
