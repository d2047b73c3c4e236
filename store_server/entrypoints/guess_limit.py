"""How many made-up coupon codes a till may show: what bounds guessing.

A code that is well-formed but not ours is no typing error: the check character catches those.
Somebody who guesses needs 2^40 tries to hit a signature and 2^60 to hit a coupon; at ten tries
in five minutes for a till, and a hundred for a store, that is never. Kept by the process: a
restart forgets, which gives a guesser ten more tries.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass, field

from store_server.errors import TooMany

GUESSES_ALLOWED = 10
GUESSES_ALLOWED_IN_ALL = 100
WINDOW_S = 300.0
TILLS_KEPT = 1_000


@dataclass(slots=True)
class GuessLimit:
    """Made-up codes of late, by till and in all; a till's name is only what it says of itself."""

    _of_till: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)
    _of_all: list[float] = field(default_factory=list)

    def check(self, till: str, now_s: float) -> None:
        """Let a till show coupons.

        Raises:
            TooMany: it, or all of them together, showed too many that are not ours.
        """
        mine = self._recent(self._of_till.get(till, []), now_s)
        self._of_all = self._recent(self._of_all, now_s)
        for guesses, allowed in (
            (mine, GUESSES_ALLOWED),
            (self._of_all, GUESSES_ALLOWED_IN_ALL),
        ):
            if len(guesses) >= allowed:
                wait_s = max(1, math.ceil(guesses[-allowed] + WINDOW_S - now_s))
                raise TooMany(
                    f"too many coupon codes that are not ours; show none for {wait_s} s, or "
                    "report the basket without coupons",
                    code="too_many_guesses",
                    retry_after_s=wait_s,
                )

    def note(self, till: str, wrong: int, now_s: float) -> None:
        """Count codes that are not ours."""
        if wrong <= 0:
            return
        mine = self._recent(self._of_till.pop(till, []), now_s)
        self._of_till[till] = [*mine, *[now_s] * wrong][-GUESSES_ALLOWED:]
        self._of_all = [*self._of_all, *[now_s] * wrong][-GUESSES_ALLOWED_IN_ALL:]
        while len(self._of_till) > TILLS_KEPT:
            self._of_till.popitem(last=False)

    @staticmethod
    def _recent(guesses: list[float], now_s: float) -> list[float]:
        return [at for at in guesses if now_s - at < WINDOW_S]
