"""Two shoppers become one, and one becomes two again; both are written down and can be looked up.

The absorbed one's things are moved and their name goes on to work: a till, an app or a backend
that still uses it means the one who is kept. Visits, decisions, notifications and receipts of the
past stay under the name they were written with; erasure and data export take all names together.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from store_server.clock import from_ms, to_ms
from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.flows.end_presence import end_presence
from store_server.flows.merged_words import (
    end_what_was_agreed,
    say_words,
    with_own_noes,
    with_words,
)
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, natural_id, pseudonym
from store_server.learning.purchase_model import BasketSeen
from store_server.learning.repository import PurchaseRepository
from store_server.offers.repository import WaitRepository
from store_server.offers.wait import WaitEnd
from store_server.shop.repository import AccessRepository
from store_server.shoppers.identity import EnrolledIdentity
from store_server.shoppers.merge import Facts, Merge, MergeNotes, Thing, Undo, merge, split
from store_server.shoppers.repository import IdentityRepository, MergeRepository

log = structlog.get_logger(__name__)

_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Known:
    """One of the two as they stand in the database."""

    shopper: ShopperId
    facts: Facts
    created_at: datetime


def merge_shoppers(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    kept: ShopperId,
    absorbed: ShopperId,
) -> Merge:
    """The merge of `absorbed` into `kept`; asked again, the one that stands.

    Raises:
        NotFound: one of them is not known.
        Unprocessable: both are the same.
        Conflict: one of them is absorbed in another shopper.
    """
    merges = MergeRepository(uow.session, rooms.scope)
    if kept == absorbed:
        raise Unprocessable("a shopper cannot be merged with themselves", code="same_shopper")
    earlier = [*merges.of(absorbed), *merges.of(kept)]
    for one in earlier:
        if one.split_at is None and (one.absorbed, one.kept) == (absorbed, kept):
            return one
    # Their order is the order in which they are taken back: no two at one instant.
    merged_at = max([now, *(one.merged_at + _TICK for one in earlier)])
    first, second = _known(uow, rooms, kept), _known(uow, rooms, absorbed)
    end_presence(uow, rooms, now=now, shopper=absorbed)
    AccessRepository(uow.session, rooms.scope).forget_shopper(absorbed)
    renamed = _move_identities(uow, rooms, kept=kept, absorbed=absorbed, now=now)
    ours = frozenset(Thing("identity", name) for name in renamed)
    others = frozenset(one for one in second.facts.things if one.kind != "identity")
    second = replace(second, facts=replace(second.facts, things=others | ours))
    both = merge(first.facts, second.facts)
    _move(uow, rooms, second.facts, to=kept)
    WaitRepository(uow.session, rooms.scope).cancel_shopper(
        absorbed, WaitEnd.SHOPPER_MERGED, at=now
    )
    merges.take_off(absorbed)
    merges.write(kept, both, created_at=first.created_at, at=now)
    done = Merge(
        id=natural_id("merge", rooms.scope.org, kept, absorbed, to_ms(merged_at)),
        absorbed=absorbed,
        kept=kept,
        notes=MergeNotes(Undo(first.facts, second.facts), to_ms(second.created_at), renamed),
        merged_at=merged_at,
    )
    merges.add(done)
    say_words(uow, rooms, kept, after=both, now=now, source=_source(done))
    were = [first.facts, second.facts]
    end_what_was_agreed(uow, rooms, kept, before=were, after=both, now=now)
    _relearn(uow, rooms, kept, absorbed)
    _tell(rooms, "shoppers merged", done)
    return done


def split_shoppers(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, merge_id: str
) -> Merge:
    """The merge that was taken back; asked again, the same.

    Raises:
        NotFound: there was no such merge.
        Conflict: a later merge of the same shopper has to be taken back first.
    """
    merges = MergeRepository(uow.session, rooms.scope)
    done = merges.find(merge_id)
    if done is None:
        raise NotFound("there is no merge of this id", code="unknown_merge")
    if done.split_at is not None:
        return done
    later = [one for one in merges.of(done.kept) if one.split_at is None]
    if later[0].id != done.id:
        raise Conflict(
            f"take back merge {later[0].id} first: merges are taken back newest first",
            code="later_merge",
        )
    now_known = _known(uow, rooms, done.kept)
    kept, absorbed = split(now_known.facts, done.notes.undo)
    kept = with_own_noes(uow, rooms, done.kept, kept, merge_source=_source(done))
    absorbed = with_own_noes(uow, rooms, done.absorbed, absorbed, merge_source=_source(done))
    end_presence(uow, rooms, now=now, shopper=done.kept)
    _move_identities_back(uow, rooms, done, absorbed, now=now)
    _move(uow, rooms, absorbed, to=done.absorbed)
    merges.write(done.kept, kept, created_at=now_known.created_at, at=now)
    created_at = from_ms(done.notes.created_at_ms)
    merges.write(done.absorbed, absorbed, created_at=created_at, at=now)
    merges.close(merge_id, at=now)
    for shopper, facts in ((done.kept, kept), (done.absorbed, absorbed)):
        say_words(uow, rooms, shopper, after=facts, now=now, source=f"split {done.id}")
        end_what_was_agreed(uow, rooms, shopper, before=[now_known.facts], after=facts, now=now)
    _relearn(uow, rooms, done.kept, done.absorbed)
    _tell(rooms, "shoppers split", done)
    return replace(done, split_at=now)


def _known(uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId) -> _Known:
    merges = MergeRepository(uow.session, rooms.scope)
    current = merges.current(shopper)
    if current != shopper:
        raise Conflict(
            "the shopper is absorbed in another one; use that one's id, or split them first",
            code="shopper_merged",
        )
    found = merges.facts(shopper)
    if found is None:
        raise NotFound("no such shopper; register it first", code="unknown_shopper")
    facts, created_at = found
    baskets = PurchaseRepository(uow.session, rooms.scope).baskets_of(shopper)
    carried = IdentityRepository(uow.session, rooms.scope, rooms.vault).of(shopper)
    things = facts.things | {Thing("purchase", one) for one in baskets}
    things |= {Thing("identity", one.identity_id) for one in carried}
    facts = with_words(uow, rooms, shopper, replace(facts, things=things))
    return _Known(shopper, facts, created_at)


def _source(done: Merge) -> str:
    """How the ledgers name a merge that said a word there."""
    return f"merge {done.id}"


def _move(uow: UnitOfWork[StoreLive], rooms: StoreRooms, facts: Facts, *, to: ShopperId) -> None:
    MergeRepository(uow.session, rooms.scope).move(facts.things, to=to)
    baskets = [one.id for one in facts.things if one.kind == "purchase"]
    PurchaseRepository(uow.session, rooms.scope).hand_over(baskets, to=to)


def _move_identities(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    kept: ShopperId,
    absorbed: ShopperId,
    now: datetime,
) -> dict[str, str]:
    """Give the kept what the absorbed carries; what it was called, by what it is called now."""
    repository = IdentityRepository(uow.session, rooms.scope, rooms.vault)
    taken = {one.identity_id for one in repository.of(kept)}
    renamed: dict[str, str] = {}
    for one in repository.of(absorbed):
        name, number = one.identity_id, 2
        while name in taken:
            name, number = f"{one.identity_id[:90]}~{number}", number + 1
        taken.add(name)
        renamed[name] = one.identity_id
        repository.withdraw(absorbed, one.identity_id)
        _enrol(uow, rooms, replace(one, shopper=kept, identity_id=name), now=now)
    return renamed


def _move_identities_back(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, done: Merge, absorbed: Facts, *, now: datetime
) -> None:
    repository = IdentityRepository(uow.session, rooms.scope, rooms.vault)
    theirs = {one.id for one in absorbed.things if one.kind == "identity"}
    carried = repository.of(done.kept)
    uow.live = replace(uow.live, identities=uow.live.identities.without_shopper(done.kept))
    for one in carried:
        if one.identity_id in theirs:
            repository.withdraw(done.kept, one.identity_id)
            name = done.notes.renamed.get(one.identity_id, one.identity_id)
            _enrol(uow, rooms, replace(one, shopper=done.absorbed, identity_id=name), now=now)
        else:
            _enrol(uow, rooms, one, now=now)


def _enrol(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, one: EnrolledIdentity, *, now: datetime
) -> None:
    IdentityRepository(uow.session, rooms.scope, rooms.vault).enrol(one)
    table = uow.live.identities
    if table.at_ms and not len(table):
        table = table.roll_to(to_ms(now))
    uow.live = replace(uow.live, identities=table.with_identity(one))


def _relearn(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *shoppers: ShopperId) -> None:
    """Count both shoppers' purchases anew, once the move is durable."""
    repository = PurchaseRepository(uow.session, rooms.scope)
    for shopper in shoppers:
        seen = [
            BasketSeen(shopper, one.at, one.categories) for one in repository.of_shopper(shopper)
        ]
        uow.after_commit(lambda name=shopper, rows=seen: rooms.purchases.relearn(name, rows))  # type: ignore[misc] # mypy cannot infer defaults of lambdas


def _tell(rooms: StoreRooms, event: str, done: Merge) -> None:
    org = rooms.scope.org
    kept = pseudonym(org=org, shopper=done.kept)
    log.info(event, merge=done.id, kept=kept, absorbed=pseudonym(org=org, shopper=done.absorbed))
