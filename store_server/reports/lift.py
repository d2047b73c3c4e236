"""What the offers added, measured at the till: units offered against units held out.

First the arms themselves are looked at (`decisions.sample_ratio`): if they are not what was drawn,
nothing else counts. Then each metric is compared (`effect`), then one sentence says what to do
(`advice`). See `outcomes` for what a unit and its outcome are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store_server.decisions.plural import Language
from store_server.decisions.sample_ratio import anytime_ratio_p, ratio_p
from store_server.reports.advice import Advice, advise, say
from store_server.reports.confidence_sequence import PLANNED_UNITS
from store_server.reports.effect import Effect, effect_of
from store_server.reports.outcomes import HEADLINES, Metric, UnitOutcome
from store_server.reports.proportions import Share, units_needed

FULL_BP = 10_000
# An effect smaller than this is not worth waiting for, unless the campaign says otherwise.
WORTH_SEEING = 0.05


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of the comparison; `open_units` may still buy, they are compared later."""

    units: int
    bought: int
    spend_minor: int
    margin_minor: int
    open_units: int
    open_bought: int

    @property
    def share(self) -> Share:
        """Buyers among the units whose window is closed."""
        return Share(self.bought, self.units)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked before looking.

    control_bp: share of units held out, in basis points.
    smallest_effect: as a difference of shares, 0..1. ended: the planned end is over.
    planned_units: see `confidence_sequence`.
    """

    control_bp: int
    smallest_effect: float = WORTH_SEEING
    ended: bool = False
    planned_units: int = PLANNED_UNITS

    @property
    def has_holdout(self) -> bool:
        """Whether there is anybody to compare with."""
        return 0 < self.control_bp < FULL_BP


@dataclass(frozen=True, slots=True)
class Lift:
    """Offered against held out.

    effects: one for each of HEADLINES, conversion first.
    units_missing: about how many more units make the smallest useful effect visible; 0: enough.
    ratio_p: of the arm sizes, looked at once; always_valid_ratio_p: looked at daily.
    verdict: what to do, in one sentence.
    """

    offered: Arm
    held_out: Arm
    ended: bool
    effects: tuple[Effect, ...]
    units_missing: int
    ratio_p: float | None
    always_valid_ratio_p: float
    advice: Advice
    verdict: str

    def effect(self, metric: Metric) -> Effect:
        """The comparison in this metric."""
        return next(one for one in self.effects if one.metric is metric)


def lift_of(
    outcomes: Sequence[UnitOutcome], question: Question, *, language: Language = "en"
) -> Lift:
    """The comparison of all units, in `language` what it says."""
    offered, held_out = (_arm(outcomes, treated=treated) for treated in (True, False))
    sizes = [arm.units + arm.open_units for arm in (offered, held_out)]
    weights = [FULL_BP - question.control_bp, question.control_bp]
    always_valid = anytime_ratio_p(sizes, weights) if question.has_holdout else 1.0
    effects = tuple(
        effect_of(outcomes, metric, ended=question.ended, planned_units=question.planned_units)
        for metric in HEADLINES
    )
    missing = _missing(offered, held_out, question)
    advice = advise(
        effects,
        has_holdout=question.has_holdout,
        ratio_p=always_valid,
        missing=missing,
        ended=question.ended,
    )
    return Lift(
        offered=offered,
        held_out=held_out,
        ended=question.ended,
        effects=effects,
        units_missing=missing,
        ratio_p=ratio_p(sizes, weights) if question.has_holdout else None,
        always_valid_ratio_p=always_valid,
        advice=advice,
        verdict=say(advice, language=language),
    )


def _arm(outcomes: Sequence[UnitOutcome], *, treated: bool) -> Arm:
    mine = [one for one in outcomes if one.treated is treated]
    closed = [one for one in mine if one.closed]
    waiting = [one for one in mine if not one.closed]
    return Arm(
        units=len(closed),
        bought=sum(one.bought for one in closed),
        spend_minor=sum(one.spend_minor for one in closed),
        margin_minor=sum(one.margin_minor for one in closed),
        open_units=len(waiting),
        open_bought=sum(one.bought for one in waiting),
    )


def _missing(offered: Arm, held_out: Arm, question: Question) -> int:
    if not question.has_holdout:
        return 0
    share = question.control_bp / FULL_BP
    # One imaginary buyer and one who does not buy: with no held-out unit yet the rate is 1/2,
    # which asks for the most (Laplace's rule of succession).
    rate = (held_out.bought + 1) / (held_out.units + 2)
    needed = units_needed(control_rate=rate, effect=question.smallest_effect, control_share=share)
    by_arm = (
        needed * (1 - share) - offered.units,
        (needed * share - held_out.units) / share,
    )
    return max(0, round(max(needed - offered.units - held_out.units, *by_arm)))
