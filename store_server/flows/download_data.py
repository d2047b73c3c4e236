"""Everything that is kept about a shopper, for the shopper: plain JSON, no keys, no hashes."""

from datetime import UTC, datetime

from store_server.database import UnitOfWork
from store_server.decisions.repository import DecisionRepository
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.learning.repository import PurchaseRepository
from store_server.outbox.repository import NotificationRepository
from store_server.presence.repository import PresenceRepository
from store_server.redemptions.repository import BasketRepository, CouponRepository
from store_server.shoppers.repository import (
    ConsentRepository,
    IdentityRepository,
    ShopperRepository,
)

Json = dict[str, object]
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def download_data(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
) -> Json:
    """A JSON document with one list for each kind of thing; instants are RFC 3339.

    Raises:
        NotFound: the shopper is not known.
    """
    session, scope = uow.session, rooms.scope
    found = ShopperRepository(session, scope).get(shopper)
    if found is None:
        raise NotFound("no such shopper", code="unknown_shopper")
    return {
        "shopper_id": found.id,
        "household_id": found.household,
        "language": found.language,
        "created_at": _spell(found.created_at),
        "made_at": _spell(now),
        **_said(uow, rooms, shopper),
        **_done(uow, rooms, shopper),
        **_received(uow, rooms, shopper),
    }


def _said(uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId) -> Json:
    session, scope = uow.session, rooms.scope
    identities = IdentityRepository(session, scope, rooms.vault).of(shopper)
    return {
        "identities": [
            {"identity_id": one.identity_id, "kind": one.kind, "label": one.label}
            for one in identities
        ],
        "consents": [
            {
                "purpose": entry.purpose.value,
                "granted": entry.granted,
                "at": _spell(entry.at),
                "source": entry.source,
                "text_version": entry.text_version,
            }
            for entry in ConsentRepository(session, scope).entries(shopper)
        ],
        "installs": [
            {
                "platform": install.platform,
                "app_version": install.app_version,
                "push_capable": install.push_capable,
                "registered_at": _spell(install.registered_at),
            }
            for install in ShopperRepository(session, scope).installs(shopper)
        ],
    }


def _done(uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId) -> Json:
    session, scope = uow.session, rooms.scope
    return {
        "visits": [
            {
                "started_at": _spell(visit.started_at),
                "ended_at": _spell(visit.ended_at) if visit.ended_at else None,
                "zones": [
                    {
                        "zone": stay.zone,
                        "entered_at": _spell(stay.entered_at),
                        "left_at": _spell(stay.left_at) if stay.left_at else None,
                    }
                    for stay in visit.zones
                ],
            }
            for visit in PresenceRepository(session, scope).visits_of(shopper)
        ],
        "purchases": [
            {
                "basket_id": purchase.basket,
                "at": _spell(purchase.at),
                "lines": [
                    {
                        "product_id": line.product,
                        "quantity": line.quantity,
                        "amount_minor": line.amount_minor,
                    }
                    for line in purchase.lines
                ],
            }
            for purchase in PurchaseRepository(session, scope).of_shopper(shopper)
        ],
        "baskets": [
            {"basket_id": basket.id, "till": basket.till, "at": _spell(basket.at)}
            for basket in BasketRepository(session, scope).of_shopper(shopper)
        ],
    }


def _received(uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId) -> Json:
    session, scope = uow.session, rooms.scope
    decisions = DecisionRepository(session, scope).of_unit(shopper, None, since=EVER)
    return {
        "decisions": [
            {
                "at": _spell(one.at),
                "trigger": str(one.trigger_kind),
                "zone": one.zone,
                "outcome": str(one.outcome),
                "offer_id": one.offer,
            }
            for one in decisions
        ],
        "notifications": [
            {
                "created_at": _spell(one.created_at),
                "delivered_at": _spell(one.delivered_at) if one.delivered_at else None,
                "opened_at": _spell(one.opened_at) if one.opened_at else None,
                "body": one.body,
            }
            for one in NotificationRepository(session, scope).of_shopper(shopper)
        ],
        "coupons": [
            {
                "offer_id": coupon.offer,
                "issued_at": _spell(coupon.issued_at),
                "expires_at": _spell(coupon.expires_at),
                "state": coupon.state.value,
            }
            for coupon in CouponRepository(session, scope).of_shopper(shopper)
        ],
    }


def _spell(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
