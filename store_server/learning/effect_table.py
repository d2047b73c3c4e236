"""Beliefs of effects laid out as arrays, one row for each band: what a decision reads at once.

A table is built for a list of offers and brought up to date by what was learned since: an offer
that learned nothing costs nothing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.learning.offer_effect import BAND_EDGES, EffectBelief, OfferEffects
from store_server.offers.offer import EffectPrior

Floats = NDArray[np.float64]
Bands = NDArray[np.intp]
EffectKeys = tuple[tuple[str, EffectPrior], ...]

BANDS = len(BAND_EDGES)
# A belief is told to a millionth: enough, and the same number when it is written down and read.
DIGITS = 6
# Lists of offers that are kept at a time; a store has one for each zone and kind of trigger.
TABLES_MOST = 256


class Believed(NamedTuple):
    """Mean and width of an effect, one entry for each offer."""

    means: Floats
    sds: Floats


class EffectTable:
    """The beliefs of one list of offers."""

    def __init__(self, effects: OfferEffects, offers: EffectKeys) -> None:
        self.offers = offers
        self._effects = effects
        self._seen = effects.learned
        self._places: dict[str, list[int]] = {}
        for place, (offer, _) in enumerate(offers):
            self._places.setdefault(offer, []).append(place)
        self._means = np.empty((BANDS, len(offers)))
        self._sds = np.empty((BANDS, len(offers)))
        self._columns = np.arange(len(offers))
        for offer in self._places:
            self._read(offer)

    def believed(self, bands: Bands) -> Believed:
        """The belief of each offer in the band beside it."""
        if self._seen != self._effects.learned:
            changed = self._effects.learned_since(self._seen)
            for offer in self._places if changed is None else self._places.keys() & changed:
                self._read(offer)
            self._seen = self._effects.learned
        places = bands * len(self.offers)
        places += self._columns
        return Believed(self._means.take(places), self._sds.take(places))

    def _read(self, offer: str) -> None:
        for place in self._places[offer]:
            prior = self.offers[place][1]
            for band in range(BANDS):
                found = rounded(self._effects.belief(offer, str(band), prior=prior))
                self._means[band, place], self._sds[band, place] = found


class EffectBook:
    """The tables that a process has built, by list of offers."""

    def __init__(self, effects: OfferEffects) -> None:
        self.effects = effects
        self._tables: dict[int, EffectTable] = {}

    def believed(self, offers: EffectKeys, bands: Bands) -> Believed:
        """Mean and width of the effect of each offer with shoppers of the band beside it."""
        # By identity: a list of a thousand offers is not compared at every decision. The table
        # holds the list, so its number stands for no other while the table lives.
        table = self._tables.get(id(offers))
        if table is None:
            if len(self._tables) >= TABLES_MOST:
                self._tables.clear()
            table = self._tables[id(offers)] = EffectTable(self.effects, offers)
        return table.believed(bands)


def rounded(belief: EffectBelief) -> EffectBelief:
    """The belief as it is told; the mean at most 1, which no share exceeds."""
    return EffectBelief(min(round(belief.mean, DIGITS), 1.0), round(belief.sd, DIGITS))
