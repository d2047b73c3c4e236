"""Where a shopper stands with the shop: new, growing, loyal, at risk or lost.

Asked in this order; the first that holds is it:

- lost: nothing for 120 days, or the chance to stay away for eight weeks is at least .6;
- new: the first visit lies within 60 days;
- at risk: that chance is at least .3, or the silence is three times the shopper's own mean gap
  (and two weeks at least), whatever others do;
- growing: spent a fifth more a day in the last 60 days than before, on three visits or more;
- loyal: everybody else: they come as they always did.

A shopper who comes back from "lost" is judged by the same rules: by their rhythm, not their past.
Source: benchmarks/shopper_standing.py prints for each stage how many came back and what they spent.
"""

from store_server.learning.lifetime_value import RECENT_DAYS
from store_server.learning.purchase_rhythm import WINDOW_DAYS, PurchaseRhythm
from store_server.shoppers.profile import LifeStage

NEW_DAYS = 60
LOST_RISK = 0.6
AT_RISK = 0.3
OVERDUE_GAPS = 3.0
SHORTEST_SILENCE_DAYS = 14
GROWTH = 1.2
FEWEST_VISITS = 3


def stage_of(rhythm: PurchaseRhythm, *, today: int, churn_risk: float) -> LifeStage:
    """The stage of a shopper on `today`.

    Args:
        rhythm: of a shopper with a basket at least.
        today: the day, as a number since 1970.
        churn_risk: P(no visit in the next eight weeks), 0..1.
    """
    silent = rhythm.silent_days(today)
    if silent >= WINDOW_DAYS or churn_risk >= LOST_RISK:
        return LifeStage.LOST
    if rhythm.known_days(today) <= NEW_DAYS:
        return LifeStage.NEW
    if churn_risk >= AT_RISK or _overdue(rhythm, silent):
        return LifeStage.AT_RISK
    return LifeStage.GROWING if _grows(rhythm, today) else LifeStage.LOYAL


def _overdue(rhythm: PurchaseRhythm, silent: int) -> bool:
    if rhythm.visits < FEWEST_VISITS:
        return False
    gap = (rhythm.last_day - rhythm.first_day) / (rhythm.visits - 1)
    return silent >= max(SHORTEST_SILENCE_DAYS, OVERDUE_GAPS * gap)


def _grows(rhythm: PurchaseRhythm, today: int) -> bool:
    """Compared is money a day: lately against all that was before."""
    lately = rhythm.spent_in(RECENT_DAYS, today=today)
    before = (rhythm.total_minor - lately) / (rhythm.known_days(today) - RECENT_DAYS)
    enough = rhythm.visits_in(RECENT_DAYS, today=today) >= FEWEST_VISITS
    return enough and lately / RECENT_DAYS >= GROWTH * before
