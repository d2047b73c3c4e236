"""What listens to one kind of trigger in one zone, laid out so that a gate is asked once for all.

A slot is an offer of a campaign. Every number that gates and values need stands in an array with
one place for each slot; what a gate must look up stands in an index. A shelf follows from the
catalogue alone, so it is built once for each catalogue, kind and zone (`Catalogue.memo`).
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from store_server.decisions.trial import Trial, TrialBook, trials_of
from store_server.ids import CampaignId, OfferId, ZoneId
from store_server.offers.budget import BudgetUse, allows, limit_of
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.catalogue import Catalogue, heard_by
from store_server.offers.channel import ReadingChannel
from store_server.offers.offer import EffectPrior, Offer
from store_server.offers.opening import LocalTime
from store_server.offers.trigger import Trigger, TriggerKind

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
K = TypeVar("K", bound=Hashable)

# Masks by minute of the week, trigger and language; each is small, a day has 1,440 of the first.
MASKS_MOST = 4_096
_UNUSED = BudgetUse()


class Slot(NamedTuple):
    """One offer of one campaign; `only_fallback`: made only when nothing else is worth it."""

    campaign: Campaign
    offer: Offer
    only_fallback: bool


class Shelf:
    """The slots of the listening campaigns, by campaign id, then in the campaign's own order.

    trials: the experiments that vary some of them.
    """

    def __init__(self, campaigns: Iterable[Campaign], catalogue: Catalogue) -> None:
        offers: Mapping[OfferId, Offer] = catalogue.offers
        self.slots = tuple(
            Slot(campaign, offers[name], name not in campaign.offers)
            for campaign in campaigns
            for name in campaign.offers_named()
        )
        each = self.slots
        self.names = tuple((one.campaign.id, one.offer.id, one.only_fallback) for one in each)
        self.size = len(each)
        self.choosable = np.array([not one.only_fallback for one in each], dtype=np.bool_)
        self.fallback = np.array(
            [one.offer.id == one.campaign.fallback_offer for one in each], dtype=np.bool_
        )
        self.priority = np.array([one.campaign.priority for one in each], dtype=np.int64)
        self.has_tiers = len(set(self.priority.tolist())) > 1
        by_name = sorted(range(self.size), key=lambda n: (each[n].campaign.id, each[n].offer.id))
        self.tie_order = np.empty(self.size, dtype=np.int64)
        self.tie_order[by_name] = np.arange(self.size)
        self._lay_out_money()
        self._lay_out_windows()
        self._index()
        self.trials: tuple[Trial, ...] = trials_of(catalogue.running(), each)
        self.trial_book = TrialBook(self.trials)
        self._marks: dict[CampaignId, frozenset[int]] = {
            name: catalogue.marks_of(one) for name, one in self.campaigns.items()
        }
        self._masks: dict[Hashable, Mask | None] = {}
        self._closed: dict[ReadingChannel, Places | None] = {}

    def closed_to(self, channel: ReadingChannel) -> Places | None:
        """The slots of campaigns that may not be told by a channel; None: there are none."""
        if channel not in self._closed:
            places = [
                n for n, one in enumerate(self.slots) if not one.campaign.limits.may_use(channel)
            ]
            self._closed[channel] = np.array(places, dtype=np.intp) if places else None
        return self._closed[channel]

    def _lay_out_money(self) -> None:
        offers = [one.offer for one in self.slots]
        self.margin = np.array([float(one.margin_minor) for one in offers])
        self.face = np.array([float(one.face_value_minor) for one in offers])
        self.kept = self.margin - self.face
        self.price = np.array([float(one.price_minor) for one in offers])
        self.floor = np.array([float(one.terms.margin_floor_minor or 0) for one in offers])
        bounds = [one.terms.discount for one in offers]
        self.bounded = np.flatnonzero([one is not None for one in bounds])
        self.least = np.array([float(one.least_minor) for one in bounds if one is not None])
        self.most = np.array([float(one.most_minor) for one in bounds if one is not None])
        self.step = np.array([float(one.step_minor) for one in bounds if one is not None])
        cheapest = self.face.copy()
        cheapest[self.bounded] = self.least
        floored = np.array([one.terms.margin_floor_minor is not None for one in offers], dtype=bool)
        self.below_floor = some(floored & (self.margin - cheapest < self.floor))
        self.effect_keys: tuple[tuple[str, EffectPrior], ...] = tuple(
            (one.id, one.effect_prior) for one in offers
        )

    def _lay_out_windows(self) -> None:
        self._starts = _instants(one.campaign.starts_at for one in self.slots)
        self._ends = _instants((one.campaign.ends_at for one in self.slots), open_end=np.inf)
        self._valid_from = _instants(one.offer.valid_from for one in self.slots)
        self._valid_until = _instants(
            (one.offer.valid_until for one in self.slots), open_end=np.inf
        )
        self.not_live = some(
            np.array([one.campaign.state is not CampaignState.LIVE for one in self.slots], bool)
        )
        self.min_confidence_bp = np.array(
            [one.campaign.limits.min_confidence_bp for one in self.slots], dtype=np.int64
        )
        self.asks_confidence = bool(self.min_confidence_bp.any())

    def _index(self) -> None:
        slots = self.slots
        self.by_campaign = _indexed((one.campaign.id,) for one in slots)
        self.places_of = {name: tuple(found.tolist()) for name, found in self.by_campaign.items()}
        self.by_offer = _indexed((one.offer.id,) for one in slots)
        self.by_category = _indexed((one.offer.category,) for one in slots)
        self.by_product = _indexed(one.offer.product_ids for one in slots)
        self.by_segment = _indexed(_said(one.campaign.segment) for one in slots)
        self.by_group = _indexed(_said(one.campaign.exclusion_group) for one in slots)
        self.by_age = _indexed(_said(one.offer.terms.minimum_age) for one in slots)
        self.pooled = _indexed(
            _said(one.offer.id if one.offer.terms.coupon_pool is not None else None)
            for one in slots
        )
        self.budgeted = frozenset(
            one.campaign.id for one in slots if not limit_of(one.campaign).is_open
        )
        self.limited = tuple(sorted(self.budgeted))
        self.cheapest = [
            one.offer.face_value_minor
            if one.offer.terms.discount is None
            else one.offer.terms.discount.least_minor
            for one in slots
        ]
        self.dearest = {
            name: max(self.cheapest[place] for place in places)
            for name, places in self.places_of.items()
        }
        self.never_affordable = _places(
            not allows(one.campaign, _UNUSED, face_value_minor=cheapest)
            for one, cheapest in zip(slots, self.cheapest, strict=True)
        )
        self.no_pool = _places(one.offer.terms.coupon_pool == 0 for one in slots)
        self.campaigns = {one.campaign.id: one.campaign for one in slots}
        self.categories: tuple[str, ...] = tuple(self.by_category)
        numbers = {name: number for number, name in enumerate(self.categories)}
        self.category = np.array([numbers[one.offer.category] for one in slots], dtype=np.intp)

    def is_limited_by(self, name: CampaignId, use: BudgetUse) -> bool:
        """Whether what a campaign has given away refuses one of its offers here."""
        campaign = self.campaigns.get(name)
        if campaign is None or not (use.refused or name in self.budgeted):
            return False
        return not allows(campaign, use, face_value_minor=self.dearest[name])

    def outside_window(self, at: datetime) -> Mask | None:
        """Slots whose campaign has not begun, or is over."""
        t = at.timestamp()
        return some((self._starts > t) | (self._ends <= t))

    def not_valid(self, at: datetime) -> Mask | None:
        """Slots whose offer does not stand at `at`."""
        t = at.timestamp()
        return some((self._valid_from > t) | (self._valid_until <= t))

    def closed_at(self, clock: LocalTime) -> Mask | None:
        """Slots whose campaign keeps other hours or weekdays."""
        return self._mask(clock, lambda slot: not slot.campaign.is_open_at(clock))

    def deaf_to(self, trigger: Trigger) -> Mask | None:
        """Slots whose campaign waits for another trigger; which arm's length of stay, see there."""
        return self._mask(
            ("trigger", trigger.asks), lambda slot: not self._answers(slot.campaign, trigger)
        )

    def _answers(self, campaign: Campaign, trigger: Trigger) -> bool:
        if trigger.dwell_s in self._marks[campaign.id]:
            trigger = replace(trigger, dwell_s=campaign.trigger.dwell_s)
        return campaign.answers(trigger)

    def off_the_way(self, trigger: Trigger) -> Mask | None:
        """Slots whose offer is not made on the way that a step took."""
        if trigger.way is None:
            return None
        return self._mask(
            ("way", trigger.way),
            lambda slot: not slot.campaign.is_on_way(slot.offer.id, trigger),
        )

    def mute_in(self, language: str) -> Mask | None:
        """Slots whose offer has no words in the language."""
        return self._mask(
            ("language", language), lambda slot: slot.offer.creative_in(language) is None
        )

    def _mask(self, key: Hashable, refuses: Callable[[Slot], bool]) -> Mask | None:
        if key not in self._masks:
            if len(self._masks) >= MASKS_MOST:
                self._masks.clear()
            self._masks[key] = some(np.array([refuses(one) for one in self.slots], dtype=np.bool_))
        return self._masks[key]


def shelf_of(
    catalogue: Catalogue,
    kind: TriggerKind,
    zone: ZoneId | None,
    campaign: CampaignId | None = None,
) -> Shelf:
    """The shelf of the campaigns that listen; built once for each catalogue, kind and zone.

    `campaign` counts for steps alone: they ask no other.
    """
    key = ("shelf", *heard_by(kind, zone, campaign))
    found = catalogue.memo.get(key)
    if not isinstance(found, Shelf):
        found = Shelf(catalogue.listening(kind, zone, campaign), catalogue)
        catalogue.memo[key] = found
    return found


def some(mask: Mask) -> Mask | None:
    """The mask, None when it holds nowhere: then a gate has nothing to do."""
    return mask if mask.any() else None


def _instants(each: Iterable[datetime | None], *, open_end: float = -np.inf) -> Floats:
    return np.array([open_end if one is None else one.timestamp() for one in each])


def _places(each: Iterable[bool]) -> Places | None:
    found = np.flatnonzero(list(each))
    return found if len(found) else None


def _said(name: K | None) -> tuple[K, ...]:
    return () if name is None else (name,)


def _indexed(names: Iterable[Iterable[K]]) -> dict[K, Places]:
    found: defaultdict[K, list[int]] = defaultdict(list)
    for place, each in enumerate(names):
        for name in each:
            found[name].append(place)
    return {name: np.array(places, dtype=np.intp) for name, places in found.items()}
