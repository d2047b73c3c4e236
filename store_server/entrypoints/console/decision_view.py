"""A decision for people: under a made-up name, with words for what each gate said."""

from dataclasses import dataclass

from store_server.decisions.decision import Candidate, Decision
from store_server.decisions.plural import Language
from store_server.decisions.reason_text import reason_text
from store_server.entrypoints.console.frame import N_
from store_server.flows.show_decisions import ExplainedDecision
from store_server.ids import Scope, pseudonym

TRIGGER_TEXTS = {
    "store_enter": N_("Entered the store"),
    "store_exit": N_("Left the store"),
    "zone_enter": N_("Entered a zone"),
    "zone_dwell": N_("Stayed in a zone"),
    "pull": N_("The app asked"),
    "purchase": N_("Bought something"),
    "near_store": N_("Came near the store"),
    "schedule": N_("At a set time"),
    "step": N_("A step of a journey"),
    "left_without": N_("Left without buying"),
}


@dataclass(frozen=True, slots=True)
class CandidateView:
    """One offer that was looked at. `reason` None: it was chosen."""

    campaign: str
    offer: str | None
    reason: str | None
    code: str | None
    value_minor: float | None
    chance_with: float | None
    chance_without: float | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision, its sentence, and everybody else who was looked at."""

    decision: Decision
    who: str
    trigger: str
    explanation: str
    candidates: tuple[CandidateView, ...]


def decision_view(one: ExplainedDecision, *, scope: Scope, language: Language) -> DecisionView:
    """The view; `trigger` is a message still to be translated."""
    decision = one.decision
    return DecisionView(
        decision=decision,
        who=pseudonym(org=scope.org, shopper=decision.shopper),
        trigger=TRIGGER_TEXTS.get(str(decision.trigger_kind), str(decision.trigger_kind)),
        explanation=one.explanation,
        candidates=tuple(_candidate(each, language) for each in decision.candidates),
    )


def _candidate(one: Candidate, language: Language) -> CandidateView:
    return CandidateView(
        campaign=one.campaign,
        offer=one.offer,
        reason=None if one.reason is None else reason_text(one.reason, language),
        code=None if one.reason is None else str(one.reason),
        value_minor=one.value_minor,
        chance_with=one.chance_with,
        chance_without=one.chance_without,
    )
