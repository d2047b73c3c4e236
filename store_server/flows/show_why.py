"""Flow (read): why somebody got this: from the code on a coupon to the decision behind it."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_decisions import ExplainedDecision, show_decision
from store_server.redemptions.coupon import Coupon
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.repository import CouponRepository


def show_why(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    code: str,
    language: str = "en",
) -> tuple[Coupon, ExplainedDecision]:
    """The coupon of a code as it was typed, and the decision that issued it, explained.

    Raises:
        NotFound: this store issued no such code.
    """
    spelled = parse(code)
    coupon = CouponRepository(uow.session, rooms.scope).find(spelled) if spelled else None
    if coupon is None:
        raise NotFound("this store issued no such code", code="unknown_coupon")
    decision = show_decision(uow, rooms, now=now, decision_id=coupon.decision, language=language)
    return coupon, decision
