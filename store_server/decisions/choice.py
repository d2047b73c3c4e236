"""Which of the slots that passed their gates is chosen, how, and with which probability.

1. Value: what is not positive, or below the floor, is out. 2. Only the highest tier stays.
3. At the turn of discovery only what the shopper has never bought stays, if anything does.
4. The best is chosen; ties go to the lesser campaign id, then offer id. 5. Rarely (`explore_bp`)
a lot decides among all that may turn out to be the best, the likelier the more often. 6. Nothing
left: the fallback of an admitted campaign.

The lot of 5: each slot weighs as much as its chance to be better than the best, by Student's t
with two degrees of freedom (1/2 + x / (2 sqrt(2 + x^2)): heavy tails, and no function whose last
bit differs between machines). So the probability of every choice is known in closed form:
1 - explore + explore x share for the best, explore x share for any other.

Source: Thompson (1933), Biometrika 25: choose by the chance to be best.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from store_server.decisions.experiment import draw64
from store_server.decisions.policy import FULL_BP, DecisionPolicy
from store_server.decisions.reason import Reason
from store_server.decisions.request import DecisionRequest
from store_server.decisions.shelf import Floats, Mask, Places, Shelf
from store_server.decisions.slot_gates import Sieve
from store_server.decisions.value import Weighed


class Pick(StrEnum):
    """How a choice came about."""

    BEST = "best"
    EXPLORED = "explored"
    DISCOVERY = "discovery"
    FALLBACK = "fallback"


class Chosen(NamedTuple):
    """The place of the chosen slot on its shelf, how it was picked and how likely that was."""

    place: int
    pick: Pick
    propensity: float


def choose(
    shelf: Shelf,
    sieve: Sieve,
    weighed: Weighed,
    *,
    request: DecisionRequest,
    policy: DecisionPolicy,
    seed: int,
) -> Chosen | None:
    """The slot that is chosen, None for nothing; the others are refused in `sieve`."""
    passed = sieve.free
    sieve.refuse(Reason.VALUE_NOT_POSITIVE, weighed.value <= 0.0)
    if policy.value_floor_minor:
        sieve.refuse(Reason.VALUE_BELOW_FLOOR, weighed.value < policy.value_floor_minor)
    worth = sieve.free & shelf.choosable
    if not worth.any():
        return _fallback(shelf, sieve, weighed, passed)
    if shelf.has_tiers:
        top = shelf.priority[worth].max()
        sieve.refuse(Reason.LOWER_PRIORITY, shelf.priority < top)
        passed &= shelf.priority == top
        worth &= passed
    pick = Pick.BEST
    if _is_discovery(request, policy):
        novel = worth & ~weighed.own[shelf.category]
        if novel.any():
            sieve.refuse(Reason.DISCOVERY_TURN, ~novel)
            worth, pick = novel, Pick.DISCOVERY
    best = _best(shelf, weighed.value, np.flatnonzero(worth))
    if pick is Pick.DISCOVERY or not policy.explore_bp:
        return _keep(sieve, Chosen(best, pick, 1.0))
    passed &= shelf.choosable
    passed &= weighed.value + weighed.sd > 0.0
    hopeful = np.flatnonzero(passed)
    return _keep(sieve, _drawn(weighed, hopeful, best=best, policy=policy, seed=seed))


def _drawn(
    weighed: Weighed, hopeful: Places, *, best: int, policy: DecisionPolicy, seed: int
) -> Chosen:
    explore = policy.explore_bp / FULL_BP
    shares = _shares(weighed, hopeful, best=best)
    place = best
    if _unit("explore", seed) < explore:
        drawn = int(np.searchsorted(np.cumsum(shares), _unit("explored", seed), side="right"))
        place = int(hopeful[min(drawn, len(hopeful) - 1)])
    share = float(shares[np.flatnonzero(hopeful == place)[0]])
    propensity = explore * share + (1.0 - explore if place == best else 0.0)
    pick = Pick.BEST if place == best else Pick.EXPLORED
    return Chosen(place, pick, min(propensity, 1.0))


def _shares(weighed: Weighed, hopeful: Places, *, best: int) -> Floats:
    sd = np.maximum(weighed.sd[hopeful], 1e-9)
    x = (weighed.value[hopeful] - weighed.value[best]) / sd
    better = 0.5 + x / (2.0 * np.sqrt(2.0 + x * x))
    return np.asarray(better / np.cumsum(better)[-1])


def _fallback(shelf: Shelf, sieve: Sieve, weighed: Weighed, gates_passed: Mask) -> Chosen | None:
    places = np.flatnonzero(gates_passed & shelf.fallback)
    if not len(places):
        return None
    best = _best(shelf, weighed.value, places)
    sieve.first[best] = 0
    return Chosen(best, Pick.FALLBACK, 1.0)


def _keep(sieve: Sieve, chosen: Chosen) -> Chosen:
    """Refuse all but the chosen one, which is let in whatever it lost by."""
    lost = Reason.EXPLORED_OTHER if chosen.pick is Pick.EXPLORED else Reason.LOWER_VALUE
    sieve.refuse_rest(lost, but=chosen.place)
    return chosen


def _best(shelf: Shelf, value: Floats, places: Places) -> int:
    most = value[places].max()
    equal = places[value[places] == most]
    return int(equal[0] if len(equal) == 1 else equal[shelf.tie_order[equal].argmin()])


def _is_discovery(request: DecisionRequest, policy: DecisionPolicy) -> bool:
    every = policy.discovery_every
    return every > 0 and request.profile_allowed and request.shown.week_total % every == every - 1


def _unit(name: str, seed: int) -> float:
    """A draw from [0, 1) that follows from the seed and the name alone."""
    return (draw64(name, str(seed)) >> 11) / (1 << 53)
