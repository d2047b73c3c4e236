"""An experiment's result: are the arms as drawn, what did each bring, how long does it still need.

The sample ratio comes first: when an arm holds other numbers than were drawn, nothing else counts.
Each phase is asked for itself, against its own weights, and the least p is multiplied by the
number of phases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store_server.decisions.plural import Language
from store_server.decisions.sample_ratio import anytime_ratio_p, ratio_p
from store_server.offers.experiment import FULL_BP, Experiment, ExperimentState
from store_server.reports.arms import ArmUnit, Comparison, Pair, Reading, compare
from store_server.reports.experiment_advice import ArmAdvice, advise_arms, say_arms
from store_server.reports.outcomes import Metric
from store_server.reports.power import PowerPlan, plan_power, say_power

# The pace at which units come: of the last week, where there is one.
PACE_DAYS = 7


@dataclass(frozen=True, slots=True)
class PhaseCheck:
    """One phase: what was drawn with and who came.

    weights / units: of each arm, in the order of `Experiment.arms`. ratio_p: looked at once;
    always_valid_ratio_p: looked at daily.
    """

    number: int
    starts_at: datetime
    weights: tuple[int, ...]
    units: tuple[int, ...]
    ratio_p: float | None
    always_valid_ratio_p: float


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm: units that came into play, those whose window is closed, and who of them bought."""

    arm: str
    units: int
    closed_units: int
    bought: int


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """All of it. `mixed`: units that were seen in two arms; they stay in their first."""

    phases: tuple[PhaseCheck, ...]
    arms: tuple[ArmResult, ...]
    comparisons: tuple[Comparison, ...]
    ended: bool
    mixed: int
    ratio_p: float
    power: PowerPlan
    power_sentence: str
    advice: ArmAdvice
    verdict: str


def result_of(
    experiment: Experiment,
    units: Sequence[ArmUnit],
    *,
    now: datetime,
    mixed: int = 0,
    language: Language = "en",
) -> ExperimentResult:
    """What these units say at `now`; the experiment must have been started."""
    phases = tuple(_phase(experiment, units, number) for number in range(len(experiment.phases)))
    sure = min(1.0, min(one.always_valid_ratio_p for one in phases) * len(phases))
    pairs = pairs_of(experiment)
    ended = experiment.ends_at <= now and (
        experiment.state is ExperimentState.RUNNING or experiment.stopped_at == experiment.ends_at
    )
    reading = Reading(len(pairs), ended)
    comparisons = tuple(compare(units, pair, reading) for pair in pairs)
    arms = tuple(_arm(units, arm) for arm in experiment.arms)
    power = _power(experiment, units, now=now)
    advice = advise_arms(
        comparisons,
        ratio_p=sure,
        enough=ended or power.days == 0,
        control=experiment.arms[0],
    )
    return ExperimentResult(
        phases,
        arms,
        comparisons,
        ended,
        mixed,
        sure,
        power,
        say_power(power, language=language),
        advice,
        say_arms(advice, language=language),
    )


def pairs_of(experiment: Experiment) -> tuple[Pair, ...]:
    """What is compared: of several factors each of their levels, then each arm with the control."""
    arms = experiment.arms
    first = arms[0]
    pairs: list[Pair] = []
    if len(experiment.varies) > 1:
        for place, vary in enumerate(experiment.varies):
            control, *others = [level.name for level in vary.levels]
            at = {
                name: frozenset(arm for arm in arms if arm.split(".")[place] == name)
                for name in (control, *others)
            }
            pairs += [Pair(vary.factor, name, control, at[name], at[control]) for name in others]
    single = (Pair(None, arm, first, frozenset({arm}), frozenset({first})) for arm in arms[1:])
    return (*pairs, *single)


def _phase(experiment: Experiment, units: Sequence[ArmUnit], number: int) -> PhaseCheck:
    here = [one.arm for one in units if one.phase == number]
    counts = tuple(here.count(arm) for arm in experiment.arms)
    weights = experiment.shares(number)
    return PhaseCheck(
        number,
        experiment.phases[number].starts_at,
        weights,
        counts,
        ratio_p(counts, weights),
        anytime_ratio_p(counts, weights),
    )


def _arm(units: Sequence[ArmUnit], arm: str) -> ArmResult:
    mine = [one.outcome for one in units if one.arm == arm]
    known = [one for one in mine if one.named and one.counts_for(Metric.CONVERSION)]
    return ArmResult(arm, len(mine), len(known), sum(one.bought for one in known))


def _power(experiment: Experiment, units: Sequence[ArmUnit], *, now: datetime) -> PowerPlan:
    """Of the factor that still needs the most: each is read by itself."""
    closed = [one for one in units if one.outcome.counts_for(Metric.CONVERSION)]
    since = max(experiment.phases[0].starts_at, now - timedelta(days=PACE_DAYS))
    days = max(1.0, (now - since) / timedelta(days=1))
    pace = sum(one.at_ms >= 1000 * since.timestamp() for one in units) / days
    plans = []
    for place, vary in enumerate(experiment.varies):
        names = [level.name for level in vary.levels]
        at = [[one for one in closed if one.arm.split(".")[place] == name] for name in names]
        control = at[0]
        plans.append(
            plan_power(
                [len(one) for one in at],
                experiment.phases[-1].weights[place],
                # Laplace's rule of succession: with nobody yet the rate is 1/2, which asks most.
                control_rate=(sum(one.outcome.bought for one in control) + 1) / (len(control) + 2),
                effect=experiment.smallest_effect_bp / FULL_BP,
                units_per_day=pace,
            )
        )
    return max(plans, key=lambda one: one.days if one.days is not None else float("inf"))
