"""The numbers that a decision goes by, beside what the campaign itself says."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store_server.offers.opening import Hours, hours_of

FULL_BP = 10_000


@dataclass(frozen=True, slots=True)
class Objectives:
    """What an offer is for, as weights in basis points; see docs/decisions.md, Value.

    efficiency: margin that would not have come. growth: sales that would not have come.
    retention: margin with shoppers who may not come back. loyalty: thanks to loyal shoppers.
    """

    efficiency_bp: int = FULL_BP
    growth_bp: int = 0
    retention_bp: int = 0
    loyalty_bp: int = 0

    def __post_init__(self) -> None:
        for name in ("efficiency_bp", "growth_bp", "retention_bp", "loyalty_bp"):
            if not 0 <= getattr(self, name) <= 10 * FULL_BP:
                raise ValueError(f"{name} is {getattr(self, name)}; must be 0..{10 * FULL_BP}")


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """One version of the rules; stands in each decision by its `version`.

    holdout_bp: share of households that are shown nothing, in basis points.
    holdout_salt: a new one draws the holdout anew.
    cap_per_visit / cap_per_day / cap_per_week: offers of all campaigns together that a shopper
        gets at most. channel_caps: the same per day, by channel.
    fatigue_minor: what each offer already shown today takes off the value of the next.
    quiet_hours: local times between which nobody is spoken to unasked; None = no such hours.
    silent_zone_kinds: where nobody is spoken to unasked: exit, entrance, checkout, service.
    value_floor_minor: what an offer must bring to be worth a message.
    explore_bp: how often an offer is drawn by lot among the promising ones, in basis points.
    discovery_every: every so many offers something is shown that the shopper has never bought; 0 =
        never. repeats_in_visit: whether the same offer may come twice in a visit.
    category_share_bp: of the last offers at most this share of one category, counted from
        `category_least` offers on.
    """

    version: str
    holdout_bp: int
    holdout_salt: str
    cap_per_visit: int
    cap_per_day: int
    fatigue_minor: int = 0
    cap_per_week: int | None = None
    channel_caps: Mapping[str, int] = field(default_factory=dict, hash=False)
    quiet_hours: tuple[str, str] | None = None
    silent_zone_kinds: tuple[str, ...] = ()
    value_floor_minor: int = 0
    explore_bp: int = 0
    discovery_every: int = 0
    repeats_in_visit: bool = True
    category_share_bp: int = FULL_BP
    category_least: int = 4
    objectives: Objectives = field(default_factory=Objectives)

    def __post_init__(self) -> None:
        for name in ("holdout_bp", "explore_bp", "category_share_bp"):
            if not 0 <= getattr(self, name) <= FULL_BP:
                raise ValueError(f"{name} is {getattr(self, name)}; must be 0..{FULL_BP}")
        if self.cap_per_visit < 0 or self.cap_per_day < 0 or self.fatigue_minor < 0:
            raise ValueError(f"{self}: caps and fatigue_minor must be 0 or more")
        _ = self.quiet

    @property
    def quiet(self) -> Hours | None:
        """The quiet hours; Unprocessable when they are no times of day."""
        return None if self.quiet_hours is None else hours_of(*self.quiet_hours)
