"""Which arm of an experiment a household gets: drawn by hash, the same in every store.

Each factor is hashed on a salt of its own, experiment and factor, so that factors are independent
of each other, of other experiments and of the holdouts; a part of a namespace is hashed on the
namespace. 64 bits of BLAKE2b, scaled: there are no buckets to be coarse, and none shared.

Weights change in phases. A unit that was drawn keeps its arm whatever the weights become, if
somebody remembers it (`kept`): only units that come later are drawn with the new ones. Results are
compared within a phase and then joined (`reports.arms`), because arms of different phases saw
different days: joining the counts first can turn the sign of an effect round (Simpson's paradox).

Source: Kohavi, Tang and Xu (2020) "Trustworthy Online Controlled Experiments", chapters 3, 4, 21.
"""

import hashlib
from bisect import bisect
from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate
from types import MappingProxyType
from typing import NamedTuple

from store_server.ids import HouseholdId, OrgId, ShopperId
from store_server.offers.experiment import FULL_BP, Experiment

NOBODY_KEPT: Mapping[str, str] = MappingProxyType({})


def unit_of(shopper: ShopperId, household: HouseholdId | None) -> str:
    """The name that is hashed: members of one household share a fridge, so they share an arm."""
    return f"h:{household}" if household is not None else f"s:{shopper}"


def arm_at(
    unit: str,
    experiment: Experiment,
    *,
    org: OrgId,
    at: datetime,
    kept: Mapping[str, str] = NOBODY_KEPT,
    draws: "Draws | None" = None,
) -> str | None:
    """The arm of the unit at this instant; None: it takes no part, or nobody is drawn then.

    Args:
        unit: of `unit_of`.
        experiment: what is asked.
        org: part of every salt.
        at: the instant of the decision.
        kept: arms that the unit was given before, by experiment; one that is gone does not count.
        draws: of this experiment, where many units are drawn.
    """
    if not experiment.draws_at(at):
        return None
    before = kept.get(experiment.id)
    if before is not None and experiment.levels_of(before) is not None:
        return before
    part = experiment.namespace
    if part is not None:
        place_bp = (draw64("namespace", org, part.name, unit) * FULL_BP) >> 64
        if not part.from_bp <= place_bp < part.until_bp:
            return None
    phase = experiment.phase_at(at)
    assert phase is not None
    named = _prefixed(unit)
    # Scaled, not taken modulo: with at most 16 million shares of 2^64 the error is below 1e-12.
    return ".".join(
        [
            names[bisect(edges, (_number(salt + named) * edges[-1]) >> 64)]
            for salt, edges, names in (draws or Draws(experiment)).of(org, phase)
        ]
    )


class FactorDraw(NamedTuple):
    """How a level of one factor is drawn: its salt, the sums of the weights, names of levels."""

    salt: bytes
    edges: tuple[int, ...]
    names: tuple[str, ...]


class Draws:
    """How an experiment draws, laid out once for all units: by organisation and phase."""

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._known: dict[tuple[OrgId, int], tuple[FactorDraw, ...]] = {}

    def of(self, org: OrgId, phase: int) -> tuple[FactorDraw, ...]:
        """The draws of its factors, in their order."""
        found = self._known.get((org, phase))
        if found is None:
            one = self._experiment
            found = self._known[org, phase] = tuple(
                FactorDraw(
                    b"".join(map(_prefixed, ("arm", org, one.id, vary.factor.value))),
                    tuple(accumulate(weights)),
                    tuple(level.name for level in vary.levels),
                )
                for vary, weights in zip(one.varies, one.phases[phase].weights, strict=True)
            )
        return found


def draw64(*parts: str) -> int:
    """0..2^64 - 1, uniform over what `parts` name; length-prefixed: no two names run together."""
    return _number(b"".join(map(_prefixed, parts)))


def _number(named: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(named, digest_size=8).digest(), "big")


def _prefixed(part: str) -> bytes:
    text = part.encode()
    return len(text).to_bytes(4, "big") + text
