"""What is promised: so much off this, at that margin, in these words, and what we believe it does.

An offer with a face value of 0 is a message without a discount (a recipe, a new arrival): it
costs nothing and is a good fallback.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from store_server.ids import OfferId
from store_server.offers.channel import ReadingChannel
from store_server.offers.creative import Creative, creative_for, split_key
from store_server.offers.field_checks import (
    require,
    require_slug,
    require_span,
    require_text,
)
from store_server.offers.terms import NO_TERMS, OfferTerms

CODE = "bad_offer"
MOST_TAGS, LONGEST_TAG = 12, 30


@dataclass(frozen=True, slots=True)
class EffectPrior:
    """A Beta belief of the share of those who would not buy that the offer makes buy.

    mean: 0..1 (both excluded). strength: how many shown offers the belief is worth, > 0.
    """

    mean: float
    strength: float

    def __post_init__(self) -> None:
        require(
            0.0 < self.mean < 1.0,
            where="effect prior: mean",
            value=self.mean,
            expected="between 0 and 1, both excluded",
            code=CODE,
        )
        require(
            0.0 < self.strength <= 1e6,
            where="effect prior: strength",
            value=self.strength,
            expected="above 0 and at most 1000000 (shown offers)",
            code=CODE,
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """One promise. Money in minor units of the store's currency.

    margin_minor: earned on one purchase at full price, before the discount.
    face_value_minor: what the coupon takes off.
    category: what counts as buying it, for the purchase model and for attribution.
    coupon_valid_s: how long a coupon lives after the decision; None = as the store has it.
    terms: age, least margin, bounds of a personal discount, weekly cap, coupon pool.
    version: counts the edits; stands in each decision and in each coupon.
    tags: what people find its words by; they promise nothing, so another tag is no other version.
    """

    id: OfferId
    name: str
    category: str
    product_ids: tuple[str, ...]
    price_minor: int
    margin_minor: int
    face_value_minor: int
    effect_prior: EffectPrior
    creatives: Mapping[str, Creative] = field(hash=False)
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    coupon_valid_s: int | None = None
    terms: OfferTerms = NO_TERMS
    version: int = 1
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        require_slug(self.id, where="offer: id", code=CODE)
        where = f"offer {self.id}"
        require_text(self.name, where=f"{where}: name", longest=80, code=CODE)
        require_text(self.category, where=f"{where}: category", longest=80, code=CODE)
        self._require_money(where)
        self._require_tags(where)
        require_span(
            self.valid_from,
            self.valid_until,
            where=where,
            names=("valid_from", "valid_until"),
            code=CODE,
        )
        require(
            self.coupon_valid_s is None or 60 <= self.coupon_valid_s <= 90 * 86_400,
            where=f"{where}: coupon_valid_s",
            value=self.coupon_valid_s,
            expected="60 s to 90 days, or absent",
            code=CODE,
        )
        require(
            1 <= self.version <= 10**9,
            where=f"{where}: version",
            value=self.version,
            expected="1..1000000000",
            code=CODE,
        )
        require(
            any(
                one.channel is None and one.variant is None
                for one in map(split_key, self.creatives)
            ),
            where=f"{where}: creatives",
            value=sorted(self.creatives),
            expected="at least one for every channel, by language such as en or pt-br",
            code=CODE,
        )
        self.terms.check(where, price_minor=self.price_minor)
        object.__setattr__(self, "creatives", MappingProxyType(dict(self.creatives)))

    def _require_money(self, where: str) -> None:
        require(
            0 < self.price_minor < 10**9,
            where=f"{where}: price_minor",
            value=self.price_minor,
            expected="1 or more (minor units)",
            code=CODE,
        )
        require(
            0 <= self.margin_minor <= self.price_minor,
            where=f"{where}: margin_minor",
            value=self.margin_minor,
            expected=f"0..{self.price_minor} (price_minor)",
            code=CODE,
        )
        require(
            0 <= self.face_value_minor <= self.price_minor,
            where=f"{where}: face_value_minor",
            value=self.face_value_minor,
            expected=f"0..{self.price_minor} (price_minor)",
            code=CODE,
        )

    def _require_tags(self, where: str) -> None:
        require(
            len(self.tags) <= MOST_TAGS
            and all(
                0 < len(one) <= LONGEST_TAG and one.isprintable() and one == one.strip()
                for one in self.tags
            )
            and not any("," in one for one in self.tags),
            where=f"{where}: tags",
            value=sorted(self.tags)[:MOST_TAGS],
            expected=f"at most {MOST_TAGS}, each 1..{LONGEST_TAG} printable characters, no comma",
            code=CODE,
        )

    def is_valid_at(self, at: datetime) -> bool:
        """Whether the promise stands at `at`; the end is excluded."""
        after_start = self.valid_from is None or self.valid_from <= at
        return after_start and (self.valid_until is None or at < self.valid_until)

    def creative_in(
        self, language: str, channel: ReadingChannel | None = None, variant: str | None = None
    ) -> Creative | None:
        """The words for a reader of `language`, or None; of `variant` and for `channel` first."""
        return creative_for(language, self.creatives, channel, variant)
