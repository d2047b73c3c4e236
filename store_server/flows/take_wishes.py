"""What a shopper does not want: what they never want to see, and complaints while they are open."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound
from store_server.flows.given_word import current_of
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.stop_sending import stop_sending
from store_server.ids import ShopperId
from store_server.outbox.reason import DeliveryReason
from store_server.shoppers.complaint import Complaint, check_exclusions, check_topic
from store_server.shoppers.repository import (
    ComplaintRepository,
    ProfilePartRepository,
    ProfileRepository,
)


def set_exclusions(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    excluded: Iterable[str],
) -> frozenset[str]:
    """What the shopper never wants to see from now on, in the place of what they said before.

    Raises:
        NotFound: the shopper is not known.
        Unprocessable: there are too many, or one cannot be.
    """
    names = check_exclusions(frozenset(excluded))
    current = current_of(uow, rooms, shopper)
    ProfilePartRepository(uow.session, rooms.scope).set_excluded(current, names, at=now)
    return names


def show_exclusions(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    shopper: ShopperId,
) -> frozenset[str]:
    """What the shopper never wants to see (a read flow).

    Raises:
        NotFound: the shopper is not known.
    """
    current = current_of(uow, rooms, shopper)
    return ProfileRepository(uow.session, rooms.scope).of([current])[current].excluded


def open_complaint(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    topic: str,
    complaint_id: str | None = None,
) -> Complaint:
    """A complaint of a shopper; nothing is offered or sent to them until it is closed.

    Args:
        uow: the transaction.
        rooms: the store.
        now: when it is opened.
        shopper: whose it is.
        topic: a word of the retailer's own list.
        complaint_id: the retailer's number; the same one again is the same complaint.

    Raises:
        NotFound: the shopper is not known.
        Conflict: the number is another shopper's complaint.
        Unprocessable: the topic is no word.
    """
    check_topic(topic)
    current = current_of(uow, rooms, shopper)
    complaints = ComplaintRepository(uow.session, rooms.scope)
    complaint = Complaint(complaint_id or str(uuid4()), current, topic, now)
    if not complaints.open(complaint):
        found = complaints.find(complaint.id)
        if found is None or found.shopper != current:
            raise Conflict("complaint_id is taken by another shopper's", code="complaint_taken")
        return found
    _count_complaints(uow, rooms, current, now=now)
    stop_sending(uow, rooms, current, reason=DeliveryReason.COMPLAINT_OPEN)
    return complaint


def close_complaint(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    complaint_id: str,
) -> Complaint:
    """The complaint, which is over; asked again, as it was closed first.

    Raises:
        NotFound: the shopper has no such complaint.
    """
    current = current_of(uow, rooms, shopper)
    complaints = ComplaintRepository(uow.session, rooms.scope)
    found = complaints.find(complaint_id)
    if found is None or found.shopper != current:
        raise NotFound("the shopper has no such complaint", code="unknown_complaint")
    if found.closed_at is not None:
        return found
    complaints.close(complaint_id, at=now)
    _count_complaints(uow, rooms, current, now=now)
    return replace(found, closed_at=now)


def _count_complaints(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId, *, now: datetime
) -> None:
    complaints = ComplaintRepository(uow.session, rooms.scope).of_shopper(shopper)
    number = sum(one.closed_at is None for one in complaints)
    parts = ProfilePartRepository(uow.session, rooms.scope)
    parts.set_open_complaints(shopper, number, at=now)
