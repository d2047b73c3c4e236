"""Everything that is worked out of a shopper's baskets, from one model of all of them.

The model is made anew each night of all records and is a value: the same baskets and day give the
same standing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store_server.learning.lifecycle import stage_of
from store_server.learning.lifetime_value import lifetime_value_minor
from store_server.learning.next_visit import NextVisitModel, VisitExample
from store_server.learning.purchase_rhythm import PurchaseRhythm
from store_server.learning.rfm import Bands
from store_server.shoppers.profile import Standing


@dataclass(frozen=True, slots=True)
class StandingModel:
    """When shoppers come again, and the fifths that they make up."""

    visits: NextVisitModel
    bands: Bands

    @classmethod
    def fitted(
        cls, rhythms: Sequence[PurchaseRhythm], examples: Sequence[VisitExample], *, today: int
    ) -> "StandingModel":
        """The model of these shoppers, as of `today`."""
        return cls(NextVisitModel.fitted(examples), Bands.of(rhythms, today=today))

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
