"""What is known of one shopper at one moment, as segments read it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from store_server.shoppers.profile import Profile, Standing


class PurchaseFact(NamedTuple):
    """One line of a basket; `amount_minor` is what was paid for it."""

    at_ms: int
    basket: str
    product: str
    category: str | None
    quantity: int
    amount_minor: int


class EventFact(NamedTuple):
    """Something that happened: `item` is what it was about, `amount` what the kind counts."""

    at_ms: int
    kind: str
    item: str | None
    amount: int


class LiveFacts(NamedTuple):
    """Where a shopper is who is in the shop.

    `zone` and `dwell_s` are None between zones; `visit_s` is how long the visit lasts by now;
    `visited` are the zones of this visit, the present one too.
    """

    zone: str | None
    dwell_s: int | None
    visit_s: int
    visited: frozenset[str]


class Moment(NamedTuple):
    """When a segment is asked: UTC ms, and the store's calendar day."""

    at_ms: int
    today: date


EPOCH = Moment(0, datetime.fromtimestamp(0, UTC).date())


@dataclass(frozen=True, slots=True)
class SegmentSubject:
    """One shopper, as segments read them; facts oldest first, `live` None when not in the shop.

    `memo` keeps what was counted once, for all the segments that ask the same at this moment.
    """

    profile: Profile
    moment: Moment = EPOCH
    purchases: tuple[PurchaseFact, ...] = ()
    events: tuple[EventFact, ...] = ()
    live: LiveFacts | None = None
    memo: dict[str, int | None] = field(default_factory=dict, compare=False, repr=False)


def without_profile(subject: SegmentSubject) -> SegmentSubject:
    """The shopper as segments may see one who did not agree to a profile.

    What stays: household, language, bucket, whether they are staff or have a complaint open, the
    channels, and where they are, which another consent is for.
    """
    bare = replace(subject.profile, attributes={}, standing=Standing())
    return replace(subject, profile=bare, purchases=(), events=(), memo={})
