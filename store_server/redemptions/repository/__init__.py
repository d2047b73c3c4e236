"""Coupons, baskets, returns, kept answers and discrepancies in the database."""

from store_server.redemptions.repository.baskets import BasketRepository, TakenBasket
from store_server.redemptions.repository.coupon_rows import CouponUse, Redemption, new_coupon
from store_server.redemptions.repository.coupons import CouponRepository
from store_server.redemptions.repository.discrepancies import DiscrepancyRepository
from store_server.redemptions.repository.returns import ReturnRepository
from store_server.redemptions.repository.till_answers import TillAnswerRepository

__all__ = [
    "BasketRepository",
    "CouponRepository",
    "CouponUse",
    "DiscrepancyRepository",
    "Redemption",
    "ReturnRepository",
    "TakenBasket",
    "TillAnswerRepository",
    "new_coupon",
]
