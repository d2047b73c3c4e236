"""A shopper's open coupons, in every spelling that a till may read."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.promised_offers import promised_offers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.redemptions.coupon import Coupon
from store_server.redemptions.coupon_code import grouped, gs1_digits, parse
from store_server.redemptions.coupon_picture import draw_qr
from store_server.redemptions.coupon_ticket import Ticket, write_ticket
from store_server.redemptions.repository import CouponRepository


@dataclass(frozen=True, slots=True)
class CouponToShow:
    """A coupon as an app shows it: characters, digits for a GS1-128 bar code, text of a QR code."""

    code: str
    gs1_128: str
    qr_text: str
    coupon: Coupon
    name: str | None


def show_coupons(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, shopper: ShopperId
) -> list[CouponToShow]:
    """What the shopper may still use here, oldest first."""
    key = rooms.coupon_keys.signing
    found = CouponRepository(uow.session, rooms.scope).of_shopper(shopper)
    offers = promised_offers(uow, rooms, found)
    return [
        CouponToShow(
            code=grouped(one.code),
            gs1_128=gs1_digits(one.code),
            qr_text=write_ticket(Ticket(one.code, one.face_value_minor, one.expires_at), key=key),
            coupon=one,
            name=offers[one.code].name if one.code in offers else None,
        )
        for one in found
        if one.is_open(now)
    ]


def draw_coupon(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    code: str,
) -> str:
    """The QR code of one of the shopper's open coupons, as an SVG; `code` in any spelling.

    Raises:
        NotFound: `unknown_coupon`. Somebody else's coupon, a used one and one that never was are
            told alike: the answer must not say which codes exist.
    """
    wanted = parse(code)
    for one in show_coupons(uow, rooms, now=now, shopper=shopper):
        if one.coupon.code == wanted:
            return draw_qr(one.qr_text, title=one.code)
    raise NotFound(
        "the shopper has no open coupon of this code; GET /v1/app/coupons lists them",
        code="unknown_coupon",
    )
