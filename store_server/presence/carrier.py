"""Which of a shopper's senders is followed: a tag and a phone may part, a shopper cannot.

Two senders in one pocket are of one place but not equally loud, and when one is left in the
trolley they are of two places. So of the senders that gateways hear, one carries the shopper and
the others wait. How often each is heard is counted with a memory of `MEMORY_S`; another takes
over when it is heard `TIMES` as often: at once when the carrier never was there, after eleven
seconds when it fell silent, never while both are heard about alike. The one that takes over is
as loud as it is, and probably, not surely, where the other was.

What a phone reports through the app has no sender: it always counts.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from store_server.presence.belief import Belief
from store_server.presence.track import Carrier, Reading

MEMORY_S = 10.0
TIMES = 3.0
# Rates below this are forgotten with their sender.
LEAST_RATE = 0.01
# How far two senders of one shopper differ in loudness; and how likely they have parted.
OTHER_SENDER_DB2 = 64.0
PARTED_P = 0.1


class Carried(NamedTuple):
    """Who carries the shopper after a step, whether that changed, and the readings that count."""

    carrier: Carrier
    changed: bool
    readings: list[Reading]


def carried(carrier: Carrier, readings: Iterable[Reading], t: float) -> Carried:
    """The readings of the one that carries, and those without a sender.

    Args:
        carrier: before the step.
        readings: of the step, in any order.
        t: the end of the step.
    """
    readings = list(readings)
    names = [one.sender for one in readings if one.sender]
    if not names:
        return Carried(carrier, False, readings)
    fade = math.exp(-max(0.0, t - carrier.t) / MEMORY_S) if carrier.rates else 0.0
    rates = {name: rate * fade for name, rate in carrier.rates if rate * fade >= LEAST_RATE}
    for name in names:
        rates[name] = rates.get(name, 0.0) + 1.0
    most = max(sorted(rates), key=rates.__getitem__)
    own = carrier.name if rates[most] < TIMES * rates.get(carrier.name, 0.0) else most
    after = Carrier(own, tuple(sorted(rates.items())), t)
    kept = [one for one in readings if one.sender in ("", own)]
    return Carried(after, carrier.name not in ("", own), kept)


def taken_over(belief: Belief) -> Belief:
    """The belief when another sender has taken over: as loud as it is, probably here."""
    p, offset, variance = belief
    share = np.float32(PARTED_P / len(p))
    return Belief(
        p * np.float32(1 - PARTED_P) + share, offset, variance + np.float32(OTHER_SENDER_DB2)
    )
