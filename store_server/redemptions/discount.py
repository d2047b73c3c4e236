"""How a discount, a tax and a refund fall on the lines of a basket: whole minor units, no rest.

The rules, with worked examples that a test reads, are in docs/till.md. Every rounding is done
once, at the line, and the parts always add up to the whole.
"""

from collections.abc import Sequence

BASIS = 10_000


def prorate(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """`amount_minor` split in proportion to `weights`, by largest remainder.

    The minor units that rounding down leaves over go to the largest remainders, of equal ones to
    the earlier line. No part is above its weight while the amount is not above their sum.

    Example:
        >>> prorate(100, [333, 333, 334])
        [33, 33, 34]
        >>> prorate(5, [0, 0])
        [0, 0]
    """
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount_minor * weight // total for weight in weights]
    rest = amount_minor - sum(parts)
    if rest == 0:
        return parts
    by_remainder = sorted(
        range(len(weights)), key=lambda line: (-(amount_minor * weights[line] % total), line)
    )
    for line in by_remainder[:rest]:
        parts[line] += 1
    return parts


def spread(amount_minor: int, left: Sequence[int], *, meant: Sequence[bool]) -> list[int]:
    """What a discount takes off each line: the lines it is meant for first, then the others.

    Args:
        amount_minor: at most the sum of `left`.
        left: what earlier coupons left of each line.
        meant: which lines hold what the coupon promotes.
    """
    first = [value if wanted else 0 for value, wanted in zip(left, meant, strict=True)]
    others = [0 if wanted else value for value, wanted in zip(left, meant, strict=True)]
    on_meant = min(amount_minor, sum(first))
    return [
        one + other
        for one, other in zip(
            prorate(on_meant, first), prorate(amount_minor - on_meant, others), strict=True
        )
    ]


def tax_of(paid_minor: int, tax_bp: int, *, included: bool) -> int:
    """The tax in (or on top of) what is paid for a line, rounded half up.

    Example:
        >>> tax_of(1_190, 1_900, included=True), tax_of(1_000, 1_900, included=False)
        (190, 190)
    """
    whole = BASIS + tax_bp if included else BASIS
    return (2 * paid_minor * tax_bp + whole) // (2 * whole)


def refund_of(total_minor: int, *, back: int, before: int, of: int) -> int:
    """What of a line's total is refunded when `back` of its `of` units come back.

    `before` units came back earlier. However a line is brought back, in one piece or many, the
    refunds add up to its total.

    Example:
        >>> [refund_of(100, back=1, before=before, of=3) for before in range(3)]
        [33, 33, 34]
    """
    return total_minor * (before + back) // of - total_minor * before // of
