"""What was chosen for one trigger, and why: the immutable trace from which all else is read.

There is one decision per trigger, also when nothing is shown. Explanation, lift, caps and replay
need no other source.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from store_server.decisions.channel_choice import ChannelMark
from store_server.decisions.choice import Pick
from store_server.decisions.reason import Reason
from store_server.ids import CampaignId, HouseholdId, OfferId, ShopperId, ZoneId, natural_id
from store_server.offers.channel import ReadingChannel
from store_server.offers.trigger import TriggerKind


class Outcome(StrEnum):
    """How a decision ended. `held_out` keeps the offer that would have been made: a ghost.

    `handed_over`: a step called the staff; there is a campaign and no offer.
    """

    OFFERED = "offered"
    HELD_OUT = "held_out"
    NOTHING = "nothing"
    HANDED_OVER = "handed_over"


class Arm(StrEnum):
    """The group to which shopper or household belongs, whatever the outcome."""

    OFFER = "offer"
    HOLDOUT = "holdout"


class Candidate(NamedTuple):
    """One campaign's offer that was looked at, and what refused it.

    A NamedTuple because a decision makes hundreds of them.

    offer: None when the campaign was refused before its offers were looked at.
    reason: None for the chosen one.
    value_minor: expected gain over showing nothing, in minor units; None when not computed.
    chance_with / chance_without: P(buy | offer) and P(buy | no offer) in this visit.
    """

    campaign: CampaignId
    offer: OfferId | None
    reason: Reason | None
    value_minor: float | None = None
    chance_with: float | None = None
    chance_without: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one trigger. Latency is measured, not decided: two replays are still equal.

    campaign / offer: what was chosen; the ghost's when held out; None for nothing. Their versions:
        the offer's is None also in a decision from before offers had versions.
    propensity: the probability with which this policy makes this choice, given its arm.
    seed: what any random draw of this decision would start from; follows from the trigger.
    reasons: why nothing was shown, in gate order; empty when offered.
    candidates: all of them, or the best of very many. refused: how many offers each gate refused.
    channel: where it is read. pick: how the choice came about, None for nothing.
    channels: those that reach the shopper, the best first; () = there was no choice.
    face_value_minor: the discount, personal where the offer has bounds; None for nothing.
    variants: (experiment, arm) of each that was in play: one of its campaigns came through all
        gates before the arm was looked at, so that every arm has the like of it.
    creative: the variant of the words; None: the usual ones.
    """

    id: str
    trigger_id: str
    trigger_kind: TriggerKind
    shopper: ShopperId
    household: HouseholdId | None
    zone: ZoneId | None
    visit_id: str | None
    at: datetime
    outcome: Outcome
    campaign: CampaignId | None
    offer: OfferId | None
    is_fallback: bool
    candidates: tuple[Candidate, ...]
    arm: Arm
    propensity: float
    policy_version: str
    seed: int
    reasons: tuple[Reason, ...]
    campaign_version: int | None = None
    offer_version: int | None = None
    language: str = "en"
    channel: ReadingChannel = ReadingChannel.PUSH
    pick: Pick | None = None
    face_value_minor: int | None = None
    refused: tuple[tuple[Reason, int], ...] = ()
    variants: tuple[tuple[str, str], ...] = ()
    creative: str | None = None
    channels: tuple[ChannelMark, ...] = field(default=(), compare=False)
    latency_us: int = field(default=0, compare=False)

    @property
    def counts_in_caps(self) -> bool:
        """Offered and ghost alike, so that both arms run into the same caps."""
        return self.outcome is not Outcome.NOTHING

    @property
    def named_offer(self) -> OfferId:
        """The offer of a decision that chose one.

        Raises:
            ValueError: it chose nothing.
        """
        if self.offer is None:
            raise ValueError(f"decision {self.id} chose nothing")
        return self.offer

    @property
    def named_campaign(self) -> CampaignId:
        """The campaign of a decision that chose one.

        Raises:
            ValueError: it chose nothing.
        """
        if self.campaign is None:
            raise ValueError(f"decision {self.id} chose nothing")
        return self.campaign

    @property
    def value_minor(self) -> float | None:
        """The expected gain of what was chosen, or None."""
        for candidate in self.candidates:
            if candidate.reason is None:
                return candidate.value_minor
        return None


def decision_id(org: str, store: str, trigger: str) -> str:
    """The name of the decision on this trigger: a trigger is decided once."""
    return natural_id("decision", org, store, trigger)
