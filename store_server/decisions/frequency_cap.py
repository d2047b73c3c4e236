"""How often a shopper, and the household, have had offers: what caps and fatigue count.

Offered and held-out decisions count alike: a ghost uses up a cap as the offer would have, so
both arms run into the same gates and stay comparable. A cap per visit counts the shopper's own
visit; all others count whatever the shopper or anybody of the household had, under every name
that merges gave them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple

from store_server.ids import CampaignId, HouseholdId, OfferId, ShopperId
from store_server.offers.channel import ReadingChannel

WEEK_DAYS = 7


class ShownRecord(NamedTuple):
    """One earlier decision that counts, offered or held out; `shopper` by the name of today."""

    shopper: ShopperId
    household: HouseholdId | None
    visit_id: str | None
    campaign: CampaignId
    at: datetime
    offer: OfferId | None = None
    channel: ReadingChannel = ReadingChannel.PUSH


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts of one shopper at one instant.

    in_visit, offers_in_visit: in this visit. today: since local midnight. week, offers_week: in
    seven local days, today included. last_days: local days since a campaign was last shown, 0 =
    today. channel_today: since midnight in the channel of this decision. beside: offers of the same
    answer, which holds none twice.
    """

    in_visit: Mapping[CampaignId, int] = field(default_factory=dict)
    today: Mapping[CampaignId, int] = field(default_factory=dict)
    in_visit_total: int = 0
    today_total: int = 0
    week: Mapping[CampaignId, int] = field(default_factory=dict)
    week_total: int = 0
    offers_in_visit: frozenset[OfferId] = frozenset()
    offers_week: Mapping[OfferId, int] = field(default_factory=dict)
    last_days: Mapping[CampaignId, int] = field(default_factory=dict)
    channel_today: int = 0
    beside: frozenset[OfferId] = frozenset()


_NOTHING = Shown()


def concerns(record: ShownRecord, *, shopper: ShopperId, household: HouseholdId | None) -> bool:
    """Whether a record is the shopper's own or of the household."""
    of_household = household is not None and record.household == household
    return of_household or record.shopper == shopper


class ShownBook:
    """Earlier decisions that count, found by shopper and by household; grows while one decides."""

    def __init__(self, records: Iterable[ShownRecord] = ()) -> None:
        self._of_shopper: dict[ShopperId, list[ShownRecord]] = {}
        self._of_household: dict[HouseholdId, list[ShownRecord]] = {}
        self.extend(records)

    def extend(self, records: Iterable[ShownRecord]) -> None:
        """Add decisions."""
        for record in records:
            self._of_shopper.setdefault(record.shopper, []).append(record)
            if record.household is not None:
                self._of_household.setdefault(record.household, []).append(record)

    def concerning(
        self, shopper: ShopperId, household: HouseholdId | None
    ) -> Sequence[ShownRecord]:
        """Those of the shopper and of the household, each once, in no order."""
        own = self._of_shopper.get(shopper, [])
        if household is None or household not in self._of_household:
            return own
        others = (one for one in self._of_household[household] if one.shopper != shopper)
        return [*own, *others]


def count_shown(
    records: Iterable[ShownRecord],
    *,
    shopper: ShopperId,
    household: HouseholdId | None,
    visit_id: str | None,
    now: datetime,
    local: tzinfo,
    channel: ReadingChannel = ReadingChannel.PUSH,
) -> Shown:
    """What of `records` counts against this shopper now.

    Args:
        records: earlier decisions, in any order; those of others are left out.
        shopper: who is decided on.
        household: of the shopper; None when not known.
        visit_id: the visit going on; None when there is none (a pull from home), and then
            nothing counts per visit.
        now: the instant that rules go by.
        local: the store's time zone, which days are counted in.
        channel: of the decision.
    """
    records = tuple(records)
    if not records:
        return _NOTHING
    in_visit: Counter[CampaignId] = Counter()
    today: Counter[CampaignId] = Counter()
    week: Counter[CampaignId] = Counter()
    offers_week: Counter[OfferId] = Counter()
    last_days: dict[CampaignId, int] = {}
    repeated: set[OfferId] = set()
    in_channel = 0
    this_day = now.astimezone(local).toordinal()
    for record in records:
        if visit_id is not None and record.visit_id == visit_id and record.shopper == shopper:
            in_visit[record.campaign] += 1
            if record.offer is not None:
                repeated.add(record.offer)
        if not concerns(record, shopper=shopper, household=household):
            continue
        days = max(0, this_day - record.at.astimezone(local).toordinal())
        last_days[record.campaign] = min(days, last_days.get(record.campaign, days))
        if days == 0:
            today[record.campaign] += 1
            in_channel += record.channel is channel
        if days < WEEK_DAYS:
            week[record.campaign] += 1
            if record.offer is not None:
                offers_week[record.offer] += 1
    return Shown(
        in_visit=in_visit,
        today=today,
        in_visit_total=in_visit.total(),
        today_total=today.total(),
        week=week,
        week_total=week.total(),
        offers_in_visit=frozenset(repeated),
        offers_week=offers_week,
        last_days=last_days,
        channel_today=in_channel,
    )
