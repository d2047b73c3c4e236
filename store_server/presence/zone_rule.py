"""When a change of zone is told: by probability, with lead, and held for a while.

    --a rival is likelier than the zone told--> rival since t0 --still, at t0 + hold, with
      p >= 0.5 and the lead--> told        (any other leader in between starts anew)

The rule is pure: a value in, a value out. "In no zone" takes part like a zone. Between steps
nothing changes its mind, so a hold that ends between two steps is settled when it ended.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOWHERE = -1

# A device near a border is told here, then there, then here again. Who walked over does not come
# back within seconds as often as noise does: the way back needs a longer hold for a while.
RETURN_WITHIN_S = 15.0
RETURN_HOLDS = 3.0


class ZoneRule(NamedTuple):
    """`hold_s` by zone, the last for being in none; the least probability and the lead asked.

    `first_hold_s` is for a device that is in no zone yet.
    """

    hold_s: tuple[float, ...]
    first_hold_s: float
    least_p: float
    lead_p: float


class Told(NamedTuple):
    """The zone told (its row in the membership or `NOWHERE`), and the one that may follow.

    `ready` tells that the rival has p and lead enough and only waits for its hold. `left` is the
    zone told before, until `since_t`.
    """

    zone: int = NOWHERE
    rival: int | None = None
    rival_since_t: float = 0.0
    ready: bool = False
    left: int | None = None
    since_t: float = 0.0

    def moved(self, t: float) -> "Told":
        """The rival is told from `t` on."""
        assert self.rival is not None
        return Told(self.rival, left=self.zone, since_t=t)


def leading(told: Told, mass: NDArray[np.float64], t: float, *, rule: ZoneRule) -> Told:
    """`told` after the zone masses (zones,) at `t`, without the move itself.

    Args:
        told: before; due moves are settled already.
        mass: probability of each zone.
        t: when the masses are true.
        rule: thresholds.
    """
    elsewhere = 1.0 - float(mass.sum())
    best = int(mass.argmax()) if len(mass) and mass.max() > elsewhere else NOWHERE
    if best == told.zone:
        return told._replace(rival=None, rival_since_t=0.0, ready=False)
    p = elsewhere if best == NOWHERE else float(mass[best])
    own = elsewhere if told.zone == NOWHERE else float(mass[told.zone])
    if told.zone == NOWHERE:
        own = min(own, 1.0 - rule.least_p - rule.lead_p)
    ready = p >= rule.least_p and p >= own + rule.lead_p
    since = told.rival_since_t if best == told.rival else t
    return told._replace(rival=best, rival_since_t=since, ready=ready)


def due_t(told: Told, *, rule: ZoneRule) -> float | None:
    """When the rival takes over if nothing changes; None when it does not."""
    if told.rival is None or not told.ready:
        return None
    # Both zones have a say: a door on either side makes it quick.
    hold = min(rule.hold_s[told.zone], rule.hold_s[told.rival])
    if told.rival == told.left and told.rival_since_t < told.since_t + RETURN_WITHIN_S:
        hold *= RETURN_HOLDS
    return told.rival_since_t + (min(rule.first_hold_s, hold) if told.zone == NOWHERE else hold)
