"""Flow: a segment is made or changed; the next decision already goes by it."""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shoppers.repository import AttributeRepository, SegmentRepository
from store_server.shoppers.segments.check import check_tree, check_users, read_tree
from store_server.shoppers.segments.segment import Segment


def save_segment(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    segment_id: str,
    name: str,
    document: object,
) -> Segment:
    """The segment as it stands now; a change makes a new version, the same again does not.

    Args:
        uow: the transaction; the live book of segments is replaced.
        rooms: the store.
        now: when it was said.
        segment_id: from the address.
        name: what people call it.
        document: the tree as JSON.

    Raises:
        BadSegment: the tree cannot stand; every mistake by its path.
        Unprocessable: the name is empty or too long.
    """
    if not (0 < len(name) <= 80 and name.isprintable()):
        raise Unprocessable("name must be 1 to 80 printable characters", code="bad_name")
    book = uow.live.segments
    tree = read_tree(document)
    schema = AttributeRepository(uow.session, rooms.scope).schema()
    check_tree(segment_id, tree, schema=schema, segments=book.trees)
    check_users(segment_id, {**book.trees, segment_id: tree})
    before = book.segments.get(segment_id)
    if before is not None and (before.name, before.tree) == (name, tree):
        return before
    segment = Segment(segment_id, name, tree, 1 if before is None else before.version + 1, now)
    SegmentRepository(uow.session, rooms.scope).add(segment)
    uow.live = replace(uow.live, segments=book.with_segment(segment))
    return segment
