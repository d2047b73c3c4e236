"""Which variant a household gets: A/B/n and multivariate tests, drawn without a table.

The draw is a hash of experiment and unit, so it is uniform, the same in every store and at every
replay, and independent between experiments: the salt of each is its own id.

Weights change in phases. A unit that was assigned keeps arm and phase for good, whatever the
weights become: only units that come later are drawn with the new ones. Results are compared
within a phase and then joined (`reports`), because arms of different phases saw different days:
joining the counts first can turn the sign of an effect round (Simpson's paradox).

Source: Kohavi, Tang and Xu (2020) "Trustworthy Online Controlled Experiments", chapters 3, 4, 21.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from store_server.errors import Unprocessable
from store_server.ids import HouseholdId, ShopperId

CODE = "bad_experiment"
ARMS_MOST = 64
WEIGHT_MOST = 1_000_000


class Factor(StrEnum):
    """What an arm may do otherwise; an arm of several factors is a multivariate cell."""

    OFFER = "offer"
    CREATIVE = "creative"
    CHANNEL = "channel"
    TIMING = "timing"


class UnitKind(StrEnum):
    """Whom one draw is for. `household` falls back to the shopper where none is known."""

    HOUSEHOLD = "household"
    SHOPPER = "shopper"


@dataclass(frozen=True, slots=True)
class ExperimentArm:
    """One way of doing it.

    treatment: level of each factor that differs; empty = as the campaign says (the control).
        offer: an offer id; creative: a variant's name; channel: a channel's name; timing: seconds
        of dwell or "HH:MM", as text.
    """

    id: str
    treatment: Mapping[Factor, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "treatment", MappingProxyType(dict(self.treatment)))


@dataclass(frozen=True, slots=True)
class Phase:
    """From `starts_at` (included) units are drawn with these weights, one for each arm."""

    starts_at: datetime
    weights: tuple[int, ...]


class Assignment(NamedTuple):
    """The arm of a unit, and the number of the phase (from 0) in which it was drawn."""

    arm: str
    phase: int


@dataclass(frozen=True, slots=True)
class Experiment:
    """A question put to chance. The first arm is the control.

    phases: ascending by start; before the first nobody is assigned.
    """

    id: str
    arms: tuple[ExperimentArm, ...]
    phases: tuple[Phase, ...]
    unit: UnitKind = UnitKind.HOUSEHOLD

    def __post_init__(self) -> None:
        where = f"experiment {self.id}"
        names = [arm.id for arm in self.arms]
        if not 2 <= len(names) <= ARMS_MOST or len(set(names)) != len(names):
            raise _wrong(f"{where}: arms", names, f"2..{ARMS_MOST} arms, each id once")
        if not self.phases:
            raise _wrong(f"{where}: phases", [], "at least one phase with its weights")
        starts = [phase.starts_at for phase in self.phases]
        if any(at.tzinfo is None for at in starts) or starts != sorted(set(starts)):
            raise _wrong(f"{where}: phases", starts, "aware starts, each later than the one before")
        for phase in self.phases:
            if len(phase.weights) != len(names):
                raise _wrong(f"{where}: weights", phase.weights, f"one for each of {len(names)}")
            if not all(0 <= w <= WEIGHT_MOST for w in phase.weights) or not sum(phase.weights):
                raise _wrong(
                    f"{where}: weights", phase.weights, f"0..{WEIGHT_MOST}, not all of them 0"
                )

    def phase_at(self, at: datetime) -> int | None:
        """The number of the phase that `at` lies in; None before the first."""
        started = [n for n, phase in enumerate(self.phases) if phase.starts_at <= at]
        return started[-1] if started else None

    def arm(self, name: str) -> ExperimentArm | None:
        """The arm of this id."""
        return next((arm for arm in self.arms if arm.id == name), None)


def unit_of(shopper: ShopperId, household: HouseholdId | None, *, kind: UnitKind) -> str:
    """The name that is hashed: members of one household share a fridge, so they share an arm."""
    if kind is UnitKind.HOUSEHOLD and household is not None:
        return f"h:{household}"
    return f"s:{shopper}"


def arm_for(unit: str, experiment: Experiment, *, phase: int) -> ExperimentArm:
    """The arm that the draw of this phase gives to a unit that has none yet.

    Args:
        unit: of `unit_of`.
        experiment: whose arms and weights.
        phase: number of the phase, from 0.

    Example:
        >>> from datetime import UTC
        >>> start = datetime(2026, 3, 1, tzinfo=UTC)
        >>> arms = (ExperimentArm("as_is"), ExperimentArm("bold"))
        >>> arm_for("h:1", Experiment("title", arms, (Phase(start, (0, 1)),)), phase=0).id
        'bold'
    """
    weights = experiment.phases[phase].weights
    # Scaled, not taken modulo: with at most 64 million shares of 2^64 the error is below 4e-12.
    drawn = (draw64("experiment", experiment.id, unit) * sum(weights)) >> 64
    for arm, weight in zip(experiment.arms, weights, strict=True):
        drawn -= weight
        if drawn < 0:
            return arm
    raise AssertionError("the draw lies below the sum of the weights")


def assign(
    unit: str, experiment: Experiment, *, at: datetime, kept: Assignment | None
) -> Assignment | None:
    """What the unit has at `at`: what it was given before, else a fresh draw; None: not begun.

    Args:
        unit: of `unit_of`.
        experiment: what is asked.
        at: the instant of the decision.
        kept: what this unit was given before, if anything.
    """
    if kept is not None and experiment.arm(kept.arm) is not None:
        return kept
    phase = experiment.phase_at(at)
    return None if phase is None else Assignment(arm_for(unit, experiment, phase=phase).id, phase)


def factorial(levels: Mapping[Factor, Sequence[str]]) -> tuple[ExperimentArm, ...]:
    """Every combination of the levels as an arm, named by them: a full multivariate test.

    Equal weights keep the factors independent of each other, so that the main effect of one is
    read by joining the arms over all the others.

    Example:
        >>> [arm.id for arm in factorial({Factor.CREATIVE: ["a", "b"], Factor.CHANNEL: ["push"]})]
        ['a.push', 'b.push']
    """
    return tuple(
        ExperimentArm(".".join(cell), dict(zip(levels, cell, strict=True)))
        for cell in product(*levels.values())
    )


def draw64(*parts: str) -> int:
    """0..2^64 - 1, uniform over what `parts` name; length-prefixed: no two names run together."""
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        text = part.encode()
        digest.update(len(text).to_bytes(4, "big") + text)
    return int.from_bytes(digest.digest(), "big")


def _wrong(where: str, value: object, expected: str) -> Unprocessable:
    return Unprocessable(f"{where} is {value!r}; must be {expected}", code=CODE)
