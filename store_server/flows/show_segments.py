"""Flow (read): the segments as they stand, and the attributes that they can ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shoppers.attributes import Attribute
from store_server.shoppers.repository import AttributeRepository
from store_server.shoppers.segments.segment import Segment
from store_server.shoppers.segments.sentence import LANGUAGES, say


@dataclass(frozen=True, slots=True)
class ToldSegment:
    """A segment, and how it reads in each language."""

    segment: Segment
    sentences: Mapping[str, str]


def segment_of(live: StoreLive, segment_id: str) -> Segment:
    """The segment of this id.

    Raises:
        NotFound: there is none.
    """
    found = live.segments.segments.get(segment_id)
    if found is None:
        raise NotFound(f"there is no segment {segment_id[:64]!r}", code="unknown_segment")
    return found


def show_segment(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    segment_id: str,
) -> ToldSegment:
    """One segment.

    Raises:
        NotFound: there is none of this id.
    """
    schema = AttributeRepository(uow.session, rooms.scope).schema()
    return _told(segment_of(uow.live, segment_id), rooms, schema)


def show_segments(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> list[ToldSegment]:
    """Every segment, by id."""
    schema = AttributeRepository(uow.session, rooms.scope).schema()
    return [_told(one, rooms, schema) for _, one in sorted(uow.live.segments.segments.items())]


def show_attributes(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> list[Attribute]:
    """Every declared attribute, by name."""
    return list(AttributeRepository(uow.session, rooms.scope).schema().values())


def _told(segment: Segment, rooms: StoreRooms, schema: Mapping[str, Attribute]) -> ToldSegment:
    currency = rooms.policy.currency
    said = {one: say(segment.tree, one, currency=currency, schema=schema) for one in LANGUAGES}
    return ToldSegment(segment, said)
