"""Experiments as the back office writes and reads them."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import Answer, At, Body, Slug, Text80, Whole
from store_server.offers.experiment import ExperimentState, Factor
from store_server.reports.experiment_advice import ArmFinding
from store_server.reports.outcomes import Metric

LevelName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Weight = Annotated[Whole, Field(ge=0, le=1_000_000)]
Weights = Annotated[
    list[Annotated[list[Weight], Field(min_length=2, max_length=16)]],
    Field(min_length=1, max_length=4),
]
Share = Annotated[Whole, Field(ge=0, le=10_000)]

_WORDS: JsonDict = {
    "name": "Bold words at the bread",
    "campaigns": ["bread"],
    "varies": [
        {
            "factor": "creative",
            "levels": [{"name": "plain", "value": None}, {"name": "bold", "value": "bold"}],
        }
    ],
    "weights": [[1, 1]],
    "ends_at": "2026-04-01T00:00:00Z",
    "smallest_effect_bp": 300,
    "namespace": None,
}
_EXPERIMENT: JsonDict = {
    "experiment_id": "bold-words",
    **_WORDS,
    "state": "running",
    "arms": ["plain", "bold"],
    "phases": [{"starts_at": "2026-03-01T08:00:00Z", "weights": [[1, 1]]}],
    "stopped_at": None,
}


class LevelBody(Body):
    """One way of doing it; `value` null: as the campaign has it."""

    name: LevelName
    value: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] | None = None


class VaryBody(Body):
    """One factor and its levels, the control first.

    `value` is an offer id, a variant of the words (`en~VARIANT` among the offer's creatives),
    `push` or `app`, or seconds of dwell.
    """

    factor: Factor
    levels: Annotated[list[LevelBody], Field(min_length=2, max_length=16)]


class NamespaceBody(Body):
    """Only households whose place in the namespace is in [from_bp, until_bp) take part."""

    name: LevelName
    from_bp: Share = 0
    until_bp: Share = 10_000


class ExperimentBody(Body):
    """A draft. Several factors make an arm of each combination; no weights: all alike."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WORDS]})

    name: Text80
    campaigns: Annotated[list[Slug], Field(min_length=1, max_length=20)]
    varies: Annotated[list[VaryBody], Field(min_length=1, max_length=4)]
    weights: Weights | None = None
    ends_at: At
    smallest_effect_bp: Annotated[Whole, Field(ge=1, le=10_000)] = 300
    namespace: NamespaceBody | None = None


class WeightsBody(Body):
    """For each factor a weight for each of its levels: a new phase begins with them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"weights": [[1, 3]]}]})

    weights: Weights


class LevelAnswer(Answer):
    """One way of doing it; `value` null: as the campaign has it."""

    name: str
    value: str | None


class VaryAnswer(Answer):
    """One factor and its levels, the control first."""

    factor: Factor
    levels: list[LevelAnswer]


class NamespaceAnswer(Answer):
    """The part of a namespace that takes part."""

    name: str
    from_bp: int
    until_bp: int


class PhaseAnswer(Answer):
    """From `starts_at` on households that came were drawn with these weights."""

    starts_at: At
    weights: list[list[int]]


class ExperimentAnswer(Answer):
    """An experiment as it stands; `arms` are named by their levels, the control first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXPERIMENT]})

    experiment_id: str
    name: str
    campaigns: list[str]
    varies: list[VaryAnswer]
    weights: list[list[int]]
    ends_at: At
    smallest_effect_bp: int
    namespace: NamespaceAnswer | None
    state: ExperimentState
    arms: list[str]
    phases: list[PhaseAnswer]
    stopped_at: At | None


class ExperimentListAnswer(Answer):
    """Every experiment of the organisation, by id."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"experiments": [_EXPERIMENT]}]})

    experiments: list[ExperimentAnswer]


class BetweenAnswer(Answer):
    """A difference and where the truth may lie; all comparisons together hold with 95 %."""

    estimate: float
    low: float
    high: float


class ArmEffectAnswer(Answer):
    """One metric: conversion as a share; money in minor units per household.

    `sequence` may be read daily; `fixed` is there from the planned end on. `p` is multiplied by the
    number of comparisons. `visible` is the least difference that would show four times in five.
    """

    metric: Metric
    units: int
    control_units: int
    mean: float
    control_mean: float
    sequence: BetweenAnswer | None
    fixed: BetweenAnswer | None
    p: float | None
    visible: float | None


class ComparisonAnswer(Answer):
    """A level against the control. `factor` null: single arms; else over all other factors."""

    factor: Factor | None
    level: str
    control: str
    effects: list[ArmEffectAnswer]


class ArmResultAnswer(Answer):
    """One arm: households that came into play; those whose window is closed, and who bought."""

    arm: str
    units: int
    closed_units: int
    bought: int


class PhaseCheckAnswer(Answer):
    """Whether a phase holds the numbers that were drawn; weights and units of each arm."""

    number: int
    starts_at: At
    weights: list[int]
    units: list[int]
    ratio_p: float | None
    always_valid_ratio_p: float


class PowerAnswer(Answer):
    """How long it still needs; `days` null: not within a year, 0: enough."""

    effect: float
    units_needed: int
    units_so_far: int
    days: int | None


class ExperimentResultAnswer(Answer):
    """What each arm brought at this store's tills; sentences in the language asked for.

    When `finding` is `not_as_drawn`, nothing else in it can be trusted.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "experiment_id": "bold-words",
                    "currency": "EUR",
                    "ended": False,
                    "finding": "not_clear_yet",
                    "verdict": "No arm stands out yet; let it run.",
                    "ratio_p": 1.0,
                    "mixed": 0,
                    "phases": [
                        {
                            "number": 0,
                            "starts_at": "2026-03-01T08:00:00Z",
                            "weights": [1, 1],
                            "units": [401, 398],
                            "ratio_p": 0.92,
                            "always_valid_ratio_p": 1.0,
                        }
                    ],
                    "arms": [
                        {"arm": "plain", "units": 401, "closed_units": 380, "bought": 76},
                        {"arm": "bold", "units": 398, "closed_units": 377, "bought": 91},
                    ],
                    "comparisons": [
                        {
                            "factor": None,
                            "level": "bold",
                            "control": "plain",
                            "effects": [
                                {
                                    "metric": "conversion",
                                    "units": 377,
                                    "control_units": 380,
                                    "mean": 0.241,
                                    "control_mean": 0.2,
                                    "sequence": {"estimate": 0.041, "low": -0.06, "high": 0.142},
                                    "fixed": None,
                                    "p": 1.0,
                                    "visible": 0.084,
                                }
                            ],
                        }
                    ],
                    "power": {
                        "effect": 0.03,
                        "units_needed": 5920,
                        "units_so_far": 757,
                        "days": 9,
                    },
                    "power_sentence": "Needs about 9 more days to see a difference of 3 points.",
                }
            ]
        }
    )

    experiment_id: str
    currency: str
    ended: bool
    finding: ArmFinding
    verdict: str
    ratio_p: float
    mixed: int
    phases: list[PhaseCheckAnswer]
    arms: list[ArmResultAnswer]
    comparisons: list[ComparisonAnswer]
    power: PowerAnswer
    power_sentence: str
