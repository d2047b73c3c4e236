"""What an offer adds: the share of non-buyers whom it makes buy.

    P(buy | offer) = p0 + (1 - p0) x effect

The effect is a Beta belief (`offers.offer.EffectPrior`); today its mean is used as stated. What it
is learned from is kept already: decisions by arm, and their credits at the till.
"""


def chance_with_offer(chance_without: float, effect: float) -> float:
    """P(buy | offer) of a shopper who buys with `chance_without` unasked; both 0..1.

    Example:
        >>> chance_with_offer(0.5, 0.5)
        0.75
    """
    return chance_without + (1.0 - chance_without) * effect
