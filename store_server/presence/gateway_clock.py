"""How far a gateway's clock is off, from when its words arrive.

What was heard cannot arrive before it was heard: arrival = t - offset + delay, delay >= 0. So of

    lead = t - arrival = offset - delay

the largest of the last minute is nearest to the offset (the minimum filter of clock
synchronisation: Mills, RFC 5905, section 10). Leads far below zero are a backlog, not a clock.
A reading is corrected before anything looks at its time, and by 2 s at most.

In a recording only the interval between two ticks tells when a reading arrived, and batches hide
the delay. There the clocks are also compared with each other: gateways that hear one advert
stamp it alike if their clocks agree, however late they tell it. Who is in step with the
others is left alone, and is what the rest is measured by.
"""

import statistics
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

# No correction goes further: what is off by more is a clock that nobody set (see clock_ahead).
MOST_S = 2.0
# Networks and batches do as much; correcting it would only stir the times.
LEAST_S = 0.15
# The window is forgotten by pieces: so many of this length.
PIECE_S, PIECES = 10.0, 6
# Fewer arrivals than this may all have been held up.
ENOUGH = 5
# Stamps of one advert at several gateways differ by less; adverts of one device by far more.
SAME_ADVERT_S = 0.015
# In step: this share of what two gateways might have heard together carries the same stamp.
IN_STEP = 0.35
KEPT_PER_TICK = 0.9
# Batches of two gateways may be told this far apart and still be compared.
COMPARED_S = 3.0


class GatewayClock(NamedTuple):
    """The leads of the last minute: the largest of each piece (its number, the lead).

    `told` counts the arrivals since the last silence of a minute; until they are enough, what was
    known before it, `settled`, counts.
    """

    best: tuple[tuple[int, float], ...] = ()
    told: int = 0
    settled: float | None = None

    def arrived(self, at_t: float, lead_s: float) -> "GatewayClock":
        """After something arrived at `at_t` by our clock that was `lead_s` ahead of it."""
        if lead_s < -MOST_S:
            return self
        piece = int(at_t // PIECE_S)
        kept = dict(one for one in self.best if piece - one[0] < PIECES)
        told, settled = (self.told, self.settled) if kept else (0, self.lead_s)
        kept[piece] = max(lead_s, kept.get(piece, lead_s))
        return GatewayClock(tuple(sorted(kept.items())), told + 1, settled)

    @property
    def lead_s(self) -> float | None:
        """The clock minus ours, less the shortest delay; None while too little is known."""
        return max(lead for _, lead in self.best) if self.told >= ENOUGH else self.settled

    @property
    def offset_s(self) -> float:
        """What to take from its stamps where arrivals are exact: 0 unless it is clearly off."""
        return _clamped(self.lead_s or 0.0)


class Stamped(NamedTuple):
    """One reading's device, stamp and gateway."""

    device: str
    t: float
    gateway: str


class RecordedClocks:
    """The clocks of a recording's gateways; offsets change at ticks only."""

    def __init__(self) -> None:
        self._clocks: dict[str, GatewayClock] = {}
        self._step: dict[str, tuple[float, float]] = {}
        self._since: list[Stamped] = []
        self._recent: list[Stamped] = []
        self._offsets: dict[str, float] = {}

    def corrected_t(self, reading: Stamped) -> float:
        """The time of a reading by our clock, as far as it is known yet."""
        self._since.append(reading)
        return reading.t - self._offsets.get(reading.gateway, 0.0)

    def tick(self, t: float) -> None:
        """All that came since the last tick arrived by `t`."""
        newest: dict[str, float] = {}
        for one in self._since:
            newest[one.gateway] = max(one.t, newest.get(one.gateway, one.t))
        for gateway, told_t in newest.items():
            clock = self._clocks.get(gateway, GatewayClock())
            self._clocks[gateway] = clock.arrived(t, told_t - t)
        self._recent = [one for one in self._recent if one.t > t - COMPARED_S] + self._since
        self._since = []
        for gateway, (same, pairs) in in_step(self._recent).items():
            before = self._step.get(gateway, (0.0, 0.0))
            self._step[gateway] = (
                before[0] * KEPT_PER_TICK + same,
                before[1] * KEPT_PER_TICK + pairs,
            )
        self._offsets = self._estimated()

    def _estimated(self) -> dict[str, float]:
        """Who is out of step, against those in step: a delay that they share is no offset."""
        leads = {g: lead for g, clock in self._clocks.items() if (lead := clock.lead_s) is not None}
        true = [lead for gateway, lead in leads.items() if self._keeps_step(gateway)]
        zero_s = statistics.median(true) if true else 0.0
        return {
            gateway: _clamped(lead - zero_s)
            for gateway, lead in leads.items()
            if not self._keeps_step(gateway)
        }

    def _keeps_step(self, gateway: str) -> bool:
        same, pairs = self._step.get(gateway, (0.0, 0.0))
        return pairs > 0 and same >= IN_STEP * pairs


def in_step(told: Iterable[Stamped]) -> dict[str, tuple[int, int]]:
    """By gateway: readings of it that others stamped alike, and how many could have been.

    Example:
        >>> in_step([Stamped("d", 1.0, "a"), Stamped("d", 1.01, "b"), Stamped("d", 1.4, "b")])
        {'a': (1, 1), 'b': (1, 2)}
    """
    found: dict[str, tuple[int, int]] = {}
    for _, group in groupby(sorted(told), key=lambda one: one.device):
        readings = list(group)
        others = len({one.gateway for one in readings}) - 1
        for advert in _adverts(readings):
            together = {one.gateway for one in advert}
            for gateway in sorted(together):
                same, pairs = found.get(gateway, (0, 0))
                found[gateway] = (same + len(together) - 1, pairs + others)
    return found


def _adverts(readings: list[Stamped]) -> Iterable[list[Stamped]]:
    """The readings of one device, in order, by the advert that they are of."""
    advert: list[Stamped] = []
    for one in readings:
        if advert and one.t - advert[0].t > SAME_ADVERT_S:
            yield advert
            advert = []
        advert.append(one)
    if advert:
        yield advert


def _clamped(offset_s: float) -> float:
    if abs(offset_s) < LEAST_S:
        return 0.0
    return max(-MOST_S, min(MOST_S, offset_s))
