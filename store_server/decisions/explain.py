"""A decision in one English sentence that a clerk understands."""

from collections.abc import Mapping

from store_server.decisions.decision import Arm, Decision, Outcome
from store_server.decisions.reason import Reason
from store_server.ids import OfferId
from store_server.offers.offer import Offer


def explain(decision: Decision, offers: Mapping[OfferId, Offer]) -> str:
    """Why this decision came out as it did.

    Args:
        decision: what was decided.
        offers: for the names; an offer that is gone is called by its id.
    """
    match decision.outcome:
        case Outcome.OFFERED:
            return (
                f"Offered {_offer(decision, offers)}: {_why_chosen(decision)}{_others(decision)}."
            )
        case Outcome.HELD_OUT:
            unit = "household" if decision.household is not None else "shopper"
            return (
                f"Shown nothing on purpose, because this {unit} is in the group that the effect "
                f"is measured against; it would have been {_offer(decision, offers)}."
            )
        case Outcome.NOTHING:
            return f"Nothing was offered: {_refusals(decision)}."


def _offer(decision: Decision, offers: Mapping[OfferId, Offer]) -> str:
    if decision.offer is None:
        return "nothing"
    offer = offers.get(decision.offer)
    name = f'"{offer.name}"' if offer is not None else decision.offer
    return f"{name} of campaign {decision.campaign}"


def _why_chosen(decision: Decision) -> str:
    if decision.is_fallback:
        return "no other offer was worth its cost, and it is what the campaign says then"
    text = "it is expected to bring the most over showing nothing"
    chosen = next((one for one in decision.candidates if one.reason is None), None)
    if chosen is None or chosen.chance_with is None or chosen.chance_without is None:
        return text
    return (
        f"{text} (in {100 * chosen.chance_without:.0f} of 100 such visits it is bought anyway, "
        f"with the offer in {100 * chosen.chance_with:.0f})"
    )


def _others(decision: Decision) -> str:
    refused = sum(1 for candidate in decision.candidates if candidate.reason is not None)
    match refused:
        case 0:
            return ""
        case 1:
            return "; one other was looked at"
        case _:
            return f"; {refused} others were looked at"


def _refusals(decision: Decision) -> str:
    texts = [_as_clause(reason) for reason in decision.reasons]
    arm = "" if decision.arm is Arm.OFFER else " (in the holdout it would not have been shown)"
    return "; and ".join(texts) + arm


def _as_clause(reason: Reason) -> str:
    """The description without its full stop and capital, to stand inside a sentence."""
    text = reason.description.rstrip(".")
    return text[0].lower() + text[1:]
