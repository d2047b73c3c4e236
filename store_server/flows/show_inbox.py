"""What a shopper's app shows in its inbox: the offers whose moment is not over, newest first.

The inbox is the channel that is pulled: nothing is sent, so nothing can be lost. The same rules
hold as before a sending (`check_sending`): with the kill switch on, without consent, or with a
complaint open it is empty, and what was suppressed is not in it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.repository import SwitchRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.outbox.delivery import Exported
from store_server.outbox.notification import DeliveryState
from store_server.outbox.repository import NotificationRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ComplaintRepository, ConsentRepository


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One offer as it is read; `opened_at` None while it is unread.

    face_value_minor: None for what was written before the discount was told apart.
    """

    notification: str
    offer: str
    title: str
    body: str
    coupon_code: str | None
    face_value_minor: int | None
    personal_discount: bool
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None


def show_inbox(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    since: datetime | None = None,
) -> list[InboxItem]:
    """The shopper's offers that can still be used, newest first; or could at `since`."""
    session, scope = uow.session, rooms.scope
    if SwitchRepository(session, scope).is_on():
        return []
    if not ConsentRepository(session, scope).allowed_among([shopper], Purpose.OFFERS, at=now):
        return []
    if ComplaintRepository(session, scope).open_among([shopper]):
        return []
    found = NotificationRepository(session, scope).offers_of(shopper, at=since or now)
    return [_item(one) for one in reversed(found) if not _is_suppressed(one)]


def _is_suppressed(one: Exported) -> bool:
    return any(way.state is DeliveryState.SUPPRESSED for way in one.ways)


def _item(one: Exported) -> InboxItem:
    said = json.loads(one.body)["data"]
    return InboxItem(
        notification=one.notification,
        offer=said["offer_id"],
        title=said["title"],
        body=said["body"],
        coupon_code=said["coupon_code"],
        face_value_minor=said.get("face_value_minor"),
        personal_discount=said.get("personal_discount", False),
        created_at=one.created_at,
        expires_at=datetime.fromisoformat(said["expires_at"]),
        opened_at=one.opened_at,
    )
