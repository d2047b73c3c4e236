"""What making an offer is expected to bring over not making it, in minor units.

    value = P(buy | offer) x (margin - face value) - P(buy | no offer) x margin - fatigue

The second term is what the shop would have earned anyway. Ranking by P(buy | offer) alone pays
people for what they buy unasked: the value is positive only while

    P(buy | no offer) < e x (margin - face) / (face + e x (margin - face)),   e = effect.

Source: docs/decisions.md, Value.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

from store_server.ids import ShopperId
from store_server.learning.offer_effect import chance_with_offer
from store_server.offers.offer import Offer

# Enough for a billionth of a cent; makes equal values equal on every machine.
DIGITS = 6


class ChanceModel(Protocol):
    """The port to what is known of taste."""

    def chance(self, shopper: ShopperId | None, category: str, at: datetime) -> float:
        """P(buy `category` in a visit at `at` | no offer); shopper None = the population."""
        ...


class Worth(NamedTuple):
    """The expected gain in minor units, and the two chances behind it."""

    value_minor: float
    chance_with: float
    chance_without: float


def worth(offer: Offer, *, chance_without: float, effect: float, fatigue_minor: float) -> Worth:
    """What showing `offer` is expected to bring.

    Args:
        offer: its margin and face value.
        chance_without: P(buy | no offer).
        effect: share of non-buyers whom the offer makes buy.
        fatigue_minor: what the shopper's patience is worth, for the offers already shown.
    """
    chance_with = chance_with_offer(chance_without, effect)
    kept_minor = offer.margin_minor - offer.face_value_minor
    value = chance_with * kept_minor - chance_without * offer.margin_minor - fatigue_minor
    return Worth(round(value, DIGITS), round(chance_with, DIGITS), round(chance_without, DIGITS))
