"""How often a shopper, and the household, have had offers: what caps and fatigue count.

Offered and held-out decisions count alike: a ghost uses up a cap as the offer would have, so
both arms run into the same gates and stay comparable. A cap per visit counts the shopper's own
visit; a cap per day counts whatever the shopper or anybody of the household had.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from store_server.ids import CampaignId, HouseholdId, ShopperId


class ShownRecord(NamedTuple):
    """One earlier decision that counts: offered or held out."""

    shopper: ShopperId
    household: HouseholdId | None
    visit_id: str | None
    campaign: CampaignId
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts of one shopper at one instant: in this visit, and since local midnight."""

    in_visit: Mapping[CampaignId, int] = field(default_factory=dict)
    today: Mapping[CampaignId, int] = field(default_factory=dict)
    in_visit_total: int = 0
    today_total: int = 0


def count_shown(
    records: Iterable[ShownRecord],
    *,
    shopper: ShopperId,
    household: HouseholdId | None,
    visit_id: str | None,
    day_start: datetime,
) -> Shown:
    """What of `records` counts against this shopper now.

    Args:
        records: earlier decisions, in any order; those of others are left out.
        shopper: who is decided on.
        household: of the shopper; None when not known.
        visit_id: the visit going on; None when there is none (a pull from home), and then
            nothing counts per visit.
        day_start: local midnight in the store.
    """
    in_visit: Counter[CampaignId] = Counter()
    today: Counter[CampaignId] = Counter()
    for record in records:
        own = record.shopper == shopper
        if own and visit_id is not None and record.visit_id == visit_id:
            in_visit[record.campaign] += 1
        of_household = household is not None and record.household == household
        if (own or of_household) and record.at >= day_start:
            today[record.campaign] += 1
    return Shown(in_visit, today, in_visit.total(), today.total())
