"""What a shopper would buy with and without an offer, with an eye on what is in the basket by now.

The basket moves the odds of both alike:

    odds'(b) = odds(b) x 2^score(b)        without the offer and with it

score(b) is what `Complements` says of category b beside the basket: 1 is "twice as often beside
each of its items as by chance". So what completes a basket gains more from its offer: with a
chance of 5 % bought anyway and 10 % with the offer, a score of 2 makes that 17 % and 31 %. The
factor is bounded, because a score of a few baskets is no law. A category that is in the basket
already is left as it was: a gate deals with it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import exp2

import numpy as np

from store_server.ids import ShopperId
from store_server.learning.complements import Complements
from store_server.learning.effect_table import Bands, Believed, EffectBook, EffectKeys
from store_server.learning.purchase_model import PurchaseModel, Taste

# Eight times the odds at most; the strongest pairs of a supermarket lie at three to six.
SCORE_MOST = 3.0
# Chances keep off 0 and 1, where odds end.
EDGE = 1e-6


@dataclass(slots=True)
class BasketTaste:
    """A purchase model beside a basket of these categories; `moved` is what it moved last.

    moved: by category the chance before, and the factor of its odds.
    """

    model: PurchaseModel
    complements: Complements
    basket: Collection[str]
    moved: dict[str, tuple[float, float]] = field(default_factory=dict)

    def taste(self, shopper: ShopperId | None, categories: Sequence[str], at: datetime) -> Taste:
        """The model's answer, moved towards what completes the basket."""
        found = self.model.taste(shopper, categories, at)
        wanted = frozenset(categories)
        scores = self.complements.complete(self.basket, k=len(wanted), among=wanted)
        factors = {name: exp2(min(score, SCORE_MOST)) for name, score in scores}
        plain = dict(zip(categories, found.chances, strict=True))
        self.moved = {name: (plain[name], factor) for name, factor in factors.items()}
        return Taste(
            [
                _moved(plain[name], factors[name]) if name in factors else plain[name]
                for name in plain
            ],
            found.own,
        )


@dataclass(frozen=True, slots=True)
class BasketEffects:
    """What offers add, beside the same basket; asked after the taste.

    category_of: of each offer.
    """

    effects: EffectBook
    taste: BasketTaste
    category_of: Mapping[str, str]

    def believed(self, offers: EffectKeys, bands: Bands) -> Believed:
        """The beliefs, as shares of those who would not buy anyway, beside the basket."""
        found = self.effects.believed(offers, bands)
        means, sds = np.array(found.means), np.array(found.sds)
        for place, (name, _) in enumerate(offers):
            moved = self.taste.moved.get(self.category_of.get(name, ""))
            if moved is None:
                continue
            before = float(means[place])
            means[place] = _effect_beside(before, *moved)
            if before > EDGE:
                sds[place] *= means[place] / before
        return Believed(means, sds)


def _effect_beside(effect: float, chance: float, factor: float) -> float:
    """The share of those who would not buy anyway, when both odds are multiplied by `factor`."""
    with_offer = chance + (1.0 - chance) * effect
    return 1.0 - (1.0 - _moved(with_offer, factor)) / (1.0 - _moved(chance, factor))


def _moved(chance: float, factor: float) -> float:
    kept = min(max(chance, EDGE), 1.0 - EDGE)
    odds = kept / (1.0 - kept) * factor
    return odds / (1.0 + odds)
