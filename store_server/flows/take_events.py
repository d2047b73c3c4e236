"""Events of shoppers come in, many at a time; each is judged alone and answered for.

The purpose of a kind is asked before anything is stored: of a shopper who does not agree to it, or
did not when it happened, nothing is kept, not even that there was something. The id of an event
makes it count once, however often it is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.errors import Conflict
from store_server.flows.end_waits import meet_waits
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.step import AwaitedKind, Happening
from store_server.shoppers.consent import Purpose
from store_server.shoppers.event import (
    BadEvent,
    Event,
    EventKind,
    GivenEvent,
    check_kind,
    may_follow,
    read_event,
)
from store_server.shoppers.repository import (
    ConsentRepository,
    MergeRepository,
    ShopperEventRepository,
    ShopperRepository,
)

EXPIRED_AT_ONCE = 1_000
Status = Literal["taken", "known", "refused"]


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of the event at this place of the batch; `code` and `detail` of a refusal."""

    index: int
    event_id: str
    status: Status
    code: str | None = None
    detail: str | None = None


def take_events(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, events: Sequence[GivenEvent]
) -> list[EventResult]:
    """What became of each event, in their order."""
    repository = ShopperEventRepository(uow.session, rooms.scope)
    kinds = repository.kinds()
    ours = _people(uow, rooms, (one.shopper for one in events))
    agreed = _agreed_since(uow, rooms, ours.values(), kinds=kinds.values(), now=now)
    seen = set(repository.known(one.event_id for one in events))
    results: list[EventResult] = []
    fresh: list[Event] = []
    for index, given in enumerate(events):
        try:
            shopper = _known_person(given, ours)
            event = read_event(replace(given, shopper=shopper), kinds, now=now)
            _let_pass(event, agreed[kinds[event.kind].purpose])
        except BadEvent as refusal:
            result = EventResult(index, given.event_id, "refused", refusal.code, str(refusal))
        else:
            result = EventResult(index, event.id, "known" if event.id in seen else "taken")
            if event.id not in seen:
                fresh.append(event)
                seen.add(event.id)
        results.append(result)
    repository.add(fresh, at=now)
    told = (
        Happening(one.shopper, AwaitedKind.APP_EVENT, one.at, one.id, name=one.kind)
        for one in fresh
    )
    meet_waits(uow, rooms, told, now=now)
    return results


def declare_event_kind(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    kind: EventKind,
) -> EventKind:
    """Keep a kind of event.

    Raises:
        Unprocessable: it cannot be.
        Conflict: there are events of it that would not be of the kind any more.
    """
    check_kind(kind)
    repository = ShopperEventRepository(uow.session, rooms.scope)
    before = repository.kinds().get(kind.kind)
    if before is not None and not may_follow(kind, before) and repository.in_use(kind.kind):
        raise Conflict(
            "there are events of this kind: its purpose and the types of its fields stay, fields "
            "may be added; declare a kind of another name",
            code="kind_in_use",
        )
    repository.declare(kind)
    return kind


def show_event_kinds(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> list[EventKind]:
    """Every kind (a read flow)."""
    return list(ShopperEventRepository(uow.session, rooms.scope).kinds().values())


def expire_events(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> bool:
    """Take away events that were kept long enough, some at a time; whether there may be more."""
    repository = ShopperEventRepository(uow.session, rooms.scope)
    return repository.expire(now=now, limit=EXPIRED_AT_ONCE) == EXPIRED_AT_ONCE


def _people(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, names: Iterable[str]
) -> dict[str, ShopperId]:
    """Who the known ones of these names are by now."""
    merges = MergeRepository(uow.session, rooms.scope)
    current = merges.current_of(ShopperId(name) for name in names)
    known = ShopperRepository(uow.session, rooms.scope).by_id(current.values())
    return {name: shopper for name, shopper in current.items() if shopper in known}


def _agreed_since(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    shoppers: Iterable[ShopperId],
    *,
    kinds: Iterable[EventKind],
    now: datetime,
) -> dict[Purpose, dict[ShopperId, int]]:
    ledger = ConsentRepository(uow.session, rooms.scope)
    asked = list(shoppers)
    purposes = {one.purpose for one in kinds}
    return {one: ledger.allowed_since(asked, one, at=now) for one in purposes}


def _known_person(given: GivenEvent, ours: dict[str, ShopperId]) -> ShopperId:
    shopper = ours.get(given.shopper)
    if shopper is None:
        raise BadEvent("shopper_id: is not known; register it first", code="unknown_shopper")
    return shopper


def _let_pass(event: Event, agreed_since: dict[ShopperId, int]) -> None:
    since_ms = agreed_since.get(event.shopper)
    if since_ms is None or since_ms > to_ms(event.at):
        raise BadEvent(
            "shopper_id: does not agree to this purpose, or did not at that time; nothing is kept",
            code="no_consent",
        )
