"""Flow (read): whom a campaign could reach, how many are held out, and what could be seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.segment_facts import population_of
from store_server.presence.repository import PresenceRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository, SegmentRepository
from store_server.shoppers.segments.tree import Everyone

LOOKED_BACK = timedelta(days=14)
FULL_BP = 10_000
# How many buy anyway is not known before a campaign; one in five is where supermarket offers lie,
# and the answer hardly moves between one in ten and one in three.
ASSUMED_RATE = 0.2
# The sum of the normal quantiles of 97.5 % (two-sided 5 %) and 80 % (power).
QUANTILES = 1.960 + 0.842


@dataclass(frozen=True, slots=True)
class CampaignReach:
    """members: of the segment. can_receive: of those, who allow offers and are not held out.

    came: of those who allow offers, how many came in the last 14 days. smallest_lift: the least
    true difference of shares that as many would show four times in five; None: nobody is held
    out, or hardly anybody comes.
    """

    members: int
    can_receive: int
    held_out: int
    came: int
    smallest_lift: float | None


def show_reach(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    segment: str | None,
    holdout_bp: int,
) -> CampaignReach:
    """The reach of a campaign for this segment (None: everybody) with this holdout of its own."""
    known = uow.live.segments.segments.get(segment or "")
    tree = known.tree if known is not None else Everyone(kind="everyone")
    population = population_of(uow, rooms, now=now)
    members = SegmentRepository(uow.session, rooms.scope).members(tree, population)
    allowing = ConsentRepository(uow.session, rooms.scope).allowed_among(
        members, Purpose.OFFERS, at=now
    )
    since = to_ms(now - LOOKED_BACK)
    visitors = PresenceRepository(uow.session, rooms.scope).visitors_since(since)
    kept_back = 1 - (1 - rooms.policy.holdout_bp / FULL_BP) * (1 - holdout_bp / FULL_BP)
    held_out = round(len(allowing) * kept_back)
    came = len(allowing & visitors)
    return CampaignReach(
        members=len(members),
        can_receive=len(allowing) - held_out,
        held_out=held_out,
        came=came,
        smallest_lift=smallest_lift(came, kept_back),
    )


def smallest_lift(units: int, kept_back: float) -> float | None:
    """What so many units with this share held out would show four times in five."""
    held, offered = units * kept_back, units * (1 - kept_back)
    if held < 2 or offered < 2:
        return None
    spread = ASSUMED_RATE * (1 - ASSUMED_RATE)
    return min(1.0, QUANTILES * sqrt(spread / held + spread / offered))
