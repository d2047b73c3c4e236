"""When and to whom offers are made: trigger, window, hours, budget, caps, fallback."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store_server.ids import CampaignId, OfferId
from store_server.offers.field_checks import require, require_slug, require_span, require_text
from store_server.offers.limits import NO_LIMITS, CampaignLimits
from store_server.offers.opening import Hours, LocalTime, is_open
from store_server.offers.step import Branch, Does, Step
from store_server.offers.trigger import Trigger, TriggerKind, TriggerRule

CODE = "bad_campaign"
EVERY_DAY = frozenset(range(1, 8))


class CampaignState(StrEnum):
    """How far a campaign is; only a live one speaks. `lifecycle` has the moves between them."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


# The others are not even listened to.
LISTENING = frozenset({CampaignState.SCHEDULED, CampaignState.LIVE, CampaignState.PAUSED})


class Goal(StrEnum):
    """What a campaign is to move; the report compares it between offered and held out."""

    PURCHASES = "purchases"
    MARGIN = "margin"
    REDEMPTIONS = "redemptions"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class Campaign:
    """Offers of which one may be made when the trigger asks.

    starts_at / ends_at: aware instants, the end excluded; None = open.
    hours / weekdays: of the store's local time; 1 = Monday.
    budget_issues: coupons at most. budget_minor: face value reserved and spent at most.
    cap_per_visit / cap_per_day: how often a shopper (and the household, per day) may get it.
    fallback_offer: shown when no offer of any campaign is worth its cost.
    moment_s: how long the notification is worth delivering; None = as the store has it.
    version: counts the edits; stands in each decision.
    goal / smallest_effect_bp: what it is to move, and by how much at least to be worth having, in
        basis points; without both it cannot go live.
    segment: only its members; None = everybody.
    holdout_bp: share of households that this campaign is held back from, in basis points.
    priority: tier, 0..9; a higher one goes first, whatever the values.
    exclusion_group: of the campaigns of one group a shopper gets one in a visit.
    step: what is waited for after the trigger; None = it speaks at the trigger.
    """

    id: CampaignId
    name: str
    offers: tuple[OfferId, ...]
    trigger: TriggerRule
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    hours: Hours | None = None
    weekdays: frozenset[int] = EVERY_DAY
    budget_issues: int | None = None
    budget_minor: int | None = None
    cap_per_visit: int = 1
    cap_per_day: int = 1
    fallback_offer: OfferId | None = None
    state: CampaignState = CampaignState.DRAFT
    moment_s: int | None = None
    version: int = 1
    goal: Goal | None = None
    smallest_effect_bp: int | None = None
    segment: str | None = None
    holdout_bp: int = 0
    priority: int = 0
    exclusion_group: str | None = None
    limits: CampaignLimits = NO_LIMITS
    step: Step | None = None

    def __post_init__(self) -> None:
        require_slug(self.id, where="campaign: id", code=CODE)
        where = f"campaign {self.id}"
        require_text(self.name, where=f"{where}: name", longest=80, code=CODE)
        require(
            bool(self.offers) and len(set(self.offers)) == len(self.offers),
            where=f"{where}: offers",
            value=list(self.offers),
            expected="one or more offer ids, each once",
            code=CODE,
        )
        require(
            bool(self.weekdays) and self.weekdays <= EVERY_DAY,
            where=f"{where}: weekdays",
            value=sorted(self.weekdays),
            expected="some of 1 (Monday) to 7 (Sunday)",
            code=CODE,
        )
        require_span(
            self.starts_at, self.ends_at, where=where, names=("starts_at", "ends_at"), code=CODE
        )
        self._require_counts(where)
        require(
            self.step is None or self.trigger.kind is not TriggerKind.PULL,
            where=f"{where}: step",
            value="a step",
            expected="absent for trigger kind pull: who asks is answered at once",
            code=CODE,
        )
        self.limits.check(where)
        for name, value in (("segment", self.segment), ("exclusion_group", self.exclusion_group)):
            if value is not None:
                require_slug(value, where=f"{where}: {name}", code=CODE)

    def _require_counts(self, where: str) -> None:
        for name, number, least, most in (
            ("budget_issues", self.budget_issues, 0, 10**9),
            ("budget_minor", self.budget_minor, 0, 10**15),
            ("cap_per_visit", self.cap_per_visit, 1, 1000),
            ("cap_per_day", self.cap_per_day, 1, 1000),
            ("moment_s", self.moment_s, 10, 86_400),
            ("version", self.version, 1, 10**9),
            ("smallest_effect_bp", self.smallest_effect_bp, 1, 10_000),
            ("holdout_bp", self.holdout_bp, 0, 5_000),
            ("priority", self.priority, 0, 9),
        ):
            require(
                number is None or least <= number <= most,
                where=f"{where}: {name}",
                value=number,
                expected=f"{least}..{most}",
                code=CODE,
            )

    def is_running_at(self, at: datetime) -> bool:
        """Whether `at` lies between start and end."""
        started = self.starts_at is None or self.starts_at <= at
        return started and (self.ends_at is None or at < self.ends_at)

    def is_open_at(self, clock: LocalTime) -> bool:
        """Whether the store's wall clock stands in the campaign's hours and weekdays."""
        return is_open(clock, hours=self.hours, weekdays=self.weekdays)

    def answers(self, trigger: Trigger) -> bool:
        """Whether this trigger asks this campaign, and is what it listens to."""
        if trigger.campaign not in (None, self.id):
            return False
        if trigger.kind is TriggerKind.STEP:
            return self.step is not None
        return self.step is None and self.trigger.matches(trigger)

    def begins_at(self, trigger: Trigger) -> bool:
        """Whether this trigger begins the wait of its step."""
        asked = trigger.campaign in (None, self.id)
        return asked and self.step is not None and self.trigger.matches(trigger)

    def branch_of(self, trigger: Trigger) -> Branch | None:
        """What its step says on the way of this trigger; None: it is no step's."""
        if self.step is None or trigger.way is None:
            return None
        return self.step.branch(trigger.way)

    def is_on_way(self, offer: OfferId, trigger: Trigger) -> bool:
        """Whether the offer may be made on the way of this trigger; the fallback always may."""
        branch = self.branch_of(trigger)
        if branch is None or not branch.offers:
            return True
        return offer in branch.offers or offer == self.fallback_offer

    @property
    def calls_staff(self) -> bool:
        """Whether one way of its step hands over to the staff."""
        step = self.step
        return step is not None and Does.STAFF in (step.on_event.does, step.on_timeout.does)

    def offers_named(self) -> Iterable[OfferId]:
        """Every offer that it may make, the fallback last."""
        yield from self.offers
        if self.fallback_offer is not None and self.fallback_offer not in self.offers:
            yield self.fallback_offer
