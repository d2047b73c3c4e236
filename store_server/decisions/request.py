"""Everything one decision is made from, as values: nothing else is looked up while deciding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from store_server.decisions.facts import (
    NO_PLACE_FACTS,
    NO_SHOPPER_FACTS,
    PlaceFacts,
    ShopperFacts,
)
from store_server.decisions.frequency_cap import Shown
from store_server.ids import CampaignId, HouseholdId, OfferId, Scope
from store_server.offers.budget import BudgetUse
from store_server.offers.channel import ReadingChannel
from store_server.offers.trigger import Trigger, TriggerKind


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """One question, with all that is known about who asks.

    at: the instant that rules go by; may be later than the trigger's own.
    local: the store's time zone.
    offers_allowed / profile_allowed: consents at `at`; without the second the shopper's own
        purchases are not looked at, and the population's stand in.
    budgets: what the campaigns have given away; one that is absent has given away nothing.
    pools: how many coupons of an offer have been given out, where the offer has a pool.
    silenced: the store's kill switch is on.
    channel: where the shopper would read it.
    kept_arms: the arms that the household was given before, by experiment.
    arms: those that it has now: filled in by `decide` where a gate asks for them.
    spent: offers that their own budget, or the store's, does not let through any more.
    """

    trigger: Trigger
    scope: Scope
    at: datetime
    local: tzinfo
    household: HouseholdId | None
    language: str
    offers_allowed: bool
    profile_allowed: bool
    shown: Shown = field(default_factory=Shown)
    budgets: Mapping[CampaignId, BudgetUse] = field(default_factory=dict)
    silenced: bool = False
    channel: ReadingChannel = ReadingChannel.PUSH
    pools: Mapping[OfferId, int] = field(default_factory=dict)
    shopper: ShopperFacts = NO_SHOPPER_FACTS
    place: PlaceFacts = NO_PLACE_FACTS
    kept_arms: Mapping[str, str] = field(default_factory=dict)
    arms: Mapping[str, str] = field(default_factory=dict)
    spent: frozenset[OfferId] = frozenset()

    @property
    def interrupts(self) -> bool:
        """Whether the shopper did not ask: then quiet hours and forbidden zones hold."""
        return self.trigger.kind is not TriggerKind.PULL
