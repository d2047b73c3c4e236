"""What a shopper will spend in the coming year, judged by the past: half long, half lately.

    per day = (spent in all / days known + spent in the last 60 days / 60) / 2

The long rate alone takes months to notice a change, the late one jumps with every holiday; their
mean predicts better than either, and than a BG/NBD model with gamma-gamma spending.
Source: benchmarks/shopper_standing.py on real baskets, which prints all four.
"""

from store_server.learning.purchase_rhythm import PurchaseRhythm

YEAR_DAYS = 365
RECENT_DAYS = 60


def spent_per_day_minor(rhythm: PurchaseRhythm, *, today: int) -> float:
    """Minor units a day; 0 for who has spent nothing, never less."""
    known = rhythm.known_days(today)
    # Who is known for a week has spent for a week: but one first basket is no rate.
    lately = min(RECENT_DAYS, max(known, RECENT_DAYS // 2))
    long_rate = rhythm.total_minor / max(known, RECENT_DAYS // 2)
    late_rate = rhythm.spent_in(RECENT_DAYS, today=today) / lately
    return max((long_rate + late_rate) / 2, 0.0)


def lifetime_value_minor(rhythm: PurchaseRhythm, *, today: int) -> int:
    """What the shopper is expected to spend in the coming year, in minor units."""
    return round(spent_per_day_minor(rhythm, today=today) * YEAR_DAYS)
