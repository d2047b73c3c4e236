"""A till shows one coupon: hold it while the queue moves, use it up, or give it back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from store_server.clock import spell
from store_server.database import UnitOfWork
from store_server.flows.answer_once import Operation, Told, answer_once
from store_server.flows.coupon_desk import CouponDesk, Showing
from store_server.flows.promised_offers import promised_offers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.redemptions.coupon import Coupon, CouponRefusal, CouponState
from store_server.redemptions.repository import CouponRepository, CouponUse
from store_server.shoppers.repository import ShopperRepository

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CouponShown:
    """A coupon at a till.

    shopper: the loyalty id, None when none was shown. basket: the receipt that it is for, as
    far as the till knows it already. amount_minor: what that comes to; None: not known yet.
    """

    code: str
    till: str
    shopper: ShopperId | None = None
    basket: str | None = None
    amount_minor: int | None = None


def reserve_coupon(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shown: CouponShown,
    idempotency_key: str,
) -> Told:
    """Hold a coupon for the till that scanned it; scanned again it is held anew.

    Raises:
        Unprocessable, Conflict: the Idempotency-Key is malformed or taken, see `answer_once`.
    """

    def act(coupon: Coupon) -> Document:
        until = now + timedelta(seconds=rooms.policy.reserve_s)
        held = CouponRepository(uow.session, rooms.scope).reserve(
            coupon, till=shown.till, until=until
        )
        if not held:
            return _refused(shown, CouponRefusal.RESERVED)
        return _told(uow, rooms, shown, coupon, status="reserved", reserved_until=until)

    return _answer(
        uow, rooms, now=now, operation="reserve", key=idempotency_key, shown=shown, act=act
    )


def redeem_coupon(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shown: CouponShown,
    idempotency_key: str,
) -> Told:
    """Use a coupon up, for the basket that the till will report; once, for ever.

    Raises:
        Unprocessable, Conflict: the Idempotency-Key is malformed or taken, see `answer_once`.
    """

    def act(coupon: Coupon) -> Document:
        face_minor = coupon.face_value_minor
        discount_minor = (
            face_minor if shown.amount_minor is None else min(face_minor, shown.amount_minor)
        )
        if face_minor > 0 and discount_minor == 0:
            return _refused(shown, CouponRefusal.NOTHING_LEFT)
        desk.use(CouponUse(coupon, shown.basket or "", shown.till, discount_minor, now))
        desk.finish()
        return _told(uow, rooms, shown, coupon, status="redeemed", discount_minor=discount_minor)

    desk = CouponDesk(uow, rooms, now)
    return _answer(
        uow,
        rooms,
        now=now,
        operation="redeem",
        key=idempotency_key,
        shown=shown,
        act=act,
        desk=desk,
    )


def release_coupon(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shown: CouponShown,
    idempotency_key: str,
) -> Told:
    """Give a held coupon back: the shopper may use it elsewhere; one that is free stays free.

    Raises:
        Unprocessable, Conflict: the Idempotency-Key is malformed or taken, see `answer_once`.
    """

    def act(coupon: Coupon) -> Document:
        if coupon.state is CouponState.RESERVED:
            CouponRepository(uow.session, rooms.scope).release(coupon)
        return _told(uow, rooms, shown, coupon, status="released")

    return _answer(
        uow, rooms, now=now, operation="release", key=idempotency_key, shown=shown, act=act
    )


def _answer(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    operation: Operation,
    key: str,
    shown: CouponShown,
    act: Callable[[Coupon], Document],
    desk: CouponDesk | None = None,
) -> Told:
    def judge() -> Document:
        looking = desk or CouponDesk(uow, rooms, now)
        named = () if shown.shopper is None else (shown.shopper,)
        looking.load([shown.code], shoppers=named)
        shopper = _known(uow, rooms, looking, shown.shopper)
        judged = looking.judge(shown.code, Showing(shown.till, now, shopper))
        return _refused(shown, judged) if isinstance(judged, CouponRefusal) else act(judged)

    return answer_once(
        uow,
        rooms,
        now=now,
        operation=operation,
        idempotency_key=key,
        asked=asdict(shown),
        act=judge,
    )


def _known(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, desk: CouponDesk, shopper: ShopperId | None
) -> ShopperId | None:
    """Whose loyalty id it is, when it is one of ours."""
    if shopper is None:
        return None
    current = desk.current(shopper)
    known = ShopperRepository(uow.session, rooms.scope).get(current)
    return None if known is None else current


def _refused(shown: CouponShown, reason: CouponRefusal) -> Document:
    return {
        "code": shown.code,
        "status": "refused",
        "reason": reason.value,
        "face_value_minor": None,
        "discount_minor": 0,
        "expires_at": None,
        "reserved_until": None,
        "offer": None,
    }


def _told(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    shown: CouponShown,
    coupon: Coupon,
    *,
    status: str,
    discount_minor: int = 0,
    reserved_until: datetime | None = None,
) -> Document:
    offer = promised_offers(uow, rooms, [coupon]).get(coupon.code)
    return {
        "code": shown.code,
        "status": status,
        "reason": None,
        "face_value_minor": coupon.face_value_minor,
        "discount_minor": discount_minor,
        "expires_at": spell(coupon.expires_at),
        "reserved_until": None if reserved_until is None else spell(reserved_until),
        "offer": None
        if offer is None
        else {
            "offer_id": offer.id,
            "version": offer.version,
            "name": offer.name,
            "category": offer.category,
            "product_ids": list(offer.product_ids),
        },
    }
