"""Why an offer was not made: stable codes, each with a sentence for the retailer's analyst.

The codes stand in decision rows, reports and the API; they are only ever added to.
The order of the members is the order of the gates: cheap and legal first.
"""

from enum import StrEnum


class Reason(StrEnum):
    """What stopped an offer."""

    KILL_SWITCH = "kill_switch"
    NO_CONSENT_OFFERS = "no_consent_offers"
    SHOPPER_CAP_VISIT = "shopper_cap_visit"
    SHOPPER_CAP_DAY = "shopper_cap_day"
    NOTHING_LISTENS = "nothing_listens"
    CAMPAIGN_NOT_LIVE = "campaign_not_live"
    OUTSIDE_WINDOW = "outside_window"
    OUTSIDE_HOURS = "outside_hours"
    TRIGGER_MISMATCH = "trigger_mismatch"
    CAP_VISIT = "cap_visit"
    CAP_DAY = "cap_day"
    OFFER_NOT_VALID = "offer_not_valid"
    BUDGET_EXHAUSTED = "budget_exhausted"
    NO_CREATIVE = "no_creative"
    VALUE_NOT_POSITIVE = "value_not_positive"
    LOWER_VALUE = "lower_value"
    HELD_OUT = "held_out"

    @property
    def description(self) -> str:
        """One English sentence, as docs/decisions.md has it."""
        return _DESCRIPTIONS[self]

    @property
    def rank(self) -> int:
        """The place of the gate in the fixed order, from 0."""
        return _RANKS[self]


_DESCRIPTIONS: dict[Reason, str] = {
    Reason.KILL_SWITCH: "The store is silenced: somebody has thrown the kill switch.",
    Reason.NO_CONSENT_OFFERS: "The shopper has not agreed to receive offers.",
    Reason.SHOPPER_CAP_VISIT: (
        "The shopper has had as many offers in this visit as the store allows."
    ),
    Reason.SHOPPER_CAP_DAY: (
        "The shopper or the household has had as many offers today as the store allows."
    ),
    Reason.NOTHING_LISTENS: "No campaign listens to this kind of trigger in this zone.",
    Reason.CAMPAIGN_NOT_LIVE: "The campaign is paused or still a draft.",
    Reason.OUTSIDE_WINDOW: "The campaign has not started yet or is over.",
    Reason.OUTSIDE_HOURS: "The campaign does not run at this local hour or on this weekday.",
    Reason.TRIGGER_MISMATCH: (
        "The campaign waits for something else: another zone, kind of trigger or length of stay."
    ),
    Reason.CAP_VISIT: "The shopper has had this campaign as often in this visit as it allows.",
    Reason.CAP_DAY: (
        "The shopper or the household has had this campaign as often today as it allows."
    ),
    Reason.OFFER_NOT_VALID: "The offer itself is not valid yet or no longer.",
    Reason.BUDGET_EXHAUSTED: "The campaign's coupons or money are all reserved or spent.",
    Reason.NO_CREATIVE: "The offer has no text in the shopper's language.",
    Reason.VALUE_NOT_POSITIVE: (
        "The offer is expected to cost more than it brings for this shopper."
    ),
    Reason.LOWER_VALUE: "Another offer is expected to bring more.",
    Reason.HELD_OUT: (
        "The shopper belongs to the group that is shown nothing, so that the effect can be "
        "measured."
    ),
}

_RANKS: dict[Reason, int] = {reason: rank for rank, reason in enumerate(Reason)}


def in_gate_order(reasons: set[Reason]) -> tuple[Reason, ...]:
    """Each reason once, in the order of the gates."""
    return tuple(sorted(reasons, key=lambda reason: reason.rank))
