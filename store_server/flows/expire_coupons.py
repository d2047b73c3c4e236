"""Coupons whose time is over are closed, and what was reserved for them is free again."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.repository import CouponRepository


def expire_coupons(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Close issued coupons that nobody can use any more; how many. Safe to run twice."""
    expired = CouponRepository(uow.session, rooms.scope).expire(now=now)
    budgets = BudgetRepository(uow.session, rooms.scope)
    for coupon in expired:
        budgets.release(
            coupon.campaign, face_value_minor=coupon.face_value_minor, offer=coupon.offer
        )
    return len(expired)
