"""The truth about taste: who opens, who buys with and without an offer, who redeems.

    P(buy | nothing)      share of the real household's visits that buy the category
    P(buy | offer seen)   the same in log-odds plus the shopper's own responsiveness
    P(buy | offered)      P(opens) times the second, else the first

Every draw has a random source of its own, named by shopper, visit and category (or decision):
the answer does not depend on the order in which webhooks arrive, and the same shopper with
and without an offer is the same person on the same day (common random numbers).
"""

import math
import random
from collections.abc import Collection, Mapping
from typing import NamedTuple

# Opening within the visit. Source: push open rates of retail apps lie at 3 to 10 %; in the shop,
# phone in hand, they are higher; .7 keeps a demo of a minute lively.
OPEN_CHANCE = 0.7
OPEN_LEAST_S, OPEN_MOST_S = 2.0, 15.0
RESPONSE_MEAN, RESPONSE_SD = 1.1, 0.4
FORGETS_COUPON = 0.05


class Opening(NamedTuple):
    """Whether a notification is opened, and how many simulated seconds after it came."""

    opens: bool
    after_s: float


class Chances(NamedTuple):
    """P(buy the category in this visit) without an offer, with one that was seen, and offered."""

    without: float
    seen: float
    offered: float


class Taste:
    """What the shoppers of one seed really do."""

    def __init__(self, shares: Mapping[str, Mapping[str, float]], *, seed: int) -> None:
        self._shares = shares
        self._seed = seed

    def chances(self, shopper: str, category: str) -> Chances:
        """The truth behind one shopper and one category."""
        without = min(0.97, max(0.005, self._shares.get(shopper, {}).get(category, 0.05)))
        response = self._rng("response", shopper).gauss(RESPONSE_MEAN, RESPONSE_SD)
        odds = math.log(without / (1 - without)) + max(0.0, response)
        # There and back through the logarithm may lose the last bit: an offer does not deter.
        seen = max(without, 1 / (1 + math.exp(-odds)))
        return Chances(without, seen, without + OPEN_CHANCE * (seen - without))

    def opening(self, shopper: str, decision: str) -> Opening:
        """What the shopper does with the notification of a decision."""
        rng = self._rng("open", shopper, decision)
        return Opening(rng.random() < OPEN_CHANCE, rng.uniform(OPEN_LEAST_S, OPEN_MOST_S))

    def buys(self, shopper: str, *, visit: int, category: str, seen: bool) -> bool:
        """Whether the category goes into the basket of this visit."""
        chances = self.chances(shopper, category)
        draw = self._rng("buy", shopper, visit, category).random()
        return draw < (chances.seen if seen else chances.without)

    def shows_coupon(self, shopper: str, decision: str) -> bool:
        """Whether a shopper who buys what a coupon is for also shows it."""
        return self._rng("redeem", shopper, decision).random() >= FORGETS_COUPON

    def pick(self, shopper: str, *, visit: int, products: Collection[str]) -> tuple[str, int]:
        """Which of the products, and how many."""
        rng = self._rng("pick", shopper, visit, *products)
        return rng.choice(list(products)), rng.choices((1, 2, 3), (8, 3, 1))[0]

    def _rng(self, *name: str | int) -> random.Random:
        return random.Random(":".join(str(part) for part in (self._seed, *name)))
