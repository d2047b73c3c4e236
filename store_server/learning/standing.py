"""Everything that is worked out of a shopper's baskets, from one model of all of them.

The model is made anew each night of all records and is a value: the same baskets and day give the
same standing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from store_server.learning.lifecycle import stage_of
from store_server.learning.lifetime_value import lifetime_value_minor
from store_server.learning.next_visit import NextVisitModel, VisitExample, examples_of
from store_server.learning.purchase_rhythm import PurchaseRhythm, rhythm_of
from store_server.learning.rfm import Bands
from store_server.shoppers.profile import Standing

# More examples change the risk by less than its error, and cost memory.
MOST_EXAMPLES = 20_000
SAMPLE_SEED = 20_170_930


@dataclass(frozen=True, slots=True)
class StandingModel:
    """When shoppers come again, and the fifths that they make up."""

    visits: NextVisitModel
    bands: Bands

    @classmethod
    def fitted(
        cls, shoppers: Iterable[Sequence[tuple[int, int]]], *, today: int
    ) -> "StandingModel":
        """The model of all shoppers, as of `today`.

        Args:
            shoppers: (day, amount in minor units) of each, oldest first; read once, as a stream.
            today: the day, as a number since 1970.
        """
        rng = np.random.default_rng(SAMPLE_SEED)
        examples: list[VisitExample] = []
        seen = 0

        def rhythms() -> Iterator[PurchaseRhythm]:
            nonlocal seen
            for baskets in shoppers:
                for example in examples_of(baskets, last_day=today):
                    # A fair sample of a stream: Vitter, "Random sampling with a reservoir" (1985).
                    place = seen if seen < MOST_EXAMPLES else int(rng.integers(seen + 1))
                    seen += 1
                    if place < MOST_EXAMPLES:
                        examples[place : place + 1] = [example]
                if (rhythm := rhythm_of(baskets)) is not None:
                    yield rhythm

        bands = Bands.of(rhythms(), today=today)
        return cls(NextVisitModel.fitted(examples), bands)

    def standing(self, rhythm: PurchaseRhythm, *, today: int) -> Standing:
        """Where one of them stands on `today`."""
        risk = self.visits.stays_away(rhythm, today=today)
        return Standing(
            stage=stage_of(rhythm, today=today, churn_risk=risk),
            churn_risk=risk,
            next_visit_days=self.visits.next_visit_days(rhythm, today=today),
            rfm=self.bands.rfm(rhythm, today=today),
            value_band=self.bands.value_band(rhythm, today=today),
            lifetime_value_minor=lifetime_value_minor(rhythm, today=today),
        )
