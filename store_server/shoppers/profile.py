"""What is known of one shopper as a customer: said by the retailer, or worked out from receipts.

Everything may be unknown. What is worked out (life-cycle stage, risk, bands, lifetime value) is
written by whoever computes it and only read here. Bands run from 1 (lowest fifth) to 5 (highest).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.attributes import AttributeValue

BUCKETS = 10_000
# Before the name of a channel among what a shopper never wants to see.
CHANNEL_WISH = "channel:"
STAFF_CHANNEL = "staff"


class LifeStage(StrEnum):
    """Where a shopper stands with the shop."""

    NEW = "new"
    GROWING = "growing"
    LOYAL = "loyal"
    AT_RISK = "at_risk"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Rfm:
    """Fifths of all shoppers: how lately, how often and for how much; 5 is best in each."""

    recency: int
    frequency: int
    monetary: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What was worked out of a shopper's purchases; None is not known.

    `churn_risk` is a chance (0..1), `next_visit_days` the days until the next visit is expected,
    `lifetime_value_minor` in minor units, `value_band` the fifth that it lies in.
    """

    stage: LifeStage | None = None
    churn_risk: float | None = None
    next_visit_days: float | None = None
    rfm: Rfm | None = None
    value_band: int | None = None
    lifetime_value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One shopper as a customer.

    `channels` are those the shopper can be reached by, `excluded` what they never want to see
    (categories and offers by id), `random_bucket` their place in 0..9999, for ever the same.
    """

    shopper: ShopperId
    household: HouseholdId | None = None
    language: str = "en"
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    channels: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    open_complaints: int = 0
    staff: bool = False
    random_bucket: int = 0

    def takes(self, channel: str) -> bool:
        """Whether the shopper takes messages in a channel: "channel:push" excluded is a no.

        Where the retailer says what the shopper can be reached by, it must be one of these; the
        staff of the shop reach whoever is in it.
        """
        if f"{CHANNEL_WISH}{channel}" in self.excluded:
            return False
        return channel == STAFF_CHANNEL or not self.channels or channel in self.channels

    @property
    def stage(self) -> LifeStage | None:
        """The life-cycle stage."""
        return self.standing.stage

    @property
    def churn_risk(self) -> float | None:
        """The chance that the shopper does not come back, 0..1."""
        return self.standing.churn_risk

    @property
    def rfm(self) -> Rfm | None:
        """Recency, frequency and money, in fifths."""
        return self.standing.rfm

    @property
    def lifetime_value_minor(self) -> int | None:
        """What the shopper is worth in all, in minor units."""
        return self.standing.lifetime_value_minor


def random_bucket(*, org: str, shopper: str) -> int:
    """A shopper's place in 0..9999: even over shoppers, the same for ever.

    Holdouts and experiments draw for themselves, with salts of their own: a segment of bucket
    0..999 says nothing of whose arm is whose.

    Example:
        >>> random_bucket(org="acme", shopper="s-1042")
        7137
    """
    digest = hashlib.blake2b(digest_size=8, person=b"segment-bucket")
    for part in (org, shopper):
        digest.update(len(part.encode()).to_bytes(4, "big") + part.encode())
    return int.from_bytes(digest.digest(), "big") % BUCKETS
