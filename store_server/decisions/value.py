"""What making an offer is expected to bring over not making it, in minor units.

    value = P(buy | offer) x (margin - face value) - P(buy | no offer) x margin - fatigue

The second term is what the shop would have earned anyway. Ranking by P(buy | offer) alone pays
people for what they buy unasked: the value is positive only while

    P(buy | no offer) < e x (margin - face) / (face + e x (margin - face)),   e = effect.

That is the objective "efficiency". Others may be weighed in:

    growth     (P(buy | offer) - P(buy | no offer)) x (price - face)   sales that are new
    retention  churn risk x (P(buy | offer) - P(buy | no offer)) x margin
    loyalty    P(buy | offer) x face value, for loyal shoppers: what they get back

A personal discount f lies within the offer's bounds. Taken to act in proportion to its size
(effect x f / face value), the best one is m / 2 - p0 f0 / (2 (1 - p0) e): who buys unasked gets
less.

Source: docs/decisions.md, Value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np

from store_server.decisions.policy import FULL_BP, DecisionPolicy
from store_server.decisions.request import DecisionRequest
from store_server.decisions.shelf import Floats, Shelf
from store_server.ids import ShopperId
from store_server.learning.effect_table import Bands, Believed, EffectKeys
from store_server.learning.offer_effect import BAND_EDGES
from store_server.learning.purchase_model import Taste
from store_server.shoppers.profile import LifeStage

# Enough for a billionth of a cent; makes equal values equal on every machine.
DIGITS = 6


class TasteModel(Protocol):
    """The port to what is known of taste."""

    def taste(self, shopper: ShopperId | None, categories: Sequence[str], at: datetime) -> Taste:
        """Chances in a visit at `at`; shopper None = the population, which owns nothing."""
        ...


class EffectModel(Protocol):
    """The port to what is known of the effects of offers."""

    def believed(self, offers: EffectKeys, bands: Bands) -> Believed:
        """Mean and width of the effect of each offer with shoppers of the band beside it."""
        ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """One number for each slot of a shelf.

    value: in minor units; rounded, so that equal ones are equal everywhere. sd: how unsure it is,
    from the belief of the effect alone. face: the discount, personal where the offer has bounds.
    own: by category, whether the shopper has ever bought of it.
    """

    value: Floats
    sd: Floats
    chance_with: Floats
    chance_without: Floats
    face: Floats
    own: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def weigh(
    shelf: Shelf,
    request: DecisionRequest,
    policy: DecisionPolicy,
    *,
    purchases: TasteModel,
    effects: EffectModel,
) -> Weighed:
    """What every slot is worth for this shopper here and now."""
    known = request.trigger.shopper if request.profile_allowed else None
    taste = purchases.taste(known, shelf.categories, request.at)
    chances = np.asarray(taste.chances, dtype=np.float64)
    bands = np.searchsorted(_EDGES, chances, side="right") - 1
    base = chances.take(shelf.category)
    found = effects.believed(shelf.effect_keys, bands.take(shelf.category))
    room = 1.0 - base
    lifted = room * found.means
    sd = room * found.sds
    face, kept = shelf.face, shelf.kept
    if len(shelf.bounded):
        at = shelf.bounded
        face = _discounts(shelf, base, found.means)
        kept = shelf.margin - face
        # A message without a discount has a face value of 0: its effect is as learned.
        dose = face[at] / np.maximum(shelf.face[at], 1.0)
        lifted[at] *= dose
        sd[at] *= dose
    lifted += base
    np.maximum(lifted, 0.0, out=lifted)
    np.minimum(lifted, 1.0, out=lifted)
    value = _objectives(shelf, request, policy, base=base, lifted=lifted, face=face, kept=kept)
    fatigue_minor = policy.fatigue_minor * request.shown.today_total
    if fatigue_minor:
        value -= fatigue_minor
    sd *= kept
    return Weighed(
        value=np.round(value, DIGITS),
        sd=np.abs(sd, out=sd),
        chance_with=lifted,
        chance_without=base,
        face=face,
        own=np.asarray(taste.own, dtype=np.bool_),
    )


def _objectives(
    shelf: Shelf,
    request: DecisionRequest,
    policy: DecisionPolicy,
    *,
    base: Floats,
    lifted: Floats,
    face: Floats,
    kept: Floats,
) -> Floats:
    aims, facts = policy.objectives, request.shopper
    value: Floats = lifted * kept
    value -= base * shelf.margin
    if aims.efficiency_bp != FULL_BP:
        value *= aims.efficiency_bp / FULL_BP
    if aims.growth_bp:
        value += aims.growth_bp / FULL_BP * ((lifted - base) * (shelf.price - face))
    if aims.retention_bp and facts.churn_risk:
        risk = aims.retention_bp / FULL_BP * facts.churn_risk
        value += risk * ((lifted - base) * shelf.margin)
    if aims.loyalty_bp and facts.stage is LifeStage.LOYAL:
        value += aims.loyalty_bp / FULL_BP * (lifted * face)
    return value


def _discounts(shelf: Shelf, base: Floats, means: Floats) -> Floats:
    """The face value of each slot; within the bounds, on the step, above the margin floor."""
    if not len(shelf.bounded):
        return shelf.face
    at = shelf.bounded
    slope = (1.0 - base[at]) * np.maximum(means[at], 1e-6) / np.maximum(shelf.face[at], 1.0)
    best = shelf.margin[at] / 2.0 - base[at] / (2.0 * slope)
    most = np.minimum(shelf.most, shelf.margin[at] - shelf.floor[at])
    best = np.clip(np.floor(best / shelf.step) * shelf.step, shelf.least, None)
    face = shelf.face.copy()
    face[at] = np.maximum(np.minimum(best, np.floor(most / shelf.step) * shelf.step), shelf.least)
    return face


_EDGES = np.array(BAND_EDGES)
