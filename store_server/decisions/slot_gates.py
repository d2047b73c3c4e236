"""The gates of campaigns and offers, in their fixed order; each is asked once for a whole shelf.

A gate answers which slots it refuses: a mask, the places themselves, or None when there are none.
A slot keeps the first gate that refused it, unless all of them are wanted.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from store_server.decisions.policy import FULL_BP, DecisionPolicy
from store_server.decisions.reason import Reason
from store_server.decisions.request import DecisionRequest
from store_server.decisions.shelf import Mask, Places, Shelf
from store_server.ids import CampaignId, OfferId
from store_server.offers.budget import allows
from store_server.offers.campaign import Campaign
from store_server.offers.limits import Reentry
from store_server.offers.opening import local_time

K = TypeVar("K", bound=Hashable)
Refused = Mask | Places | None
SlotGate = Callable[[Shelf, DecisionRequest, DecisionPolicy], Refused]


class Sieve:
    """Which gate refused each slot: its rank + 1, 0 while none has."""

    def __init__(self, shelf: Shelf) -> None:
        self.first: NDArray[np.int8] = np.zeros(shelf.size, dtype=np.int8)

    @property
    def free(self) -> Mask:
        """Slots that no gate has refused."""
        return np.asarray(self.first == 0)

    def refuse(self, reason: Reason, refused: Refused) -> None:
        """Note the refusal where there is none yet."""
        if refused is None:
            return
        code = reason.rank + 1
        if refused.dtype == np.bool_:
            np.copyto(self.first, code, where=(self.first == 0) & refused)
        else:
            held = self.first[refused]
            held[held == 0] = code
            self.first[refused] = held

    def refuse_rest(self, reason: Reason, *, but: int) -> None:
        """Note the refusal of all that no gate has refused, one excepted, which is let in."""
        self.first[self.first == 0] = reason.rank + 1
        self.first[but] = 0


def sift(shelf: Shelf, request: DecisionRequest, policy: DecisionPolicy) -> Sieve:
    """The shelf after every gate; each slot with the first that refused it."""
    sieve = Sieve(shelf)
    for reason, gate in SLOT_GATES:
        refused = gate(shelf, request, policy)
        if refused is not None:
            sieve.refuse(reason, refused)
    return sieve


def _joined(index: Mapping[K, Places], names: Collection[K]) -> Places | None:
    found = [index[name] for name in names if name in index]
    if not found:
        return None
    return found[0] if len(found) == 1 else np.concatenate(found)


def _either(one: Places | None, other: Places | None) -> Places | None:
    if one is None or other is None:
        return other if one is None else one
    return np.concatenate((one, other))


def _campaigns(
    shelf: Shelf, seen: Mapping[CampaignId, int], refuses: Callable[[Campaign, int], bool]
) -> Places | None:
    """Slots of those campaigns in `seen` that refuse with the number that stands there."""
    return _joined(
        shelf.by_campaign,
        [
            name
            for name, number in seen.items()
            if name in shelf.campaigns and refuses(shelf.campaigns[name], number)
        ],
    )


def _excluded(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    names = request.shopper.excluded
    if not names:
        return None
    offers = frozenset(map(OfferId, names))
    return _either(_joined(shelf.by_category, names), _joined(shelf.by_offer, offers))


def _outside_segment(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    held = request.shopper.segments
    return _joined(shelf.by_segment, [one for one in shelf.by_segment if one not in held])


def _too_young(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    age = request.shopper.age
    refused = [one for one in shelf.by_age if age is None or age < one]
    return _joined(shelf.by_age, refused)


def _capped_offers(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    refused = []
    for name, count in request.shown.offers_week.items():
        places = shelf.by_offer.get(name)
        if places is not None:
            cap = shelf.slots[places[0]].offer.terms.cap_per_week
            if cap is not None and count >= cap:
                refused.append(name)
    return _joined(shelf.by_offer, refused)


def _dismissed(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    """A no holds for the campaign's cooldown, and for the rest of the visit in any case."""
    here = _joined(shelf.by_campaign, request.shopper.dismissed_in_visit)
    cooling = _campaigns(
        shelf, request.shopper.dismissed_s, lambda c, since: since < c.limits.cooldown_s
    )
    return cooling if here is None else _either(here, cooling)


def _reentry(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    in_visit = request.shown.in_visit

    def refuses(campaign: Campaign, days: int) -> bool:
        match campaign.limits.reentry:
            case Reentry.ALWAYS:
                return False
            case Reentry.NEVER:
                return True
            case Reentry.PER_VISIT:
                return campaign.id in in_visit
            case Reentry.PER_DAY:
                return days == 0
            case Reentry.AFTER_DAYS:
                return days < (campaign.limits.reentry_days or 0)

    return _campaigns(shelf, request.shown.last_days, refuses)


def _out_of_stock(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    gone = request.place.out_of_stock
    touched = _joined(shelf.by_product, gone & shelf.by_product.keys()) if gone else None
    if touched is None:
        return None
    empty = [n for n in set(touched.tolist()) if gone.issuperset(shelf.slots[n].offer.product_ids)]
    return np.array(empty, dtype=np.intp) if empty else None


def _over_budget(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    """Only campaigns that gave something away are counted: of the others the shelf knows."""
    spent = [
        place
        for name, use in request.budgets.items()
        if shelf.is_limited_by(name, use)
        for place in shelf.places_of[name]
        if not allows(shelf.campaigns[name], use, face_value_minor=shelf.cheapest[place])
    ]
    used_up = np.array(spent, dtype=np.intp) if spent else None
    of_offers = _joined(shelf.by_offer, request.spent)
    return _either(_either(used_up, of_offers), shelf.never_affordable)


def _pool_empty(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    refused = [
        name
        for name, issued in request.pools.items()
        if name in shelf.pooled
        and issued >= (shelf.slots[shelf.pooled[name][0]].offer.terms.coupon_pool or 0)
    ]
    return _either(_joined(shelf.pooled, refused), shelf.no_pool)


def _unsure(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    if not shelf.asks_confidence:
        return None
    return shelf.min_confidence_bp > (request.place.confidence_bp or 0)


def _other_arm(shelf: Shelf, request: DecisionRequest, _: DecisionPolicy) -> Refused:
    found = [places for one in shelf.trials for places in one.other_arms(request)]
    return np.concatenate(found) if found else None


def _repeated(shelf: Shelf, request: DecisionRequest, policy: DecisionPolicy) -> Refused:
    shown = request.shown
    if policy.repeats_in_visit:
        return _joined(shelf.by_offer, shown.beside) if shown.beside else None
    return _joined(shelf.by_offer, shown.offers_in_visit | shown.beside)


def _too_alike(shelf: Shelf, request: DecisionRequest, policy: DecisionPolicy) -> Refused:
    recent = request.shopper.recent
    if policy.category_share_bp >= FULL_BP or len(recent) < policy.category_least:
        return None
    most = policy.category_share_bp * len(recent)
    return _joined(
        shelf.by_category, [one for one in set(recent) if recent.count(one) * FULL_BP >= most]
    )


SLOT_GATES: tuple[tuple[Reason, SlotGate], ...] = (
    (Reason.EXCLUDED, _excluded),
    (Reason.CAMPAIGN_NOT_LIVE, lambda s, _r, _p: s.not_live),
    (Reason.OUTSIDE_WINDOW, lambda s, r, _p: s.outside_window(r.at)),
    (Reason.OUTSIDE_HOURS, lambda s, r, _p: s.closed_at(local_time(r.at, r.local))),
    (Reason.TRIGGER_MISMATCH, lambda s, r, _p: s.deaf_to(r.trigger)),
    (Reason.OTHER_WAY, lambda s, r, _p: s.off_the_way(r.trigger)),
    (Reason.OUTSIDE_SEGMENT, _outside_segment),
    (Reason.CHANNEL_NOT_ALLOWED, lambda s, r, _p: s.closed_to(r.channel)),
    (Reason.AGE_RESTRICTED, _too_young),
    (
        Reason.CAP_DAY,
        lambda s, r, _p: _campaigns(s, r.shown.today, lambda c, n: n >= c.cap_per_day),
    ),
    (
        Reason.CAP_WEEK,
        lambda s, r, _p: _campaigns(
            s, r.shown.week, lambda c, n: n >= (c.limits.cap_per_week or n + 1)
        ),
    ),
    (
        Reason.CAP_VISIT,
        lambda s, r, _p: _campaigns(s, r.shown.in_visit, lambda c, n: n >= c.cap_per_visit),
    ),
    (Reason.CAP_OFFER, _capped_offers),
    (Reason.EXCLUSION_GROUP, lambda s, r, _p: _joined(s.by_group, r.shopper.groups)),
    (
        Reason.DISMISSED,
        _dismissed,
    ),
    (Reason.REENTRY, _reentry),
    (Reason.ALREADY_BOUGHT, lambda s, r, _p: _joined(s.by_category, r.shopper.bought)),
    (Reason.OFFER_NOT_VALID, lambda s, r, _p: s.not_valid(r.at)),
    (Reason.OUT_OF_STOCK, _out_of_stock),
    (Reason.MARGIN_FLOOR, lambda s, _r, _p: s.below_floor),
    (Reason.BUDGET_EXHAUSTED, _over_budget),
    (Reason.COUPON_POOL_EMPTY, _pool_empty),
    (Reason.NO_CREATIVE, lambda s, r, _p: s.mute_in(r.language)),
    (Reason.ZONE_UNSURE, _unsure),
    (Reason.OTHER_ARM, _other_arm),
    (Reason.REPEATED, _repeated),
    (Reason.CATEGORY_SHARE, _too_alike),
)
