"""When silence of the radio is suspicious: by what was heard before it.

A hundred adverts a second that stop at once are a fault within seconds; a gateway in an empty
store may hear nothing for an hour. So silence is suspicious when about MISSED adverts ought to have
come by the rate before it, but never earlier than after LEAST_S and never later than after
the setting `silent_after_s`.

    hearing --silence--> scanner made anew --still silent--> adapter reset --still--> reset again,
    with pauses that double: the place may be silent indeed

Once one helped, all begins anew. Pure: the time comes as an argument, in seconds of any clock.
"""

import math
from typing import Literal

LEAST_S = 4.0
MISSED = 100.0
# How long the scanner that was made anew may take to hear something where much was heard before.
CONFIRM_S = 2.0
_MEMORY_S = 10.0
_MOST_DOUBLINGS = 5

Step = Literal["restart", "reset"]


class SilenceWatch:
    """The adverts of one adapter over time."""

    def __init__(self, *, silent_after_s: float, now_s: float) -> None:
        self._silent_after_s = silent_after_s
        self._noted_s = self._heard_s = self._waiting_since_s = now_s
        self._rate = 0.0
        self._steps = 0

    @property
    def doubtful(self) -> bool:
        """Whether a step was taken and nothing was heard since."""
        return self._steps > 0

    def note(self, adverts: int, now_s: float) -> None:
        """So many adverts were heard since the last note."""
        if not adverts:
            return
        fading = math.exp(-(now_s - self._heard_s) / _MEMORY_S)
        self._rate = self._rate * fading + adverts / _MEMORY_S
        self._heard_s = self._waiting_since_s = now_s
        self._steps = 0

    def patience_s(self) -> float:
        """How long silence is borne now."""
        longest_s = self._silent_after_s
        expected_s = MISSED / self._rate if self._rate else longest_s
        if self._steps == 0:
            return min(longest_s, max(LEAST_S, expected_s))
        if self._steps == 1 and expected_s < longest_s:
            return min(longest_s, CONFIRM_S)
        return longest_s * 2.0 ** min(max(self._steps - 2, 0), _MOST_DOUBLINGS)

    def next_step(self, now_s: float) -> Step | None:
        """What is to be done about the silence at `now_s`; None: wait on."""
        if now_s - self._waiting_since_s < self.patience_s():
            return None
        self._steps += 1
        return "restart" if self._steps == 1 else "reset"

    def scans_again(self, now_s: float) -> None:
        """A scanner has begun: silence counts from here."""
        self._waiting_since_s = now_s
