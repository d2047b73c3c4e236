"""Flow (read): what the live page shows beside its dots: zones, decisions, gateways, today."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.explain import explain
from store_server.decisions.plural import Language, spoken
from store_server.decisions.repository import DecisionRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_fleet import GatewayLine, fleet_of
from store_server.flows.show_people import Believed, people_in, zone_mass
from store_server.redemptions.coupon import CouponState
from store_server.redemptions.repository import CouponRepository
from store_server.reports.repository import ReportRepository
from store_server.shop.repository import PlanRepository

DECISIONS_SHOWN = 12
# The visits that are open now had their offers among the newest this many.
OFFERS_LOOKED_AT = 200
MARK_OFFERED = 1
MARK_REDEEMED = 2


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """A zone, whose likeliest place it is, and how many are to be expected in it.

    expected: the sum of everybody's probability of this zone.
    """

    id: str
    name: str
    count: int
    expected: float = 0.0


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision for a list; `text` says why in one sentence. No shopper is named."""

    id: str
    at: datetime
    zone: str | None
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class LiveBoard:
    """Everything on the live page except the dots.

    people: everybody in the store, with or without a known place. Today is the store's local
    day. marks: shopper -> MARK_OFFERED or MARK_REDEEMED, for this visit.
    """

    store_name: str
    timezone: str
    at: datetime
    people: tuple[Believed, ...]
    delivered_today: int
    redeemed_today: int
    zones: tuple[ZoneCount, ...]
    gateways: tuple[GatewayLine, ...]
    decisions: tuple[DecisionLine, ...]
    marks: Mapping[str, int]


def show_live(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, language: str = "en"
) -> LiveBoard:
    """The board at `now`; decisions are explained in `language`, English if it is not spoken."""
    live = uow.live
    known = PlanRepository(uow.session, rooms.scope).load()
    decisions = DecisionRepository(uow.session, rooms.scope)
    people = people_in(live, at_t=now.timestamp())
    counts = Counter(one.zone for one in people)
    mass = zone_mass(live, people, at_t=now.timestamp())
    today = ReportRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated).counts(
        since=_midnight(now, rooms.policy.timezone), until=None
    )
    return LiveBoard(
        store_name=known[0].name if known else str(rooms.scope.store),
        timezone=rooms.policy.timezone,
        at=now,
        people=people,
        delivered_today=today.delivered,
        redeemed_today=today.redeemed,
        zones=tuple(
            ZoneCount(z.id, z.name, counts[z.id], mass.get(z.id, 0.0)) for z in live.plan.zones
        ),
        gateways=fleet_of(live, now=now),
        decisions=tuple(
            _line(one, live, spoken(language)) for one in decisions.page(limit=DECISIONS_SHOWN)
        ),
        marks=_marks(
            uow, rooms, offered=decisions.page(limit=OFFERS_LOOKED_AT, outcome=Outcome.OFFERED)
        ),
    )


def _midnight(now: datetime, timezone: str) -> datetime:
    """When the store's local day began."""
    local = now.astimezone(ZoneInfo(timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _line(decision: Decision, live: StoreLive, language: Language) -> DecisionLine:
    return DecisionLine(
        id=decision.id,
        at=decision.at,
        zone=decision.zone,
        outcome=decision.outcome,
        text=explain(decision, live.catalogue.offers, language),
    )


def _marks(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, offered: list[Decision]
) -> dict[str, int]:
    """What happened to those whose visit is open; a held-out shopper has no mark, as in truth."""
    coupons = CouponRepository(uow.session, rooms.scope)
    marks: dict[str, int] = {}
    for decision in offered:
        visit = uow.live.visits.of(decision.shopper)
        if visit is None or visit.id != decision.visit_id or decision.shopper in marks:
            continue
        redeemed = any(
            coupon.state is CouponState.REDEEMED and coupon.issued_at >= visit.started_at
            for coupon in coupons.of_shopper(decision.shopper)
        )
        marks[decision.shopper] = MARK_REDEEMED if redeemed else MARK_OFFERED
    return marks
