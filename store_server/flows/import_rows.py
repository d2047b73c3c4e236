"""Rows of an import are taken in, some at a time; how far it came is kept with what was taken.

Each chunk is one transaction together with its bookmark: an import that was killed goes on after
the last chunk that was written, and none is written twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.import_csv import ImportItem, ImportKind, RowFault
from store_server.flows.load_seed import load_purchases, load_shoppers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.save_attributes import declare_attribute
from store_server.flows.seed_csv import SeedPurchaseLine
from store_server.ids import ShopperId
from store_server.shoppers.attributes import Attribute, AttributeType, AttributeValue
from store_server.shoppers.bookmark import Bookmark
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import (
    AttributeRepository,
    ConsentRepository,
    ImportRepository,
    MergeRepository,
    ShopperRepository,
)
from store_server.shoppers.shopper import Shopper


@dataclass(frozen=True, slots=True)
class ImportJob:
    """What is imported; `attribute` is the audience's, `replace` takes away who is not in it."""

    id: str
    kind: ImportKind
    attribute: str = ""
    replace: bool = False


@dataclass(frozen=True, slots=True)
class ChunkTaken:
    """How far the import is, and what was wrong in this chunk."""

    bookmark: Bookmark
    faults: tuple[RowFault, ...]


def show_bookmark(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    import_id: str,
) -> Bookmark:
    """How far an import came; at the start of the file when it is new (a read flow)."""
    return ImportRepository(uow.session, rooms.scope).bookmark(import_id)


def import_rows(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    job: ImportJob,
    items: Sequence[ImportItem],
) -> ChunkTaken:
    """Take these items in; those up to the bookmark were taken before.

    Raises:
        Unprocessable: the audience's name cannot be an attribute's.
        Conflict: it is one of another type.
    """
    imports = ImportRepository(uow.session, rooms.scope)
    before = imports.bookmark(job.id)
    if job.kind == "audience" and before.through_row == 0:
        _start_audience(uow, rooms, job, now=now)
    fresh = [one for one in items if one.line > before.through_row]
    faults = [one.fault for one in fresh if one.fault is not None]
    sound = [one for one in fresh if one.fault is None]
    faults += _take(uow, rooms, job, sound, now=now)
    after = Bookmark(
        through_row=max([before.through_row, *(one.line for one in fresh)]),
        taken=before.taken + len(fresh) - len(faults),
        refused=before.refused + len(faults),
    )
    imports.set_bookmark(job.id, after, at=now)
    return ChunkTaken(after, tuple(sorted(faults, key=lambda fault: fault.line)))


def finish_import(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    import_id: str,
) -> bool:
    """Take the bookmark out: the same file again is imported again; whether there was one."""
    return ImportRepository(uow.session, rooms.scope).forget(import_id)


def _take(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    job: ImportJob,
    items: Sequence[ImportItem],
    *,
    now: datetime,
) -> list[RowFault]:
    """Write what can be written; why the rest cannot."""
    current = _current(uow, rooms, (_shopper_of(one) for one in items))
    if job.kind == "shoppers":
        absorbed = [one for one in items if current[_shopper_of(one)] != _shopper_of(one)]
        rest = [one.item for one in items if one not in absorbed]
        shoppers = [one for one in rest if isinstance(one, Shopper)]
        load_shoppers(uow, rooms, now=now, shoppers=shoppers)
        return _faults(absorbed, "shopper_id is absorbed in another shopper; use that one's id")
    names = set(current.values())
    known = ShopperRepository(uow.session, rooms.scope).by_id(names)
    ledger = ConsentRepository(uow.session, rooms.scope)
    agreed = ledger.allowed_among(names, Purpose.PROFILE, at=now)
    strange = [one for one in items if current[_shopper_of(one)] not in known]
    silent = [
        one
        for one in items
        if current[_shopper_of(one)] in known and current[_shopper_of(one)] not in agreed
    ]
    willing = [one for one in items if current[_shopper_of(one)] in agreed & known.keys()]
    if job.kind == "purchases":
        load_purchases(uow, rooms, now=now, baskets=[_renamed(one, current) for one in willing])
    else:
        said: dict[str, dict[str, AttributeValue | None]] = {
            current[_shopper_of(one)]: {job.attribute: True} for one in willing
        }
        AttributeRepository(uow.session, rooms.scope).say(said, at=now)
    return [
        *_faults(strange, "shopper_id is not known; import or register the shopper first"),
        *_faults(silent, "the shopper does not agree to a profile; nothing is kept"),
    ]


def _start_audience(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, job: ImportJob, *, now: datetime
) -> None:
    declare_attribute(uow, rooms, now=now, attribute=Attribute(job.attribute, AttributeType.BOOL))
    if job.replace:
        ImportRepository(uow.session, rooms.scope).clear_attribute(job.attribute)


def _current(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, names: Iterable[ShopperId]
) -> dict[ShopperId, ShopperId]:
    merges = MergeRepository(uow.session, rooms.scope)
    return merges.current_of(names)


def _shopper_of(one: ImportItem) -> ShopperId:
    if isinstance(one.item, Shopper):
        return one.item.id
    if isinstance(one.item, list):
        return one.item[0].shopper
    assert one.item is not None
    return one.item


def _renamed(one: ImportItem, current: dict[ShopperId, ShopperId]) -> list[SeedPurchaseLine]:
    assert isinstance(one.item, list)
    return [
        SeedPurchaseLine(
            current[line.shopper],
            line.basket,
            line.at,
            line.product,
            line.quantity,
            line.amount_minor,
        )
        for line in one.item
    ]


def _faults(items: Iterable[ImportItem], text: str) -> list[RowFault]:
    return [RowFault(one.line, text) for one in items]
