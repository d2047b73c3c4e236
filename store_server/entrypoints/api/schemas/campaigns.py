"""Campaigns as the back office reads and writes them; as in a seed file."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import (
    Answer,
    At,
    Body,
    Slug,
    Text80,
    Whole,
)
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import Campaign, CampaignState, Goal
from store_server.offers.campaign_document import write_campaign
from store_server.offers.limits import Reentry
from store_server.offers.trigger import Placement, TriggerKind

ClockText = Annotated[str, Field(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]
Issues = Annotated[Whole, Field(ge=0, le=10**9)]
Sent = Literal["push", "email", "sms", "web", "kiosk"]
Cap = Annotated[Whole, Field(ge=1, le=1000)]

_CAMPAIGN: JsonDict = {
    "name": "Bread while you look at it",
    "offers": ["rye-50"],
    "trigger": {"kind": "zone_dwell", "zone": "bakery", "dwell_s": 20},
    "hours": ["08:00", "21:00"],
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
    "budget_issues": 500,
    "cap_per_visit": 1,
    "cap_per_day": 1,
    "state": "live",
    "goal": "purchases",
    "smallest_effect_bp": 300,
    "ends_at": "2027-01-01T00:00:00Z",
}


class TriggerBody(Body):
    """What asks for the offer; `cron` for schedule on the store's clock, as 0 9 * * mon-fri."""

    kind: TriggerKind
    zone: Slug | None = None
    dwell_s: Annotated[Whole, Field(ge=1, le=3600)] | None = None
    category: Text80 | None = None
    cron: Annotated[str, Field(max_length=100, pattern=r"^[0-9A-Za-z*/, -]+$")] | None = None
    placements: Annotated[list[Placement], Field(max_length=6)] | None = None


class CampaignBody(Body):
    """A campaign as it shall be from now on. What is left out takes its default."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CAMPAIGN]})

    name: Text80
    offers: Annotated[list[Slug], Field(min_length=1, max_length=50)]
    trigger: TriggerBody
    starts_at: At | None = None
    ends_at: At | None = None
    hours: tuple[ClockText, ClockText] | None = None
    weekdays: Annotated[list[Annotated[Whole, Field(ge=1, le=7)]], Field(min_length=1)] | None = (
        None
    )
    budget_issues: Issues | None = None
    budget_minor: Annotated[Whole, Field(ge=0, le=10**15)] | None = None
    cap_per_visit: Cap = 1
    cap_per_day: Cap = 1
    fallback_offer: Slug | None = None
    state: CampaignState | None = None
    moment_s: Annotated[Whole, Field(ge=10, le=86_400)] | None = None
    goal: Goal | None = None
    smallest_effect_bp: Annotated[Whole, Field(ge=1, le=10_000)] | None = None
    segment: Slug | None = None
    holdout_bp: Annotated[Whole, Field(ge=0, le=5_000)] = 0
    priority: Annotated[Whole, Field(ge=0, le=9)] = 0
    exclusion_group: Slug | None = None
    cap_per_week: Cap | None = None
    cooldown_s: Annotated[Whole, Field(ge=0, le=366 * 86_400)] = 0
    reentry: Reentry = Reentry.ALWAYS
    reentry_days: Annotated[Whole, Field(ge=1, le=366)] | None = None
    min_confidence_bp: Annotated[Whole, Field(ge=0, le=10_000)] = 0
    budget_redemptions: Issues | None = None
    step: dict[str, JsonValue] | None = None
    channels: Annotated[list[Sent], Field(max_length=5)] | None = None

    def document(self) -> dict[str, object]:
        """The campaign as a seed file would say it."""
        return self.model_dump(mode="json", exclude_none=True)


class TriggerAnswer(Answer):
    """What asks for the offer."""

    kind: TriggerKind
    zone: str | None = None
    dwell_s: int | None = None
    category: str | None = None
    cron: str | None = None
    placements: list[Placement] | None = None


class BudgetUseAnswer(Answer):
    """What was given away: issues, money in minor units, coupons that are out, and used ones."""

    issues: int
    reserved_minor: int
    spent_minor: int
    out: int = 0
    redeemed: int = 0


class CampaignAnswer(Answer):
    """A campaign as it stands; `version` counts its changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_CAMPAIGN,
                    "campaign_id": "bread",
                    "version": 1,
                    "used": {"issues": 12, "reserved_minor": 450, "spent_minor": 150},
                }
            ]
        }
    )

    campaign_id: str
    name: str
    offers: list[str]
    trigger: TriggerAnswer
    starts_at: At | None = None
    ends_at: At | None = None
    hours: list[str] | None = None
    weekdays: list[int]
    budget_issues: int | None = None
    budget_minor: int | None = None
    cap_per_visit: int
    cap_per_day: int
    fallback_offer: str | None = None
    state: CampaignState
    moment_s: int | None = None
    goal: Goal | None = None
    smallest_effect_bp: int | None = None
    version: int
    segment: str | None = None
    holdout_bp: int = 0
    priority: int = 0
    exclusion_group: str | None = None
    cap_per_week: int | None = None
    cooldown_s: int = 0
    reentry: Reentry = Reentry.ALWAYS
    reentry_days: int | None = None
    min_confidence_bp: int = 0
    budget_redemptions: int | None = None
    step: dict[str, JsonValue] | None = None
    channels: list[Sent] | None = None
    used: BudgetUseAnswer | None = None


class CampaignListAnswer(Answer):
    """Every campaign of the organisation, by id."""

    campaigns: list[CampaignAnswer]


def campaign_answer(campaign: Campaign, use: BudgetUse | None) -> CampaignAnswer:
    """The campaign as the API tells it, with what it has given away where that is known."""
    document = write_campaign(campaign)
    document["campaign_id"] = document.pop("id")
    document["used"] = BudgetUseAnswer.model_validate(use) if use is not None else None
    return CampaignAnswer.model_validate(document)
