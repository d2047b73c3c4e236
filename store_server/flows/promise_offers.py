"""What offered decisions promise: a fresh coupon where it is worth money, and the words for it."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision
from store_server.flows.offer_words import Words, moment_ends_at
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.catalogue import Catalogue
from store_server.outbox.notification import Channel, Notification
from store_server.redemptions.coupon import Coupon
from store_server.redemptions.coupon_code import grouped, new_code
from store_server.redemptions.repository import CouponRepository, new_coupon


class Promised(NamedTuple):
    """The words of an offered decision, and its coupon where it is worth money."""

    told: Notification
    coupon: Coupon | None


def promise_offers(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    decisions: Sequence[Decision],
    *,
    now: datetime,
    channel: Channel,
) -> list[Promised]:
    """What each of these offered decisions promises; call it after they are written.

    An arm that reads it in the app has it laid into the inbox: nothing is sent.

    Args:
        uow: the transaction.
        rooms: the store.
        decisions: that offered something.
        now: the instant that rules go by.
        channel: how they reach the shopper.
    """
    catalogue = uow.live.catalogue
    key, rng = rooms.coupon_keys.signing, secrets.SystemRandom()
    coupons = {
        one.id: _coupon(one, rooms, catalogue, key=key, rng=rng)
        for one in decisions
        if one.face_value_minor
    }
    CouponRepository(uow.session, rooms.scope).issue_all(list(coupons.values()))
    codes = {name: grouped(coupon.code) for name, coupon in coupons.items()}
    told = Words(uow, rooms, now=now, channel=channel).of(
        [(one, codes.get(one.id), moment_ends_at(one, uow, rooms)) for one in decisions]
    )
    return [Promised(one, coupons.get(one.decision)) for one in told]


def _coupon(
    decision: Decision,
    rooms: StoreRooms,
    catalogue: Catalogue,
    *,
    key: bytes,
    rng: secrets.SystemRandom,
) -> Coupon:
    offer = catalogue.offers[decision.named_offer]
    valid_s = offer.coupon_valid_s or rooms.policy.coupon_ttl_s
    # A coupon is money: its code comes from the system's randomness, never from a seed.
    return new_coupon(
        new_code(rng, key=key),
        shopper=decision.shopper,
        offer=offer.id,
        campaign=decision.named_campaign,
        decision=decision.id,
        face_value_minor=decision.face_value_minor or 0,
        issued_at=decision.at,
        expires_at=decision.at + timedelta(seconds=valid_s),
        offer_version=str(offer.version),
        key=key,
    )
