"""What a segment says, as one tree of typed nodes; JSON in, JSON out.

Meaning, the same in every reading:

- A comparison with something that is not known (an attribute nobody said, a band nobody worked
  out, the zone of a shopper who is not here) is false. So `not` of it is true: "not (city is
  Vienna)" holds for shoppers without a city. `known` asks whether a value is there.
- How often and how much is always known: without purchases it is 0. When something last happened
  is not known of what never did: neither "within 30 days" nor "longer ago than 30 days".
- The last n days are the n x 24 hours up to now; later facts do not count. Days of dates are
  calendar days of the store. Texts are compared without regard to letter case.
- Attributes, bands, figures, purchases and events are there only with consent to a profile.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from store_server.shoppers.attributes import GREATEST_NUMBER
from store_server.shoppers.profile import BUCKETS, LifeStage
from store_server.shoppers.segments.fact_filter import MOST_VALUES, Facts, Node, Printable, Slug

MOST_CHILDREN = 50
LONGEST_DAYS = 3_660
_LARGE = 10**15

AttributeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Texts = Annotated[tuple[Printable, ...], Field(min_length=1, max_length=MOST_VALUES)]
Slugs = Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MOST_VALUES)]
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Days = Annotated[int, Field(strict=True, ge=1, le=LONGEST_DAYS)]
Seconds = Annotated[int, Field(strict=True, ge=0, le=86_400)]
Whole = Annotated[int, Field(strict=True, ge=-_LARGE, le=_LARGE)]
Number = Annotated[
    float, Field(strict=True, ge=-GREATEST_NUMBER, le=GREATEST_NUMBER, allow_inf_nan=False)
]


class Compare(StrEnum):
    """How two numbers are compared."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


class All(Node):
    """Every one of these holds."""

    kind: Literal["all"]
    of: Annotated[tuple["SegmentTree", ...], Field(min_length=1, max_length=MOST_CHILDREN)]


class Any(Node):
    """At least one of these holds."""

    kind: Literal["any"]
    of: Annotated[tuple["SegmentTree", ...], Field(min_length=1, max_length=MOST_CHILDREN)]


class Not(Node):
    """This does not hold: also where it cannot, because something is not known."""

    kind: Literal["not"]
    of: "SegmentTree"


class Everyone(Node):
    """Every shopper."""

    kind: Literal["everyone"]


class TextIs(Node):
    """A text attribute compared with each of `values`: one of them, or for is_not none."""

    kind: Literal["text"]
    name: AttributeName
    op: Literal["is", "is_not", "contains", "starts_with"]
    values: Texts


class ChoiceIs(Node):
    """A choice attribute is one of these, or none of them."""

    kind: Literal["choice"]
    name: AttributeName
    op: Literal["is", "is_not"]
    values: Texts


class NumberIs(Node):
    """A number attribute compared with a value."""

    kind: Literal["number"]
    name: AttributeName
    op: Compare
    value: Number


class FlagIs(Node):
    """A bool attribute is true, or false."""

    kind: Literal["bool"]
    name: AttributeName
    value: Annotated[bool, Field(strict=True)]


class DateIs(Node):
    """A date attribute before, on or after a day."""

    kind: Literal["date"]
    name: AttributeName
    op: Literal["before", "on", "after"]
    day: date


class DateWithin(Node):
    """A date attribute in the last or next days; today counts in both."""

    kind: Literal["date_within"]
    name: AttributeName
    direction: Literal["last", "next"]
    days: Annotated[int, Field(strict=True, ge=0, le=LONGEST_DAYS)]


class Anniversary(Node):
    """The day and month of a date attribute come within these days, today included.

    29 February is kept on 28 February in years that have no 29th.
    """

    kind: Literal["anniversary"]
    name: AttributeName
    days: Annotated[int, Field(strict=True, ge=0, le=365)]


class Known(Node):
    """An attribute has a value."""

    kind: Literal["known"]
    name: AttributeName


class Language(Node):
    """The shopper's language is one of these; "en" means every English."""

    kind: Literal["language"]
    values: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=MOST_VALUES)]


class InHousehold(Node):
    """The shopper belongs to a household that is known."""

    kind: Literal["household"]


class Stage(Node):
    """The life-cycle stage is one of these."""

    kind: Literal["stage"]
    values: Annotated[tuple[LifeStage, ...], Field(min_length=1, max_length=len(LifeStage))]


class Band(Node):
    """A fifth of all shoppers: of RFM or of lifetime value, 1 lowest to 5 highest."""

    kind: Literal["band"]
    of: Literal["recency", "frequency", "monetary", "value"]
    op: Compare
    value: Annotated[int, Field(strict=True, ge=1, le=5)]


class Figure(Node):
    """A number that was worked out of the shopper."""

    kind: Literal["figure"]
    of: Literal["lifetime_value_minor", "churn_risk", "next_visit_days", "open_complaints"]
    op: Compare
    value: Number


class Channel(Node):
    """The shopper can be reached by this channel."""

    kind: Literal["channel"]
    channel: Slug


class Staff(Node):
    """The shopper works here."""

    kind: Literal["staff"]


class Tally(Node):
    """How often or how much, in the last `days` or ever.

    `count` counts lines or events; `baskets` and `quantity` are of purchases; `amount` is money in
    minor units for purchases, and what the kind of event says for events (seconds of a visit).
    """

    kind: Literal["tally"]
    facts: Facts
    measure: Literal["count", "baskets", "quantity", "amount"] = "count"
    days: Days | None = None
    op: Compare
    value: Whole


class Recency(Node):
    """The last time lies within these days, or longer ago."""

    kind: Literal["recency"]
    facts: Facts
    op: Literal["within", "longer_ago"]
    days: Days


class InSegment(Node):
    """The shopper belongs to another segment."""

    kind: Literal["segment"]
    id: Slug


class LiveZone(Node):
    """The shopper is in one of these zones now."""

    kind: Literal["live_zone"]
    zones: Slugs


class LiveDwell(Node):
    """How long the shopper has been in the zone they are in."""

    kind: Literal["live_dwell"]
    op: Compare
    seconds: Seconds


class LiveVisit(Node):
    """How long the visit lasts by now; nobody who is not here has one."""

    kind: Literal["live_visit"]
    op: Compare
    seconds: Seconds


class LiveVisited(Node):
    """The shopper has been in one of these zones during this visit."""

    kind: Literal["live_visited"]
    zones: Slugs


class Bucket(Node):
    """The shopper's random place, 0..9999, lies in [first, below): the same shoppers always."""

    kind: Literal["bucket"]
    first: Annotated[int, Field(strict=True, ge=0, lt=BUCKETS)] = 0
    below: Annotated[int, Field(strict=True, gt=0, le=BUCKETS)]


AttributeLeaf = TextIs | ChoiceIs | NumberIs | FlagIs | DateIs | DateWithin | Anniversary | Known
ProfileLeaf = Language | InHousehold | Stage | Band | Figure | Channel | Staff | Bucket
FactLeaf = Tally | Recency
LiveLeaf = LiveZone | LiveDwell | LiveVisit | LiveVisited
Leaf = Everyone | AttributeLeaf | ProfileLeaf | FactLeaf | LiveLeaf | InSegment

SegmentTree = Annotated[All | Any | Not | Leaf, Field(discriminator="kind")]

for _node in (All, Any, Not):
    _node.model_rebuild()
