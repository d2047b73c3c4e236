"""Baskets of an invented town: everybody has a few staples with a rhythm, and sometimes more."""

import random
from datetime import datetime, timedelta

from store_server.learning.purchase_statistics import BasketEvent

MONDAY = datetime(2026, 1, 5, 18)  # noqa: DTZ001 - naive local time, as a till may send it


def a_basket(
    shopper: str = "ana",
    day: float = 0.0,
    items: tuple[str, ...] = ("milk", "bread"),
    *,
    store: str = "s1",
    basket_id: str | None = None,
) -> BasketEvent:
    event: BasketEvent = {
        "shopper_id": shopper,
        "ts": MONDAY + timedelta(days=day),
        "store_id": store,
        "items": list(items),
    }
    if basket_id is not None:
        event["basket_id"] = basket_id
    return event


def a_town(*, shoppers: int = 40, weeks: int = 20, seed: int = 1) -> list[BasketEvent]:
    """Weekly trips, by time: three staples of five bought by habit, and two whims of thirty."""
    rng = random.Random(seed)
    events = []
    for number in range(shoppers):
        staples = rng.sample([f"staple-{n}" for n in range(40)], 5)
        for week in range(weeks):
            habits = [item for turn, item in enumerate(staples) if (week + turn) % (turn + 1) == 0]
            whims = rng.sample([f"whim-{n}" for n in range(30)], 2)
            day = 7 * week + rng.uniform(0, 3)
            events.append(a_basket(f"h{number}", day, (*habits, *whims), store=f"s{number % 3}"))
    return sorted(events, key=lambda event: event["ts"])
