"""Coupons whose time is over are closed, and what was reserved for them is free again."""

from collections.abc import Iterable
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.answer_once import KEPT
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId, OfferId
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.coupon import Coupon
from store_server.redemptions.repository import CouponRepository, TillAnswerRepository


def expire_coupons(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Close open coupons that nobody can use any more; how many. Safe to run twice.

    What a till held and did not use in time is its shopper's again; kept answers that no till
    asks for any more are dropped.
    """
    coupons = CouponRepository(uow.session, rooms.scope)
    coupons.free_held(now=now)
    expired = coupons.expire(now=now)
    free_budgets(uow, rooms, expired)
    TillAnswerRepository(uow.session, rooms.scope).drop(before=now - KEPT)
    return len(expired)


def free_budgets(uow: UnitOfWork[StoreLive], rooms: StoreRooms, closed: Iterable[Coupon]) -> None:
    """What was reserved for coupons that are closed unused is free for others."""
    by_budget: dict[tuple[CampaignId, OfferId], list[Coupon]] = {}
    for coupon in closed:
        by_budget.setdefault((coupon.campaign, coupon.offer), []).append(coupon)
    budgets = BudgetRepository(uow.session, rooms.scope)
    for (campaign, offer), coupons in sorted(by_budget.items()):
        budgets.release(
            campaign,
            face_value_minor=sum(one.face_value_minor for one in coupons),
            offer=offer,
            coupons=len(coupons),
        )
