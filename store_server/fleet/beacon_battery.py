"""How long a fixed beacon's battery lasts, from what it said of it day by day.

A line through the daily voltages, down to where the beacon ends. A lithium coin cell stays flat
for long and then falls fast, so the line says more days than there are until the fall has begun:
an estimate from above. It is only told once it has something to go by.
"""

from collections.abc import Sequence

from store_server.fleet.hearing import DAY_MS, PowerReading

# Where the usual radio chips end (1.7 to 1.8 V), and what a cell under load loses before that.
EMPTY_MV = 2_000.0
LOW_MV = 2_400.0
# Below this the steps of the beacon's own converter and the temperature are all there is to see.
MIN_DAYS, MIN_DROP_MV = 5.0, 20.0
LONGEST_DAYS = 3_650


def days_left(readings: Sequence[PowerReading], *, empty_mv: float = EMPTY_MV) -> int | None:
    """Days from the newest reading until the battery is empty.

    Args:
        readings: at most one a day, in any order.
        empty_mv: where the beacon ends.

    Returns:
        None while too little is known, or while the voltage does not fall.

    Source: least squares over (day, voltage).
    """
    known = sorted(readings, key=lambda one: one.at_ms)
    if not known:
        return None
    if known[-1].battery_mv <= empty_mv:
        return 0
    days = [(one.at_ms - known[0].at_ms) / DAY_MS for one in known]
    levels = [one.battery_mv for one in known]
    if days[-1] < MIN_DAYS:
        return None
    mean_day, mean_mv = sum(days) / len(days), sum(levels) / len(levels)
    spread = sum((day - mean_day) ** 2 for day in days)
    together = sum(
        (day - mean_day) * (level - mean_mv) for day, level in zip(days, levels, strict=True)
    )
    slope_mv = together / spread
    if -slope_mv * days[-1] < MIN_DROP_MV:
        return None
    now_mv = mean_mv + slope_mv * (days[-1] - mean_day)
    return max(0, min(LONGEST_DAYS, int((now_mv - empty_mv) / -slope_mv)))
