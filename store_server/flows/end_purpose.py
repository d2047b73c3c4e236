"""What ends at once when a person does not agree to a purpose any more, whoever found that out.

A word, or a merge with somebody who had said no. Nothing is forgotten here: a merge is taken back
one day, and then both are as they were.
"""

from datetime import datetime
from typing import assert_never

from store_server.database import UnitOfWork
from store_server.flows.end_presence import end_presence
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.stop_sending import stop_sending
from store_server.ids import ShopperId
from store_server.offers.repository import WaitRepository
from store_server.offers.wait import WaitEnd
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import StaffTaskRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import MergeRepository


def end_purpose(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    purpose: Purpose,
) -> None:
    """End the visit, or what waits to be sent or done, under every name; and waits that need it."""
    match purpose:
        case Purpose.LOCATION:
            end_presence(uow, rooms, now=now, shopper=shopper)
        case Purpose.OFFERS:
            stop_sending(uow, rooms, shopper, reason=DeliveryReason.CONSENT_WITHDRAWN)
            for name in MergeRepository(uow.session, rooms.scope).names(shopper):
                StaffTaskRepository(uow.session, rooms.scope).drop_open(ShopperId(name))
        case Purpose.PROFILE:
            # The till asks at each basket, segments whenever they are asked.
            pass
        case _:
            assert_never(purpose)
    WaitRepository(uow.session, rooms.scope).cancel_shopper(
        shopper, WaitEnd.CONSENT_WITHDRAWN, at=now, purpose=purpose
    )
