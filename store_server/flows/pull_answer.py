"""What an app asks with a pull, and what it is told: the values at both ends of `answer_pull`."""

from dataclasses import dataclass
from datetime import datetime

from store_server.decisions.choice import Pick
from store_server.decisions.decision import Decision
from store_server.decisions.reason import Reason
from store_server.errors import Refusal
from store_server.ids import OfferId, ShopperId, ZoneId
from store_server.offers.trigger import Placement

# What an app is told instead of a reason that would give the shopper's arm away.
NEUTRAL = Reason.VALUE_NOT_POSITIVE
# A ghost counts in caps like an offer: "had as many as allowed" without one says "held out".
UNTOLD = frozenset(
    {
        Reason.HELD_OUT,
        Reason.CAMPAIGN_HELD_OUT,
        Reason.OTHER_ARM,
        Reason.SHOPPER_CAP_VISIT,
        Reason.SHOPPER_CAP_DAY,
        Reason.SHOPPER_CAP_WEEK,
        Reason.CHANNEL_CAP,
        Reason.CAP_DAY,
        Reason.CAP_WEEK,
        Reason.CAP_VISIT,
        Reason.CAP_OFFER,
        Reason.EXCLUSION_GROUP,
        Reason.REENTRY,
        Reason.REPEATED,
        Reason.CATEGORY_SHARE,
        Reason.DISCOVERY_TURN,
    }
)


@dataclass(frozen=True, slots=True)
class PullAsked:
    """One question of a shopper's app.

    request_id: the app's own name of the question; the same one gets the same answer.
    placement: where the answer is shown.
    zone: where the shopper is, as the app has it; what presence believes goes before it.
    code: a code of the store that was scanned.
    basket: products in the basket: ids, or GTINs in any length.
    language: to answer in; None: the shopper's own.
    most: how many offers at most.
    token_hash: of the token that must still stand when it is answered; None: nobody's.
    """

    shopper: ShopperId
    request_id: str
    placement: Placement
    zone: ZoneId | None = None
    language: str | None = None
    most: int = 1
    token_hash: str | None = None
    code: str | None = None
    basket: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PulledOffer:
    """What the app shows; coupon_code None when the offer is no discount.

    decision: that made it; a dismissal names it.
    reason: how it was picked.
    language: of the words.
    personal_discount: whether `face_value_minor` was reckoned for this shopper: it must be said.
    """

    decision: str
    offer: OfferId
    title: str
    body: str
    coupon_code: str | None
    face_value_minor: int
    personal_discount: bool
    expires_at: datetime
    reason: Pick
    language: str


@dataclass(frozen=True, slots=True)
class PullAnswer:
    """The decisions that answer, and the offers among them.

    A held-out shopper must not see that there is a ghost: `outcome`, `reason` and the id of the
    first decision are what the app may be told.
    """

    decisions: tuple[Decision, ...]
    offers: tuple[PulledOffer, ...]

    @property
    def decision(self) -> Decision:
        """The first decision."""
        return self.decisions[0]

    @property
    def offer(self) -> PulledOffer | None:
        """The first offer."""
        return self.offers[0] if self.offers else None

    @property
    def outcome(self) -> str:
        """`offered` or `nothing`."""
        return "offered" if self.offers else "nothing"

    @property
    def reason(self) -> str | None:
        """The first reason code for nothing; one of `UNTOLD` reads like any offer not worth it."""
        if self.offers:
            return None
        first = self.decision.reasons[0] if self.decision.reasons else NEUTRAL
        return (NEUTRAL if first in UNTOLD else first).value


Answered = PullAnswer | Refusal
"""An answer, or why this question cannot be answered: the others asked with it are not held up."""
