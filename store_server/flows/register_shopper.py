"""A retailer's backend makes a shopper known, or says anew what it knows of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.errors import Conflict, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.identity import EnrolledIdentity, check_identity
from store_server.shoppers.repository import IdentityRepository, ShopperRepository
from store_server.shoppers.repository.merges import MergeRepository
from store_server.shoppers.shopper import Shopper, check_language, check_shopper_name
from store_server.shoppers.simulated import is_simulated


@dataclass(frozen=True, slots=True)
class ShopperRegistered:
    """The shopper as it stands now, and whether it was new."""

    shopper: Shopper
    created: bool


def register_shopper(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    household: HouseholdId | None = None,
    language: str | None = None,
    identities: Sequence[EnrolledIdentity] = (),
) -> ShopperRegistered:
    """Make a shopper known; what is None stays as it was. Identities are added or enrolled anew.

    Registering is no consent: the shopper is neither observed nor sent anything until they say so.

    Raises:
        Unprocessable: a name, language or identity cannot be.
        Conflict: an identity is enrolled for another shopper, or the shopper is absorbed in one.
    """
    check_shopper_name(shopper)
    if is_simulated(shopper) and not rooms.policy.simulated:
        raise Unprocessable(
            "shopper_id begins with simulated: as of those who are walked by hand, and this store "
            "is real; use another id",
            code="simulated_name",
        )
    if household is not None:
        check_shopper_name(household, what="household_id")
    if MergeRepository(uow.session, rooms.scope).current(shopper) != shopper:
        raise Conflict(
            "the shopper is absorbed in another one; use that one's id, or split them first",
            code="shopper_merged",
        )
    shoppers = ShopperRepository(uow.session, rooms.scope)
    before = shoppers.get(shopper)
    default = Shopper(shopper, None, rooms.policy.default_language, now)
    after = replace(before or default)
    if household is not None:
        after = replace(after, household=household)
    if language is not None:
        after = replace(after, language=check_language(language))
    if after != before:
        shoppers.save([after])
    _enrol(uow, rooms, identities, shopper=shopper, now=now)
    return ShopperRegistered(after, created=before is None)


def _enrol(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    identities: Sequence[EnrolledIdentity],
    *,
    shopper: ShopperId,
    now: datetime,
) -> None:
    repository = IdentityRepository(uow.session, rooms.scope, rooms.vault)
    known = {one.name: one for one in repository.of(shopper)} if identities else {}
    table = uow.live.identities
    if table.at_ms and not len(table):
        # An empty table is never due, so its instant may be long ago.
        table = table.roll_to(to_ms(now))
    for identity in identities:
        enrolled = replace(check_identity(identity), shopper=shopper)
        if known.get(enrolled.name) != enrolled:
            repository.enrol(enrolled)
            table = table.with_identity(enrolled)
    uow.live = replace(uow.live, identities=table)
