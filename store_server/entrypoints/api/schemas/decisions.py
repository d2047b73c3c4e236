"""Decisions as the back office reads them."""

from pydantic import ConfigDict
from pydantic.config import JsonDict

from store_server.decisions.choice import Pick
from store_server.decisions.decision import Arm, Outcome
from store_server.decisions.plural import Language
from store_server.decisions.reason import Reason
from store_server.decisions.reason_text import reason_text
from store_server.entrypoints.api.schemas.fields import Answer, At
from store_server.offers.channel import ReadingChannel
from store_server.offers.trigger import TriggerKind

_DECISION: JsonDict = {
    "decision_id": "kq3exampledecision",
    "trigger_id": "7fexampletrigger",
    "trigger_kind": "zone_dwell",
    "shopper_id": "s-1042",
    "household_id": "h-77",
    "zone": "bakery",
    "visit_id": "m2examplevisit",
    "at": "2026-03-02T09:30:20Z",
    "outcome": "offered",
    "campaign_id": "bread",
    "campaign_version": 3,
    "offer_id": "rye-50",
    "offer_version": 2,
    "is_fallback": False,
    "arm": "offer",
    "propensity": 1.0,
    "policy_version": "incremental-2",
    "reasons": [],
    "candidates": [
        {
            "campaign_id": "bread",
            "offer_id": "rye-50",
            "reason": None,
            "value_minor": 4.2,
            "chance_with": 0.31,
            "chance_without": 0.22,
        }
    ],
    "channel": "push",
    "pick": "best",
    "face_value_minor": 50,
    "refused": {"cap_day": 2, "lower_value": 1},
    "variants": [["bold-words", "plain"]],
    "creative": None,
    "latency_us": 410,
    "explanation": 'Offered "Rye bread": it is expected to bring the most.',
}


class CandidateAnswer(Answer):
    """An offer that was looked at, and what refused it; null for the chosen one."""

    campaign_id: str
    offer_id: str | None
    reason: Reason | None
    value_minor: float | None
    chance_with: float | None
    chance_without: float | None


class DecisionAnswer(Answer):
    """What was chosen for one trigger, by which versions, and why.

    `offer_version` null: nothing was chosen, or before offers had versions.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_DECISION]})

    decision_id: str
    trigger_id: str
    trigger_kind: TriggerKind
    shopper_id: str
    household_id: str | None
    zone: str | None
    visit_id: str | None
    at: At
    outcome: Outcome
    campaign_id: str | None
    campaign_version: int | None
    offer_id: str | None
    offer_version: int | None
    is_fallback: bool
    arm: Arm
    propensity: float
    policy_version: str
    reasons: list[Reason]
    candidates: list[CandidateAnswer]
    channel: ReadingChannel
    pick: Pick | None
    face_value_minor: int | None
    refused: dict[str, int]
    variants: list[tuple[str, str]]
    creative: str | None
    latency_us: int
    explanation: str


class DecisionPageAnswer(Answer):
    """Newest first. `before` asks for the next page; null at the end."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decisions": [_DECISION], "before": None}]}
    )

    decisions: list[DecisionAnswer]
    before: str | None


class RefusalAnswer(Answer):
    """A gate that refuses, and what that means."""

    code: Reason
    text: str

    @classmethod
    def of(cls, reason: Reason, language: Language) -> "RefusalAnswer":
        """The refusal with its sentence in `language`."""
        return cls(code=reason, text=reason_text(reason, language))


class OfferRefusalsAnswer(Answer):
    """Every gate that refuses one offer of a campaign; none: it may be made."""

    campaign_id: str
    offer_id: str
    reasons: list[RefusalAnswer]


class RefusalsAnswer(Answer):
    """What every gate says, in the order of gates."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "shopper": [],
                    "offers": [
                        {
                            "campaign_id": "bread",
                            "offer_id": "rye-50",
                            "reasons": [
                                {
                                    "code": "out_of_stock",
                                    "text": "What is offered is not on the shelf.",
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )

    shopper: list[RefusalAnswer]
    offers: list[OfferRefusalsAnswer]
