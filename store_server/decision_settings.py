"""The house rules of offers, as they stand in the settings: section [decisions]."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from store_server.documents import Strict

ClockText = Annotated[str, Field(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]
Reading = Literal["push", "app", "sms", "email", "web", "kiosk", "receipt", "staff"]
Weight = Annotated[int, Field(ge=0, le=100_000)]


Place = Literal["app", "qr", "receipt", "kiosk", "web", "staff"]
PlainName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class PullSection(Strict):
    """How the questions of apps are answered; but for `zone_claims` the door's own business.

    deadline_ms: after so long the default experience is answered, unless the app says otherwise.
    default_experience: by placement, the name of what the app shows when there is no offer.
    zone_claims: placements whose word for the zone is taken where presence knows nothing.
    """

    deadline_ms: Annotated[int, Field(ge=10, le=10_000)] = 1_000
    default_experience: Mapping[Place, PlainName] = Field(default_factory=dict)
    zone_claims: tuple[Place, ...] = ("app", "qr", "kiosk", "staff")

    def default_for(self, placement: str) -> str | None:
        """The name of the default experience there."""
        return next(
            (name for place, name in self.default_experience.items() if place == placement), None
        )


class DecisionsSection(Strict):
    """The house rules of offers; the names are those of `flows.rooms.Policy`."""

    holdout_bp: Annotated[int, Field(ge=0, le=5_000)] = 1_000
    holdout_salt: Annotated[str, Field(min_length=1, max_length=64)] = "global-1"
    cap_per_visit: Annotated[int, Field(ge=1, le=1_000)] = 2
    cap_per_day: Annotated[int, Field(ge=1, le=1_000)] = 3
    cap_per_week: Annotated[int, Field(ge=1, le=7_000)] = 10
    channel_caps: Mapping[Reading, Annotated[int, Field(ge=0, le=1_000)]] = Field(
        default_factory=dict
    )
    quiet_hours: tuple[ClockText, ClockText] | None = None
    silent_zone_kinds: tuple[Literal["exit", "entrance", "checkout", "service"], ...] = (
        "exit",
        "checkout",
        "service",
    )
    fatigue_minor: Annotated[int, Field(ge=0, le=100_000)] = 0
    value_floor_minor: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    explore_bp: Annotated[int, Field(ge=0, le=500)] = 300
    discovery_every: Annotated[int, Field(ge=0, le=1_000)] = 8
    repeats_in_visit: bool = False
    category_share_bp: Annotated[int, Field(ge=1, le=10_000)] = 6_000
    efficiency_bp: Weight = 10_000
    growth_bp: Weight = 0
    retention_bp: Weight = 0
    loyalty_bp: Weight = 0
    channel_attribute: PlainName = "preferred_channel"
    birth_date_attribute: Annotated[str, Field(min_length=1, max_length=64)] = "birth_date"
    notification_ttl_s: Annotated[int, Field(ge=10, le=86_400)] = 120
    coupon_ttl_s: Annotated[int, Field(ge=60, le=31_536_000)] = 86_400
    default_language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z]{2})?$")] = "en"
    banned_words: Annotated[
        tuple[Annotated[str, Field(min_length=2, max_length=60)], ...], Field(max_length=1_000)
    ] = ()
    second_person: bool = False
    budget_issues: Annotated[int, Field(ge=0, le=10**9)] | None = None
    budget_minor: Annotated[int, Field(ge=0, le=10**15)] | None = None
    budget_redemptions: Annotated[int, Field(ge=0, le=10**9)] | None = None
