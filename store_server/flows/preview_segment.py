"""Flow (read): how many shoppers a segment would hold right now, some of them, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.segment_facts import population_of
from store_server.ids import pseudonym
from store_server.shoppers.repository import (
    AttributeRepository,
    SegmentRepository,
    ShopperRepository,
)
from store_server.shoppers.segments.check import check_tree, read_tree
from store_server.shoppers.segments.sentence import LANGUAGES, say

SAMPLED = 10


@dataclass(frozen=True, slots=True)
class SegmentPreview:
    """What a tree comes to at this moment; `sample` are pseudonyms, `sentences` by language."""

    shoppers: int
    of: int
    sample: tuple[str, ...]
    sentences: Mapping[str, str]


def preview_segment(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    document: object,
    segment_id: str = "",
) -> SegmentPreview:
    """What a tree comes to; nothing is kept.

    Args:
        uow: the read transaction.
        rooms: the store.
        now: the moment.
        document: the tree as JSON.
        segment_id: the segment that it is to become, so that a circle is noticed; "" for none.

    Raises:
        BadSegment: the tree cannot stand; every mistake by its path.
    """
    tree = read_tree(document)
    schema = AttributeRepository(uow.session, rooms.scope).schema()
    check_tree(segment_id, tree, schema=schema, segments=uow.live.segments.trees)
    reach = SegmentRepository(uow.session, rooms.scope).reach(
        tree, population_of(uow, rooms, now=now), limit=SAMPLED
    )
    currency = rooms.policy.currency
    return SegmentPreview(
        shoppers=reach.shoppers,
        of=ShopperRepository(uow.session, rooms.scope).count(),
        sample=tuple(pseudonym(org=rooms.scope.org, shopper=one) for one in reach.some),
        sentences={one: say(tree, one, currency=currency, schema=schema) for one in LANGUAGES},
    )
