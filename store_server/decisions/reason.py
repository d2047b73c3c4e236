"""Why an offer was not made: stable codes, each with a sentence for the retailer's analyst.

The codes stand in decision rows, reports and the API; they are only ever added to.
The order of the members is the order of the gates: first what concerns the shopper, then campaign
and offer, cheap and legal first; last what is settled by comparing what is left.
"""

from enum import StrEnum


class Reason(StrEnum):
    """What stopped an offer."""

    KILL_SWITCH = "kill_switch"
    SHOPPER_UNKNOWN = "shopper_unknown"
    OPEN_COMPLAINT = "open_complaint"
    NO_CONSENT_OFFERS = "no_consent_offers"
    NO_CONSENT_CHANNEL = "no_consent_channel"
    STAFF_DEVICE = "staff_device"
    STORE_CLOSED = "store_closed"
    ZONE_FORBIDS = "zone_forbids"
    QUIET_HOURS = "quiet_hours"
    HELD_OUT = "held_out"
    SHOPPER_CAP_VISIT = "shopper_cap_visit"
    SHOPPER_CAP_DAY = "shopper_cap_day"
    SHOPPER_CAP_WEEK = "shopper_cap_week"
    CHANNEL_CAP = "channel_cap"
    NOTHING_LISTENS = "nothing_listens"
    EXCLUDED = "excluded"
    CAMPAIGN_NOT_LIVE = "campaign_not_live"
    OUTSIDE_WINDOW = "outside_window"
    OUTSIDE_HOURS = "outside_hours"
    TRIGGER_MISMATCH = "trigger_mismatch"
    STEP_ENDS = "step_ends"
    OTHER_WAY = "other_way"
    OUTSIDE_SEGMENT = "outside_segment"
    CAMPAIGN_HELD_OUT = "campaign_held_out"
    CHANNEL_NOT_ALLOWED = "channel_not_allowed"
    AGE_RESTRICTED = "age_restricted"
    CAP_DAY = "cap_day"
    CAP_WEEK = "cap_week"
    CAP_VISIT = "cap_visit"
    CAP_OFFER = "cap_offer"
    EXCLUSION_GROUP = "exclusion_group"
    DISMISSED = "dismissed"
    REENTRY = "reentry"
    ALREADY_BOUGHT = "already_bought"
    OFFER_NOT_VALID = "offer_not_valid"
    OUT_OF_STOCK = "out_of_stock"
    MARGIN_FLOOR = "margin_floor"
    BUDGET_EXHAUSTED = "budget_exhausted"
    COUPON_POOL_EMPTY = "coupon_pool_empty"
    NO_CREATIVE = "no_creative"
    ZONE_UNSURE = "zone_unsure"
    OTHER_ARM = "other_arm"
    REPEATED = "repeated"
    CATEGORY_SHARE = "category_share"
    VALUE_NOT_POSITIVE = "value_not_positive"
    VALUE_BELOW_FLOOR = "value_below_floor"
    LOWER_PRIORITY = "lower_priority"
    DISCOVERY_TURN = "discovery_turn"
    LOWER_VALUE = "lower_value"
    EXPLORED_OTHER = "explored_other"

    @property
    def description(self) -> str:
        """One English sentence, as docs/decisions.md has it."""
        return _DESCRIPTIONS[self]

    @property
    def rank(self) -> int:
        """The place of the gate in the fixed order, from 0."""
        return _RANKS[self]


# These speak of a whole campaign; the others of one of its offers, or of the shopper.
OF_CAMPAIGN = frozenset(
    {
        Reason.CAMPAIGN_NOT_LIVE,
        Reason.OUTSIDE_WINDOW,
        Reason.OUTSIDE_HOURS,
        Reason.TRIGGER_MISMATCH,
        Reason.STEP_ENDS,
        Reason.OUTSIDE_SEGMENT,
        Reason.CHANNEL_NOT_ALLOWED,
        Reason.CAP_DAY,
        Reason.CAP_WEEK,
        Reason.CAP_VISIT,
        Reason.EXCLUSION_GROUP,
        Reason.DISMISSED,
        Reason.REENTRY,
        Reason.ZONE_UNSURE,
    }
)

_DESCRIPTIONS: dict[Reason, str] = {
    Reason.KILL_SWITCH: "The store is silenced: somebody has thrown the kill switch.",
    Reason.SHOPPER_UNKNOWN: "The shopper is not known here, or goes by another name since a merge.",
    Reason.OPEN_COMPLAINT: "The shopper has a complaint open.",
    Reason.NO_CONSENT_OFFERS: "The shopper has not agreed to receive offers.",
    Reason.NO_CONSENT_CHANNEL: "The shopper has not agreed to be told in this channel.",
    Reason.STAFF_DEVICE: "The device belongs to somebody who works here.",
    Reason.STORE_CLOSED: "The store is closed at this hour.",
    Reason.ZONE_FORBIDS: "Nobody is spoken to at the till, on the way out or in service zones.",
    Reason.QUIET_HOURS: "These are the quiet hours of the store.",
    Reason.HELD_OUT: (
        "The shopper belongs to the group that is shown nothing, so that the effect can be "
        "measured."
    ),
    Reason.SHOPPER_CAP_VISIT: (
        "The shopper has had as many offers in this visit as the store allows."
    ),
    Reason.SHOPPER_CAP_DAY: (
        "The shopper or the household has had as many offers today as the store allows."
    ),
    Reason.SHOPPER_CAP_WEEK: (
        "The shopper or the household has had as many offers in seven days as the store allows."
    ),
    Reason.CHANNEL_CAP: (
        "The shopper or the household has had as many offers today in this channel as allowed."
    ),
    Reason.NOTHING_LISTENS: "No campaign listens to this kind of trigger in this zone.",
    Reason.EXCLUDED: "The shopper never wants to see this offer, or anything of this category.",
    Reason.CAMPAIGN_NOT_LIVE: "The campaign is not live.",
    Reason.OUTSIDE_WINDOW: "The campaign has not started yet or is over.",
    Reason.OUTSIDE_HOURS: "The campaign does not run at this local hour or on this weekday.",
    Reason.TRIGGER_MISMATCH: (
        "The campaign waits for something else: another zone, kind of trigger or length of stay."
    ),
    Reason.STEP_ENDS: "On the way that its step took, the campaign says nothing.",
    Reason.OTHER_WAY: "The offer belongs to the other way of the campaign's step.",
    Reason.OUTSIDE_SEGMENT: "The shopper is not in the segment that the campaign is for.",
    Reason.CAMPAIGN_HELD_OUT: (
        "The household belongs to the group that this campaign is held back from, as a measure."
    ),
    Reason.CHANNEL_NOT_ALLOWED: "The campaign may not be told by the channel that was chosen.",
    Reason.AGE_RESTRICTED: "The shopper is not known to be old enough for this offer.",
    Reason.CAP_DAY: (
        "The shopper or the household has had this campaign as often today as it allows."
    ),
    Reason.CAP_WEEK: (
        "The shopper or the household has had this campaign as often in seven days as it allows."
    ),
    Reason.CAP_VISIT: "The shopper has had this campaign as often in this visit as it allows.",
    Reason.CAP_OFFER: "The shopper has had this offer as often in seven days as it allows.",
    Reason.EXCLUSION_GROUP: "Another campaign of the same group has spoken in this visit.",
    Reason.DISMISSED: "The shopper dismissed this campaign a short while ago.",
    Reason.REENTRY: "The shopper has had this campaign, and it does not come back so soon.",
    Reason.ALREADY_BOUGHT: "The shopper has already bought of this category in this visit.",
    Reason.OFFER_NOT_VALID: "The offer itself is not valid yet or no longer.",
    Reason.OUT_OF_STOCK: "What is offered is not on the shelf.",
    Reason.MARGIN_FLOOR: "The discount would leave less of the margin than the offer demands.",
    Reason.BUDGET_EXHAUSTED: "The campaign's coupons or money are all reserved or spent.",
    Reason.COUPON_POOL_EMPTY: "All coupons of this offer have been given out.",
    Reason.NO_CREATIVE: "The offer has no text in the shopper's language.",
    Reason.ZONE_UNSURE: "It is not sure enough that the shopper stands in this zone.",
    Reason.OTHER_ARM: "In the experiment this household gets another variant of the campaign.",
    Reason.REPEATED: "The shopper has seen this very offer in this visit.",
    Reason.CATEGORY_SHARE: "Too many of the shopper's last offers were of this category.",
    Reason.VALUE_NOT_POSITIVE: (
        "The offer is expected to cost more than it brings for this shopper."
    ),
    Reason.VALUE_BELOW_FLOOR: "The offer is expected to bring less than is worth a message.",
    Reason.LOWER_PRIORITY: "A campaign of a higher tier has something to offer.",
    Reason.DISCOVERY_TURN: "It was the turn of something that the shopper has never bought.",
    Reason.LOWER_VALUE: "Another offer is expected to bring more.",
    Reason.EXPLORED_OTHER: "Another offer was drawn by lot, so as to learn what it does.",
}

_RANKS: dict[Reason, int] = {reason: rank for rank, reason in enumerate(Reason)}


def in_gate_order(reasons: set[Reason]) -> tuple[Reason, ...]:
    """Each reason once, in the order of the gates."""
    return tuple(sorted(reasons, key=lambda reason: reason.rank))
