"""Experiments: ways of doing one thing, put to chance; what they are, not who gets which.

An experiment belongs to campaigns and varies one or several factors. Each factor has levels, the
first of which is the control; an arm is one level of each, so that several factors are a full
factorial. Weights change by a new phase, which begins when they do.

Who is in it, and in which arm, is drawn by `decisions.arms`. Two running experiments may not vary
the same factor of one campaign for the same people: parts of one namespace keep them apart.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from store_server.ids import CampaignId

FULL_BP = 10_000
ARMS_MOST = 64
LEVELS_MOST = 16
CAMPAIGNS_MOST = 20
WEIGHT_MOST = 1_000_000

Weights = tuple[tuple[int, ...], ...]
"""For each factor a weight for each of its levels."""


class Factor(StrEnum):
    """What the arms do otherwise."""

    OFFER = "offer"
    CREATIVE = "creative"
    CHANNEL = "channel"
    TIMING = "timing"


class ExperimentState(StrEnum):
    """Only a running one draws anybody; a stopped one does not come back."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"


class Level(NamedTuple):
    """One way of doing it.

    value: an offer id, a variant of the words, a channel, or seconds of dwell as text; None: as
    the campaign has it.
    """

    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Vary:
    """One factor and its levels, the control first."""

    factor: Factor
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """From `starts_at` (included) units that come are drawn with these weights."""

    starts_at: datetime
    weights: Weights


@dataclass(frozen=True, slots=True)
class NamespacePart:
    """Only units whose place in the namespace is in [from_bp, until_bp) take part."""

    name: str
    from_bp: int = 0
    until_bp: int = FULL_BP

    def overlaps(self, other: "NamespacePart") -> bool:
        """Whether somebody may be in both."""
        if self.name != other.name:
            return True
        return self.from_bp < other.until_bp and other.from_bp < self.until_bp


@dataclass(frozen=True, slots=True)
class Experiment:
    """A question put to chance; what it may say is checked in `experiment_checks`.

    weights: as the next phase has them, or the present one. phases: ascending by start.
    ends_at: the planned end, excluded; from then on the campaigns do as they say. stopped_at: when
    somebody stopped it, or its end had come. smallest_effect_bp: the least difference in the share
    of buyers that is worth having, in basis points.
    """

    id: str
    name: str
    campaigns: tuple[CampaignId, ...]
    varies: tuple[Vary, ...]
    weights: Weights
    ends_at: datetime
    smallest_effect_bp: int = 300
    namespace: NamespacePart | None = None
    phases: tuple[Phase, ...] = ()
    state: ExperimentState = ExperimentState.DRAFT
    stopped_at: datetime | None = None

    @property
    def arms(self) -> tuple[str, ...]:
        """Every arm, by the names of its levels; the control first.

        Example:
            >>> words = Vary(Factor.CREATIVE, (Level("plain"), Level("bold", "bold")))
            >>> wait = Vary(Factor.TIMING, (Level("soon"), Level("later", "60")))
            >>> end = datetime(2026, 4, 1)
            >>> Experiment("x", "X", (), (words, wait), ((1, 1), (1, 1)), end).arms
            ('plain.soon', 'plain.later', 'bold.soon', 'bold.later')
        """
        names = [[level.name for level in one.levels] for one in self.varies]
        return tuple(".".join(cell) for cell in product(*names))

    def phase_at(self, at: datetime) -> int | None:
        """The number of the phase that `at` lies in, from 0; None before the first."""
        for number in range(len(self.phases) - 1, -1, -1):
            if self.phases[number].starts_at <= at:
                return number
        return None

    def draws_at(self, at: datetime) -> bool:
        """Whether decisions at `at` go by it."""
        running = self.state is ExperimentState.RUNNING and at < self.ends_at
        return running and bool(self.phases) and self.phases[0].starts_at <= at

    def levels_of(self, arm: str) -> tuple[int, ...] | None:
        """The place of the arm's level in each factor; None: there is no such arm."""
        names = arm.split(".")
        if len(names) != len(self.varies):
            return None
        found = [
            next((place for place, one in enumerate(vary.levels) if one.name == name), None)
            for vary, name in zip(self.varies, names, strict=True)
        ]
        places = tuple(place for place in found if place is not None)
        return places if len(places) == len(found) else None

    def shares(self, phase: int) -> tuple[int, ...]:
        """The weight of each arm in a phase: the product of its levels' weights."""
        found = []
        for cell in product(*self.phases[phase].weights):
            weight = 1
            for one in cell:
                weight *= one
            found.append(weight)
        return tuple(found)

    def marks_s(self) -> tuple[int, ...]:
        """Seconds of dwell that its arms wait for, where it varies the timing."""
        values = (
            level.value
            for one in self.varies
            if one.factor is Factor.TIMING
            for level in one.levels
        )
        return tuple(int(value) for value in values if value is not None)


def started(experiment: Experiment, *, at: datetime) -> Experiment:
    """The draft as running from `at` on, in its first phase."""
    phase = Phase(at, experiment.weights)
    return replace(experiment, state=ExperimentState.RUNNING, phases=(phase,))


def reweighted(experiment: Experiment, weights: Weights, *, at: datetime) -> Experiment:
    """The running experiment in a new phase; whoever was drawn before stays."""
    phases = (*experiment.phases, Phase(at, weights))
    return replace(experiment, weights=weights, phases=phases)


def stopped(experiment: Experiment, *, at: datetime) -> Experiment:
    """The running experiment as stopped; its campaigns do as they say from now on."""
    return replace(experiment, state=ExperimentState.STOPPED, stopped_at=at)
