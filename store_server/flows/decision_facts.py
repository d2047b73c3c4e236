"""What a desk looks up before it decides: facts of shoppers, of the place and of what was shown.

A handful of queries for all the shoppers at hand, whatever the number of campaigns. A fact that no
listening campaign asks for is not looked up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.decisions.facts import PlaceFacts, ShopperFacts
from store_server.decisions.frequency_cap import WEEK_DAYS, ShownBook, ShownRecord
from store_server.decisions.repository import (
    DecisionRepository,
    DismissalRepository,
    ExperimentUnitRepository,
    GivenArm,
    PoolRepository,
)
from store_server.flows.channel_facts import Ranked, load_channels
from store_server.flows.listening_needs import Needs, needs_of
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.segment_facts import subjects_from
from store_server.ids import CampaignId, OfferId, ShopperId, ZoneId
from store_server.learning.repository import PurchaseRepository
from store_server.offers.opening import start_of_local_day
from store_server.offers.trigger import Trigger, TriggerKind
from store_server.presence.visit import Visit
from store_server.shop.repository import StockRepository
from store_server.shop.store_profile import is_between
from store_server.shoppers.attributes import AttributeValue
from store_server.shoppers.consent import Purpose
from store_server.shoppers.profile import Profile
from store_server.shoppers.repository import (
    ConsentRepository,
    MergeRepository,
    ProfileRepository,
)

FULL_BP = 10_000


@dataclass(slots=True)
class KnownFacts:
    """Facts by shopper, loaded once; `shown` grows while the desk decides."""

    offers_allowed: frozenset[ShopperId]
    profile_allowed: frozenset[ShopperId]
    profiles: dict[ShopperId, Profile]
    shown: ShownBook
    bought: dict[ShopperId, set[str]] = field(default_factory=dict)
    dismissed: dict[ShopperId, dict[CampaignId, datetime]] = field(default_factory=dict)
    segments: dict[ShopperId, frozenset[str]] = field(default_factory=dict)
    out_of_stock: frozenset[str] = frozenset()
    pools: dict[OfferId, int] = field(default_factory=dict)
    channels: Ranked = field(default_factory=dict)
    arms: dict[tuple[str, str], GivenArm] = field(default_factory=dict)
    names: dict[str, ShopperId] = field(default_factory=dict)


def load_facts(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    triggers: Sequence[Trigger],
) -> KnownFacts:
    """What is known at `now` of the shoppers of these triggers."""
    session, scope = uow.session, rooms.scope
    shoppers = {trigger.shopper for trigger in triggers}
    needs = needs_of(uow.live.catalogue, triggers)
    consents = ConsentRepository(session, scope)
    names = MergeRepository(session, scope).names_of(shoppers)
    profiles = ProfileRepository(session, scope).of(shoppers)
    facts = KnownFacts(
        offers_allowed=consents.allowed_among(shoppers, Purpose.OFFERS, at=now),
        profile_allowed=consents.allowed_among(shoppers, Purpose.PROFILE, at=now),
        profiles=profiles,
        shown=_shown(uow, rooms, now=now, triggers=triggers, names=names, known=(profiles, needs)),
    )
    facts.channels = load_channels(
        uow,
        rooms,
        now=now,
        names=names,
        profiles=profiles,
        profile_allowed=facts.profile_allowed,
    )
    _load_shopping(uow, rooms, facts, triggers=triggers)
    visits = [visit for one in shoppers if (visit := uow.live.visits.of(one)) is not None]
    if needs.cooldown_s or visits:
        since = min((one.started_at for one in visits), default=now)
        last = DismissalRepository(session, scope).last(
            [ShopperId(name) for name in names],
            since=min(since, now - timedelta(seconds=needs.cooldown_s)),
        )
        for (name, campaign), at in sorted(last.items(), key=lambda one: one[1]):
            facts.dismissed.setdefault(names[name], {})[campaign] = at
    if needs.segments:
        facts.segments = _segments(uow, rooms, facts, now=now, names=needs.segments)
    facts.out_of_stock = StockRepository(session, scope).out()
    if needs.pools:
        facts.pools = PoolRepository(session, scope).issued(needs.pools)
    if needs.experiments:
        facts.names = names
        homes = (one.household for one in profiles.values())
        units = {f"s:{name}" for name in names} | {f"h:{home}" for home in homes if home}
        facts.arms = ExperimentUnitRepository(session, scope).of(units, needs.experiments)
    return facts


def shopper_facts(
    facts: KnownFacts,
    trigger: Trigger,
    *,
    rooms: StoreRooms,
    live: StoreLive,
    now: datetime,
    channel: str,
) -> ShopperFacts:
    """What gates and value ask of the shopper of this trigger."""
    shopper = trigger.shopper
    profile = facts.profiles.get(shopper)
    if profile is None:
        return ShopperFacts(is_known=False)
    known = shopper in facts.profile_allowed
    visit = live.visits.of(shopper)
    concerning = facts.shown.concerning(shopper, profile.household)
    return ShopperFacts(
        open_complaints=profile.open_complaints,
        excluded=profile.excluded,
        is_staff=profile.staff,
        channel_allowed=profile.takes(channel),
        age=_age(profile.attributes, rooms=rooms, now=now) if known else None,
        segments=facts.segments.get(shopper, frozenset()),
        bought=frozenset((*facts.bought.get(shopper, ()), *trigger.basket))
        if known
        else frozenset(),
        dismissed_in_visit=frozenset(
            campaign
            for campaign, at in facts.dismissed.get(shopper, {}).items()
            if visit is not None and at >= visit.started_at
        ),
        dismissed_s={
            campaign: max(0, int((now - at).total_seconds()))
            for campaign, at in facts.dismissed.get(shopper, {}).items()
        },
        groups=_groups(concerning, trigger, live=live),
        recent=_recent(concerning, live=live, now=now),
        stage=profile.stage if known else None,
        churn_risk=profile.churn_risk if known else None,
    )


def place_facts(
    facts: KnownFacts, trigger: Trigger, *, rooms: StoreRooms, live: StoreLive, now: datetime
) -> PlaceFacts:
    """What gates ask of the place of this trigger."""
    in_store = trigger.zone is not None or trigger.visit_id is not None
    hours = rooms.policy.hours
    clock = now.astimezone(ZoneInfo(rooms.policy.timezone)).time()
    return PlaceFacts(
        is_open=not in_store or hours is None or is_between(clock, *hours),
        zone_kind=_zone_kind(live, trigger),
        confidence_bp=_confidence_bp(live, trigger, now=now),
        out_of_stock=facts.out_of_stock,
    )


def _shown(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    triggers: Sequence[Trigger],
    names: dict[str, ShopperId],
    known: tuple[dict[ShopperId, Profile], Needs],
) -> ShownBook:
    """Earlier decisions that count, those under a former name by the name of today."""
    profiles, needs = known
    local = ZoneInfo(rooms.policy.timezone)
    back = timedelta(days=max(needs.days_back, WEEK_DAYS) - 1)
    found = DecisionRepository(uow.session, rooms.scope).shown(
        shoppers=[ShopperId(name) for name in names],
        households={one.household for one in profiles.values() if one.household is not None},
        visits={one.visit_id for one in triggers if one.visit_id is not None},
        since=start_of_local_day(now - back, local),
    )
    return ShownBook(one._replace(shopper=names.get(one.shopper, one.shopper)) for one in found)


def _load_shopping(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    facts: KnownFacts,
    *,
    triggers: Sequence[Trigger],
) -> None:
    """What was bought since the visit began, by those who agree to a profile."""
    began: dict[ShopperId, datetime] = {}
    for trigger in triggers:
        visit = uow.live.visits.of(trigger.shopper)
        if visit is not None and trigger.shopper in facts.profile_allowed:
            began[trigger.shopper] = visit.started_at
    if began:
        facts.bought = PurchaseRepository(uow.session, rooms.scope).bought_since(began)


def _segments(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    facts: KnownFacts,
    *,
    now: datetime,
    names: frozenset[str],
) -> dict[ShopperId, frozenset[str]]:
    book = uow.live.segments
    subjects = subjects_from(
        uow,
        rooms,
        now=now,
        profiles=facts.profiles,
        agreed=facts.profile_allowed,
        with_facts=book.count_facts(names),
    )
    return {
        shopper: frozenset(name for name in names if book.holds(name, subject))
        for shopper, subject in subjects.items()
    }


def _age(
    attributes: Mapping[str, AttributeValue], *, rooms: StoreRooms, now: datetime
) -> int | None:
    born = attributes.get(rooms.policy.birth_date_attribute)
    if not isinstance(born, date):
        return None
    today = now.astimezone(ZoneInfo(rooms.policy.timezone)).date()
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    return today.year - born.year - (0 if had_birthday else 1)


def _groups(shown: Sequence[ShownRecord], trigger: Trigger, *, live: StoreLive) -> frozenset[str]:
    """Exclusion groups of which something was shown in this visit, to this shopper."""
    if trigger.visit_id is None:
        return frozenset()
    campaigns = live.catalogue.campaigns
    spoke = (
        campaigns.get(one.campaign)
        for one in shown
        if one.visit_id == trigger.visit_id and one.shopper == trigger.shopper
    )
    return frozenset(one.exclusion_group for one in spoke if one and one.exclusion_group)


def _recent(
    concerning: Sequence[ShownRecord], *, live: StoreLive, now: datetime
) -> tuple[str, ...]:
    """Categories of the offers of the last seven days, oldest first."""
    since = now - timedelta(days=WEEK_DAYS)
    own = [one for one in concerning if one.at >= since]
    offers = live.catalogue.offers
    ordered = sorted(own, key=lambda one: (one.at, one.campaign))
    found = (offers.get(one.offer) for one in ordered if one.offer is not None)
    return tuple(offer.category for offer in found if offer is not None)


def _zone_kind(live: StoreLive, trigger: Trigger) -> str | None:
    zone = live.plan.zone(trigger.zone) if trigger.zone is not None else None
    if zone is None:
        return None
    visit = live.visits.of(trigger.shopper)
    if zone.kind == "entrance" and visit is not None and _was_inside(visit, zone.id):
        return "exit"
    return zone.kind


def _was_inside(visit: Visit, door: ZoneId) -> bool:
    return any(stay.zone != door for stay in visit.zones)


def _confidence_bp(live: StoreLive, trigger: Trigger, *, now: datetime) -> int | None:
    """How sure the zone is; None where presence says nothing of the shopper."""
    if trigger.zone is None:
        return None
    estimate = live.presence.estimate(trigger.shopper, now.timestamp())
    if estimate is not None and estimate.zone == trigger.zone:
        return round(FULL_BP * estimate.confidence)
    if trigger.kind is TriggerKind.PULL:
        return FULL_BP  # the app scanned a code there: it knows better than presence
    return None if estimate is None else 0
