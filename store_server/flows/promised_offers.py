"""What coupons and decisions promise: the version of the offer that they were made by."""

from collections.abc import Collection, Mapping

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import OfferId
from store_server.offers.offer import Offer
from store_server.offers.offer_version import version_named
from store_server.offers.repository import OfferVersionRepository
from store_server.redemptions.coupon import Coupon


def promised_offers(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, coupons: Collection[Coupon]
) -> Mapping[str, Offer]:
    """The offer of each coupon as it was when the coupon was issued, by code.

    Of a coupon from before versions were kept it is the offer as it stands; none when that is
    gone. The database is asked only about coupons of earlier versions.
    """
    live = uow.live.catalogue.offers
    found: dict[str, Offer] = {}
    earlier: list[Coupon] = []
    for coupon in coupons:
        offer = live.get(coupon.offer)
        if offer is not None:
            found[coupon.code] = offer
        if offer is None or coupon.offer_version != str(offer.version):
            earlier.append(coupon)
    asked = {one.offer for one in earlier if one.offer_version is not None}
    kept = _kept(uow, rooms, asked)
    for coupon in earlier:
        offer = version_named(coupon.offer_version, kept.get(coupon.offer, ()))
        if offer is not None:
            found[coupon.code] = offer
    return found


def offers_named(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, named: Collection[tuple[OfferId, int | None]]
) -> Mapping[tuple[OfferId, int | None], Offer]:
    """The version of each of these offers that a decision names, by offer and number.

    Of a decision from before versions it is the offer as it stands; none when that is gone.
    """
    live = uow.live.catalogue.offers
    found = {(name, number): live[name] for name, number in named if name in live}
    earlier = [
        (name, number)
        for name, number in named
        if number is not None and (name not in live or live[name].version != number)
    ]
    kept = _kept(uow, rooms, {name for name, _ in earlier})
    for name, number in earlier:
        offer = version_named(str(number), kept.get(name, ()))
        if offer is not None:
            found[name, number] = offer
    return found


def _kept(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, offers: Collection[OfferId]
) -> Mapping[OfferId, list[Offer]]:
    return OfferVersionRepository(uow.session, rooms.scope).of_all(offers) if offers else {}
