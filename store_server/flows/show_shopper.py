"""Flow (read): everything that is kept about a shopper, for the shopper, of every store.

Plain JSON; keys, tokens and hashes are left out: they open doors and tell the shopper nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

from sqlmodel import Session

from store_server.database import UnitOfWork
from store_server.decisions.repository import DecisionRepository, DismissalRepository
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.told_contacts import told_contacts
from store_server.flows.told_in_a_store import TOLD_IN_A_STORE
from store_server.ids import Scope, ShopperId
from store_server.learning.repository import PurchaseRepository
from store_server.outbox.repository import NotificationRepository
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import instant_of
from store_server.redemptions.repository import BasketRepository, CouponRepository
from store_server.shop.repository import PlanRepository
from store_server.shoppers.repository import (
    AttributeRepository,
    ComplaintRepository,
    ConsentRepository,
    IdentityRepository,
    MergeRepository,
    ProfileRepository,
    ShopperEventRepository,
    ShopperRepository,
)

Json = dict[str, object]


def show_shopper(
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
    names = sorted(MergeRepository(session, scope).names(shopper))
    return {
        "shopper_id": found.id,
        "also_known_as": [name for name in names if name != shopper],
        "household_id": found.household,
        "language": found.language,
        **{"created_at": _spell(found.created_at), "made_at": _spell(now)},
        **_said(uow, rooms, shopper, names),
        **told_contacts(session, rooms, names),
        "attributes": _attributes(uow.session, scope, shopper),
        "profile": _profile(uow.session, scope, shopper),
        "events": _events(uow.session, scope, shopper),
        "complaints": _complaints(uow.session, scope, shopper),
        "purchases": _purchases(uow.session, scope, shopper),
        **{
            kind: [
                {"store": place.store, **one}
                for place in _places(uow.session, scope)
                for name in names
                for one in listed(uow.session, place, ShopperId(name))
            ]
            for kind, listed in _IN_A_STORE.items()
        },
    }


def _places(session: Session, scope: Scope) -> list[Scope]:
    """Every store of the organisation; this one too, where it has no plan yet."""
    stores = {store.store for store in PlanRepository(session, scope).stores()} | {scope.store}
    return [replace(scope, store=store) for store in sorted(stores)]


def _said(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId, names: Sequence[str]
) -> Json:
    session, scope = uow.session, rooms.scope
    return {
        "identities": [
            {"identity_id": one.identity_id, "kind": one.kind, "label": one.label}
            for one in IdentityRepository(session, scope, rooms.vault).of(shopper)
        ],
        "consents": [
            {
                "purpose": entry.purpose.value,
                "granted": entry.granted,
                "at": _spell(entry.at),
                "source": entry.source,
                "text_version": entry.text_version,
            }
            for entry in ConsentRepository(session, scope).entries_of(names)
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


def _attributes(session: Session, scope: Scope, shopper: ShopperId) -> Json:
    said = AttributeRepository(session, scope).of([shopper]).get(shopper, {})
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
    }


def _profile(session: Session, scope: Scope, shopper: ShopperId) -> Json:
    profile = ProfileRepository(session, scope).of([shopper])[shopper]
    standing = profile.standing
    return {
        "stage": standing.stage,
        "churn_risk": standing.churn_risk,
        "next_visit_days": standing.next_visit_days,
        "bands": None if standing.rfm is None else asdict(standing.rfm),
        "value_band": standing.value_band,
        "lifetime_value_minor": standing.lifetime_value_minor,
        "channels": sorted(profile.channels),
        "excluded": sorted(profile.excluded),
        "staff": profile.staff,
    }


def _events(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {"event_id": one.id, "kind": one.kind, "at": _spell(one.at), "said": dict(one.said)}
        for one in ShopperEventRepository(session, scope).of_shopper(shopper)
    ]


def _complaints(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "complaint_id": one.id,
            "topic": one.topic,
            "opened_at": _spell(one.opened_at),
            "closed_at": _spell(one.closed_at),
        }
        for one in ComplaintRepository(session, scope).of_shopper(shopper)
    ]


def _purchases(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
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
    ]


def _visits(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "started_at": _spell(visit.started_at),
            "ended_at": _spell(visit.ended_at),
            "zones": [
                {
                    "zone": stay.zone,
                    "entered_at": _spell(stay.entered_at),
                    "left_at": _spell(stay.left_at),
                }
                for stay in visit.zones
            ],
        }
        for visit in PresenceRepository(session, scope).visits_of(shopper)
    ]


def _zone_events(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "kind": event.kind,
            "zone": event.zone,
            "at": _spell(instant_of(event.t)),
            "entered_at": _spell(instant_of(event.entered_at_t)),
            "dwell_s": event.dwell_s,
            "reason": event.reason,
        }
        for event in PresenceRepository(session, scope).zone_events_of(shopper)
    ]


def _baskets(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "basket_id": basket.id,
            "till": basket.till,
            "at": _spell(basket.at),
            "lines": [
                {
                    "product_id": line.product_id,
                    "quantity": line.quantity,
                    "amount_minor": line.amount_minor,
                }
                for line in basket.lines
            ],
        }
        for basket in BasketRepository(session, scope).of_shopper(shopper)
    ]


def _decisions(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    dismissed = dict(DismissalRepository(session, scope).of_shopper(shopper))
    return [
        {
            "decision_id": one.id,
            "at": _spell(one.at),
            "trigger": str(one.trigger_kind),
            "zone": one.zone,
            "outcome": str(one.outcome),
            "campaign_id": one.campaign,
            "offer_id": one.offer,
            "arm": str(one.arm),
            "variants": list(one.variants),
            "reasons": [str(reason) for reason in one.reasons],
            "dismissed_at": _spell(dismissed.get(one.id)),
        }
        for one in DecisionRepository(session, scope).of_shopper(shopper)
    ]


def _notifications(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "channel": one.channel,
            "created_at": _spell(one.created_at),
            "delivered_at": _spell(one.delivered_at),
            "opened_at": _spell(one.opened_at),
            "body": one.body,
            "deliveries": [
                {
                    "state": str(way.state),
                    "reason": str(way.reason) if way.reason is not None else None,
                    "attempts": way.attempts,
                }
                for way in one.ways
            ],
        }
        for one in NotificationRepository(session, scope).of_shopper(shopper)
    ]


def _coupons(session: Session, scope: Scope, shopper: ShopperId) -> list[Json]:
    return [
        {
            "offer_id": coupon.offer,
            "face_value_minor": coupon.face_value_minor,
            "issued_at": _spell(coupon.issued_at),
            "expires_at": _spell(coupon.expires_at),
            "state": coupon.state.value,
        }
        for coupon in CouponRepository(session, scope).of_shopper(shopper)
    ]


_IN_A_STORE: dict[str, Callable[[Session, Scope, ShopperId], list[Json]]] = {
    "visits": _visits,
    "zone_events": _zone_events,
    "baskets": _baskets,
    "decisions": _decisions,
    "notifications": _notifications,
    "coupons": _coupons,
    **TOLD_IN_A_STORE,
}


def _spell(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
