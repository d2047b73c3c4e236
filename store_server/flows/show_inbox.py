"""What a shopper's app shows in its inbox: the offers whose moment is not over, newest first.

The inbox is the channel that is pulled: nothing is sent, so nothing can be lost. The shopper's own
rules hold as before a sending (`check_sending`): the kill switch, consent, complaints, and what
they never want to see; what was suppressed is not in it. A merged shopper finds the offers to
every name.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.repository import DecisionRepository
from store_server.flows.check_sending import Told, refuse_telling
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.outbox.delivery import Exported
from store_server.outbox.notification import DeliveryState
from store_server.outbox.repository import NotificationRepository
from store_server.shoppers.repository import MergeRepository


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
    names = MergeRepository(session, scope).names(shopper)
    found = NotificationRepository(session, scope).offers_of(names, at=since or now)
    open_ = [one for one in reversed(found) if not _is_suppressed(one)]
    decided = DecisionRepository(session, scope).by_id({one.decision for one in open_})
    told = {one.notification: Told(shopper, decided.get(one.decision)) for one in open_}
    refused = refuse_telling(uow, rooms, now=now, told=told)
    return [_item(one) for one in open_ if one.notification not in refused]


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
