"""What segments are asked of: the facts of every room that knows shoppers, brought together."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, union_all
from sqlmodel import Session

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import Scope, ShopperId
from store_server.learning.repository import PurchaseRepository
from store_server.presence.repository import HappeningRepository
from store_server.presence.visit import Visit, VisitBook
from store_server.shoppers.consent import Purpose
from store_server.shoppers.profile import Profile
from store_server.shoppers.repository import (
    ConsentRepository,
    FactsOf,
    FactSources,
    Population,
    ProfileRepository,
    SegmentRepository,
    ShopperEventRepository,
)
from store_server.shoppers.segments.subject import (
    LiveFacts,
    Moment,
    SegmentSubject,
    without_profile,
)


def moment_of(rooms: StoreRooms, now: datetime) -> Moment:
    """The instant, and the store's calendar day at it."""
    return Moment(to_ms(now), now.astimezone(ZoneInfo(rooms.policy.timezone)).date())


def fact_sources(session: Session, scope: Scope) -> FactSources:
    """Where purchases and events of the organisation stand, as statements."""
    happenings = HappeningRepository(session, scope)
    events: CompoundSelect[Any] = union_all(
        happenings.visit_rows(),
        happenings.stay_rows(),
        ShopperEventRepository(session, scope).event_rows(),
    )
    return FactSources(PurchaseRepository(session, scope).line_rows(), events)


def live_facts(visits: VisitBook, now: datetime) -> dict[str, LiveFacts]:
    """Where everybody is who is in this store."""
    return {shopper: _live(visit, now) for shopper, visit in visits.open.items()}


def population_of(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> Population:
    """Everybody, for the reading in SQL."""
    return Population(
        moment_of(rooms, now),
        fact_sources(uow.session, rooms.scope),
        live_facts(uow.live.visits, now),
        uow.live.segments.trees,
    )


def subjects_of(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shoppers: Iterable[str],
) -> dict[ShopperId, SegmentSubject]:
    """The known ones of these shoppers, for the reading by a closure; the same facts as in SQL."""
    session, scope = uow.session, rooms.scope
    profiles = ProfileRepository(session, scope).of(shoppers)
    agreed = ConsentRepository(session, scope).allowed_among(profiles, Purpose.PROFILE, at=now)
    return subjects_from(uow, rooms, now=now, profiles=profiles, agreed=agreed, with_facts=True)


def subjects_from(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    profiles: Mapping[ShopperId, Profile],
    agreed: Collection[ShopperId],
    with_facts: bool,
) -> dict[ShopperId, SegmentSubject]:
    """Subjects of profiles that are at hand.

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant.
        profiles: of whom.
        agreed: those of them who agree to a profile.
        with_facts: look up purchases and events; False where no segment that is asked counts them.
    """
    session, scope = uow.session, rooms.scope
    facts: Mapping[str, FactsOf] = {}
    if with_facts:
        sources = fact_sources(session, scope)
        facts = SegmentRepository(session, scope).facts_of(profiles, sources)
    live, moment = live_facts(uow.live.visits, now), moment_of(rooms, now)
    found: dict[ShopperId, SegmentSubject] = {}
    for shopper, profile in profiles.items():
        own = facts.get(shopper, _NO_FACTS)
        subject = SegmentSubject(profile, moment, own.purchases, own.events, live.get(shopper))
        found[shopper] = subject if shopper in agreed else without_profile(subject)
    return found


_NO_FACTS = FactsOf((), ())


def _live(visit: Visit, now: datetime) -> LiveFacts:
    stay = visit.zones[-1] if visit.zones else None
    here = stay is not None and stay.left_at is None
    return LiveFacts(
        zone=stay.zone if stay is not None and here else None,
        dwell_s=_seconds(stay.entered_at, now) if stay is not None and here else None,
        visit_s=_seconds(visit.started_at, now),
        visited=frozenset(str(one.zone) for one in visit.zones),
    )


def _seconds(since: datetime, now: datetime) -> int:
    """Whole seconds; never negative, should a clock have been ahead."""
    return max(0, int((now - since).total_seconds()))
