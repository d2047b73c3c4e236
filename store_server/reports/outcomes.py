"""What became of each unit: its arm, and what it bought, spent and left as margin.

A unit is a household where it is known, else a shopper. It counts from its first decision that
offered something or, held out, would have; what happened to the message in between is
deliberately ignored. Its window ends 24 hours after the visit (`[reports] window_hours`); an
outcome counts only once its window is closed, in both arms alike.

Source: intention to treat; Johnson, Lewis and Nubbemeyer (2017) "Ghost Ads", Journal of Marketing
Research 54:867-884.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from store_server.reports.moments import Floats


class Metric(StrEnum):
    """What is compared between the arms; money is per unit, in minor units, at the till.

    conversion: bought the promoted category in the window. spend: paid in the window for
    anything, after discounts. margin: margin of that, after discounts.
    spend_28_days: paid in the 28 days after the first decision; what was only bought earlier
    than it would have been adds nothing here.

    The others say where the money comes from, before discounts. promoted: spend on the promoted
    category in the window. related: on other categories of its department, where an offer takes
    from other shelves (cannibalised, below 0). other: on the rest of the shop, where it brings
    something along (halo, above 0). promoted_later: on the promoted category after the window,
    to the 28th day, where what was bought earlier is missing (pulled forward, below 0).
    """

    CONVERSION = "conversion"
    SPEND = "spend"
    MARGIN = "margin"
    SPEND_28_DAYS = "spend_28_days"
    PROMOTED = "promoted"
    RELATED = "related"
    OTHER = "other"
    PROMOTED_LATER = "promoted_later"


HEADLINES = (Metric.CONVERSION, Metric.SPEND, Metric.MARGIN, Metric.SPEND_28_DAYS)
SOURCES = (Metric.PROMOTED, Metric.RELATED, Metric.OTHER, Metric.PROMOTED_LATER)
_AFTER_28_DAYS = frozenset({Metric.SPEND_28_DAYS, Metric.PROMOTED_LATER})


class Cut(StrEnum):
    """What results can be cut by; all of it was known before the unit was shown anything."""

    CAMPAIGN = "campaign"
    CHANNEL = "channel"
    VARIANT = "variant"
    SEGMENT = "segment"
    ZONE = "zone"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """One unit.

    before_minor: spend in the blocks of 28 days before the first decision, latest first; empty
        where nothing is known. closed / closed_28: its window, and its 28 days, are over.
    named: False after an erasure: what was bought is still counted, spend is not known any more.
    sources_minor: where its spend went, by the metrics of SOURCES. cuts: which slice it is of.
    variants: "experiment: arm" of each experiment that was in play; a slice each.
    """

    treated: bool
    bought: bool
    margin_minor: int
    spend_minor: int = 0
    spend_28_minor: int = 0
    before_minor: tuple[int, ...] = ()
    closed: bool = True
    closed_28: bool = False
    named: bool = True
    sources_minor: Mapping[Metric, int] = field(default_factory=dict)
    cuts: Mapping[Cut, str] = field(default_factory=dict)
    variants: tuple[str, ...] = ()

    def parts(self, cut: Cut) -> tuple[str, ...]:
        """The parts of a cut that it is of: one, or none; of variants one for each experiment."""
        if cut is Cut.VARIANT:
            return self.variants
        return (self.cuts[cut],) if cut in self.cuts else ()

    def counts_for(self, metric: Metric) -> bool:
        """Whether its outcome in this metric is known for good."""
        if metric is Metric.CONVERSION:
            return self.closed
        return self.named and (self.closed_28 if metric in _AFTER_28_DAYS else self.closed)

    def value_of(self, metric: Metric) -> float:
        """Its outcome."""
        match metric:
            case Metric.CONVERSION:
                return float(self.bought)
            case Metric.SPEND:
                return float(self.spend_minor)
            case Metric.MARGIN:
                return float(self.margin_minor)
            case Metric.SPEND_28_DAYS:
                return float(self.spend_28_minor)
            case _:
                return float(self.sources_minor.get(metric, 0))


def columns(units: Sequence[UnitOutcome], metric: Metric) -> Floats:
    """[units, 1 + blocks]: the outcome, then the spend before; a block nobody knows is 0."""
    blocks = max((len(one.before_minor) for one in units), default=0)
    table = np.zeros((len(units), 1 + blocks))
    for row, one in enumerate(units):
        table[row, 0] = one.value_of(metric)
        table[row, 1 : 1 + len(one.before_minor)] = one.before_minor
    return table
