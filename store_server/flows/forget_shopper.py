"""A shopper asks to be forgotten: every room gives up what it has of them, in one transaction.

In every store of the organisation, whichever of them was asked.
What stays names nobody: till receipts without the shopper, decisions under a random alias (so
that lift is still counted), redemptions without a person. Coupons that are out are void, and
what was reserved for them is free again.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from store_server.database import UnitOfWork
from store_server.decisions.repository import (
    DecisionRepository,
    DismissalRepository,
    ExperimentUnitRepository,
)
from store_server.flows.journal_presence import strike_from_journal
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, pseudonym
from store_server.learning.repository import PurchaseRepository
from store_server.offers.repository import BudgetRepository, ScheduleRepository, WaitRepository
from store_server.outbox.repository import NotificationRepository, StaffTaskRepository
from store_server.presence.journal import without
from store_server.presence.repository import PresenceRepository
from store_server.redemptions.repository import BasketRepository, CouponRepository
from store_server.shop.repository import AccessRepository, AuditRepository
from store_server.shoppers.repository import ShopperRepository
from store_server.shoppers.repository.merges import MergeRepository

log = structlog.get_logger(__name__)


def forget_shopper(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
) -> bool:
    """Forget everything about a shopper, under every name that merges gave them.

    False when nothing was known. Safe to repeat.
    """
    merges = MergeRepository(uow.session, rooms.scope)
    names = sorted(merges.names(shopper))
    rows = sum(_forget_name(uow, rooms, now=now, shopper=ShopperId(name)) for name in names)
    rows += sum(merges.forget(name) for name in names)
    alias = pseudonym(org=rooms.scope.org, shopper=shopper)
    log.info("shopper forgotten", pseudonym=alias, names=len(names), rows=rows)
    return rows > 0


def _forget_name(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, shopper: ShopperId
) -> int:
    """Forget what is kept under one name; how many rows."""
    session, scope = uow.session, rooms.scope
    rooms.flights.recall(shopper)
    # Before budgets: what ends a wait holds it while it takes from them.
    waits = WaitRepository(session, scope).forget(shopper, at=now)
    _free_budgets(uow, rooms, shopper)
    AccessRepository(session, scope).forget_shopper(shopper)
    AuditRepository(session, scope).forget(shopper)
    if (home := ShopperRepository(session, scope).household_of_one(shopper)) is not None:
        ExperimentUnitRepository(session, scope).forget_household(home)
    forgetters: tuple[Callable[[ShopperId], int], ...] = (
        NotificationRepository(session, scope).forget,
        CouponRepository(session, scope).forget,
        BasketRepository(session, scope).forget,
        DecisionRepository(session, scope).forget,
        DismissalRepository(session, scope).forget,
        ExperimentUnitRepository(session, scope).forget,
        PresenceRepository(session, scope).forget,
        PurchaseRepository(session, scope).forget,
        ScheduleRepository(session, scope).forget,
        StaffTaskRepository(session, scope).forget,
        ShopperRepository(session, scope).forget_shopper,
    )
    rows = waits + sum(forget(shopper) for forget in forgetters)
    strike_from_journal(uow, rooms, shopper=shopper)
    uow.live = _without(uow.live, shopper)
    uow.after_commit(lambda: _unlearn(rooms, shopper))
    return rows


def _free_budgets(uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId) -> None:
    budgets = BudgetRepository(uow.session, rooms.scope)
    for coupon in CouponRepository(uow.session, rooms.scope).out_with(shopper):
        budgets.release(
            coupon.campaign, face_value_minor=coupon.face_value_minor, offer=coupon.offer
        )


def _without(live: StoreLive, shopper: ShopperId) -> StoreLive:
    presence = live.presence.fork()
    presence.forget(shopper)
    return replace(
        live,
        presence=presence,
        visits=live.visits.without(shopper),
        identities=live.identities.without_shopper(shopper),
        pending=without(live.pending, shopper),
        late=without(live.late, shopper),
    )


def _unlearn(rooms: StoreRooms, shopper: ShopperId) -> None:
    rooms.purchases.forget(shopper)
    # Nobody is in it; should a fob have been drawn on the plan as a beacon, it goes too.
    rooms.signals.clear()
