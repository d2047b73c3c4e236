"""What an offer adds: a Beta belief of the share of non-buyers whom it makes buy.

    P(buy | offer) = p0 + (1 - p0) x effect

The stated prior of the offer is where the belief starts; what shown and held-out shoppers then
did is counted beside it, so that the posterior can be learned without a second history.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferEffect:
    """Belief and evidence of one offer.

    mean / strength: the Beta prior, see `EffectPrior`. The counts are decisions of each arm, and
    how many of them were followed by a purchase of the category.
    """

    mean: float
    strength: float
    shown: int = 0
    shown_bought: int = 0
    held_out: int = 0
    held_out_bought: int = 0

    def observe(self, *, was_shown: bool, bought: bool) -> "OfferEffect":
        """The belief after one more decision of which the end is known."""
        return OfferEffect(
            mean=self.mean,
            strength=self.strength,
            shown=self.shown + was_shown,
            shown_bought=self.shown_bought + (was_shown and bought),
            held_out=self.held_out + (not was_shown),
            held_out_bought=self.held_out_bought + (not was_shown and bought),
        )


def chance_with_offer(chance_without: float, effect: float) -> float:
    """P(buy | offer) of a shopper who buys with `chance_without` unasked; both 0..1."""
    return chance_without + (1.0 - chance_without) * effect
