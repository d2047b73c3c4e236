"""What is known of the shopper and of the place at the instant of a decision, as values.

The desk looks all of it up before anything is decided, for everybody at hand at once. What is left
at its default refuses nobody. Facts read from a profile are there only with consent to `profile`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from store_server.ids import CampaignId
from store_server.shoppers.profile import LifeStage

F = TypeVar("F", "ShopperFacts", "PlaceFacts")


@dataclass(frozen=True, slots=True)
class ShopperFacts:
    """The shopper.

    is_known: there is a shopper of this name; not one forgotten, or merged into another.
    excluded: categories and offers that the shopper never wants to see.
    channel_allowed: the shopper takes messages in the channel of this decision.
    age: whole years; None = not known.
    segments: of those that the listening campaigns name, the ones the shopper belongs to.
    bought: categories bought in this visit.
    dismissed_s: seconds since the shopper last dismissed a campaign.
    dismissed_in_visit: campaigns dismissed since this visit began, whatever their cooldown.
    groups: exclusion groups of which something was shown in this visit.
    recent: categories of the offers of the last seven days, shopper and household.
    stage / churn_risk: where the shopper stands with the shop; None = not known.
    """

    is_known: bool = True
    open_complaints: int = 0
    excluded: frozenset[str] = frozenset()
    is_staff: bool = False
    channel_allowed: bool = True
    age: int | None = None
    segments: frozenset[str] = frozenset()
    bought: frozenset[str] = frozenset()
    dismissed_s: Mapping[CampaignId, int] = field(default_factory=dict)
    dismissed_in_visit: frozenset[CampaignId] = frozenset()
    groups: frozenset[str] = frozenset()
    recent: tuple[str, ...] = ()
    stage: LifeStage | None = None
    churn_risk: float | None = None


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """The store and where in it the shopper is.

    is_open: the doors are open at this hour.
    zone_kind: of the zone: sales, entrance, exit, checkout, service; None = no zone.
    confidence_bp: how sure the zone is; None = nobody said where the shopper is.
    out_of_stock: products that are not on the shelf.
    """

    is_open: bool = True
    zone_kind: str | None = None
    confidence_bp: int | None = None
    out_of_stock: frozenset[str] = frozenset()


NO_SHOPPER_FACTS = ShopperFacts()
NO_PLACE_FACTS = PlaceFacts()


def write_facts(facts: ShopperFacts | PlaceFacts) -> dict[str, object]:
    """What differs from the default, fit for JSON; sets sorted, so that equal facts read alike."""
    usual = NO_SHOPPER_FACTS if isinstance(facts, ShopperFacts) else NO_PLACE_FACTS
    # Written for every decision: `dataclasses.fields` would make a list of them each time.
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name in usual.__dataclass_fields__
        if (value := getattr(facts, name)) != getattr(usual, name)
    }


def read_facts(entries: Mapping[str, object], kind: type[F]) -> F:
    """The facts of `write_facts`."""
    return msgspec.convert(dict(entries), type=kind)
