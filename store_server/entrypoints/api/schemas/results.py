"""The report as the back office reads it."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer, At
from store_server.reports.advice import Finding
from store_server.reports.outcomes import Metric


class StepAnswer(Answer):
    """One step of the funnel: how many reached it, and why the others did not."""

    name: str
    count: int
    lost: dict[str, int]


class IntervalAnswer(Answer):
    """An estimate and its 95 % interval."""

    estimate: float
    low: float
    high: float


class ArmAnswer(Answer):
    """One side: units whose window is closed, what they bought, spent and left as margin.

    Those of `open_units` may still buy; they are compared later.
    """

    units: int
    bought: int
    spend_minor: int
    margin_minor: int
    open_units: int
    open_bought: int


class EffectAnswer(Answer):
    """One metric compared: conversion as a share, -1..1; money in minor units per unit.

    `sequence` may be read daily; `fixed` is there from the planned end on, to be read once. `p`
    goes with the one to go by. `visible` is the least true difference that these arms would show
    four times in five.
    """

    metric: Metric
    offered_units: int
    held_out_units: int
    offered_mean: float
    held_out_mean: float
    sequence: IntervalAnswer | None
    fixed: IntervalAnswer | None
    p: float | None
    visible: float | None
    variance_reduction: float


class AdviceAnswer(Answer):
    """What the result comes to, as a code."""

    finding: Finding


class LiftAnswer(Answer):
    """Offered against held out; `verdict` is one sentence in the language asked for."""

    verdict: str
    advice: AdviceAnswer
    ended: bool
    offered: ArmAnswer
    held_out: ArmAnswer
    effects: list[EffectAnswer]
    units_missing: int
    ratio_p: float | None
    always_valid_ratio_p: float


class ScoresAnswer(Answer):
    """How often one metric was right in known cases, each 0..1."""

    fixed_right: float
    sequence_right: float
    fixed_false_alarms: float
    false_alarms: float


class ShapeAnswer(Answer):
    """What the data look like that the meter was proved on."""

    units: int
    control_bp: int
    rate: float
    unevenness: float
    foretold: float


class MeterAnswer(Answer):
    """What campaigns of known effect came to in the same code."""

    campaigns: int
    looks: int
    visible: float
    seen: float
    shape: ShapeAnswer
    conversion: ScoresAnswer
    spend: ScoresAnswer


class ReportAnswer(Answer):
    """Funnel and lift of the store's decisions; money in minor units of `currency`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org": "acme",
                    "store": "demo",
                    "made_at": "2026-03-02T21:00:00Z",
                    "since": None,
                    "until": None,
                    "currency": "EUR",
                    "funnel": [
                        {"name": "asked", "count": 45, "lost": {}},
                        {"name": "offered", "count": 12, "lost": {"held_out": 2}},
                    ],
                    "campaign": "bakery-hour",
                    "planned_end": "2026-03-30T20:00:00Z",
                    "lift": {
                        "verdict": "Not clear yet: +6.1 points (-9.8 to +22.0); needs about "
                        "2100 more shoppers, so let it run.",
                        "advice": {"finding": "not_clear_yet"},
                        "ended": False,
                        "offered": {
                            "units": 612,
                            "bought": 122,
                            "spend_minor": 921_300,
                            "margin_minor": 240_120,
                            "open_units": 31,
                            "open_bought": 4,
                        },
                        "held_out": {
                            "units": 65,
                            "bought": 9,
                            "spend_minor": 95_400,
                            "margin_minor": 25_010,
                            "open_units": 3,
                            "open_bought": 0,
                        },
                        "effects": [
                            {
                                "metric": "conversion",
                                "offered_units": 612,
                                "held_out_units": 65,
                                "offered_mean": 0.199,
                                "held_out_mean": 0.138,
                                "sequence": {"estimate": 0.061, "low": -0.098, "high": 0.22},
                                "fixed": None,
                                "p": 0.71,
                                "visible": 0.132,
                                "variance_reduction": 0.0,
                            }
                        ],
                        "units_missing": 2_100,
                        "ratio_p": 0.76,
                        "always_valid_ratio_p": 1.0,
                    },
                    "meter": None,
                    "meter_verdict": "Not checked on known cases for data like these; run "
                    "`store-server calibrate-meter`.",
                }
            ]
        }
    )

    org: str
    store: str
    made_at: At
    since: At | None
    until: At | None
    currency: str
    campaign: str | None
    planned_end: At | None
    funnel: list[StepAnswer]
    lift: LiftAnswer
    meter: MeterAnswer | None
    meter_verdict: str
