"""Offers and campaigns as the back office reads and writes them; as in a seed file."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import (
    PRINTABLE,
    Answer,
    At,
    Body,
    Slug,
    Text80,
    VisibleId,
    Whole,
)
from store_server.offers.campaign import CampaignState, Goal
from store_server.offers.creative import Wording
from store_server.offers.liquid_text import SOURCE_LIMIT
from store_server.offers.trigger import TriggerKind

ClockText = Annotated[str, Field(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]
CreativeKey = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*(@[a-z]{2,10})?$")]
Source = Annotated[str, Field(min_length=1, max_length=SOURCE_LIMIT, pattern=PRINTABLE)]
Issues = Annotated[Whole, Field(ge=0, le=10**9)]
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

_OFFER: JsonDict = {
    "name": "Rye bread",
    "category": "bread",
    "product_ids": ["4006"],
    "price_minor": 349,
    "margin_minor": 140,
    "face_value_minor": 50,
    "effect_mean": 0.1,
    "effect_strength": 50,
    "creatives": {"en": {"title": "{offer}", "body": "{value} off today"}},
}


class TriggerBody(Body):
    """What asks for the offer; `dwell_s` for zone_dwell only."""

    kind: TriggerKind
    zone: Slug | None = None
    dwell_s: Annotated[Whole, Field(ge=1, le=3600)] | None = None


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
    state: CampaignState = CampaignState.DRAFT
    moment_s: Annotated[Whole, Field(ge=10, le=86_400)] | None = None
    goal: Goal | None = None
    smallest_effect_bp: Annotated[Whole, Field(ge=1, le=10_000)] | None = None

    def document(self) -> dict[str, object]:
        """The campaign as a seed file would say it."""
        return self.model_dump(mode="json", exclude_none=True)


class TriggerAnswer(Answer):
    """What asks for the offer."""

    kind: TriggerKind
    zone: str | None = None
    dwell_s: int | None = None


class BudgetUseAnswer(Answer):
    """What a campaign has given away: coupons, and their face value in minor units."""

    issues: int
    reserved_minor: int
    spent_minor: int


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
    used: BudgetUseAnswer | None = None


class CampaignListAnswer(Answer):
    """Every campaign of the organisation, by id."""

    campaigns: list[CampaignAnswer]


class CreativeAnswer(Answer):
    """How an offer is said; `wording` liquid or plain, with {offer}, {value} and {zone}."""

    title: str
    body: str
    wording: Wording = Wording.PLAIN


class CreativeBody(Body):
    """How an offer is said; `wording` liquid or plain, with {offer}, {value} and {zone}.

    Plain text has at most 80 and 400 characters, Liquid 2,000 each of source.
    """

    title: Source
    body: Source
    wording: Wording = Wording.PLAIN

    def document(self) -> dict[str, object]:
        """The creative as a seed file would say it."""
        return self.model_dump(mode="json")


class OfferBody(Body):
    """An offer as it shall be from now on. What is left out takes its default."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OFFER]})

    name: Text80
    category: Text80
    product_ids: Annotated[list[VisibleId], Field(max_length=1000)]
    price_minor: Annotated[Whole, Field(ge=1, lt=10**9)]
    margin_minor: Annotated[Whole, Field(ge=0, lt=10**9)]
    face_value_minor: Annotated[Whole, Field(ge=0, lt=10**9)]
    effect_mean: Annotated[float, Field(strict=True, gt=0, lt=1)]
    effect_strength: Annotated[float, Field(strict=True, gt=0, le=1e6)]
    valid_from: At | None = None
    valid_until: At | None = None
    coupon_valid_s: Annotated[Whole, Field(ge=60, le=90 * 86_400)] | None = None
    creatives: Annotated[dict[CreativeKey, CreativeBody], Field(min_length=1, max_length=50)]

    def document(self) -> dict[str, object]:
        """The offer as a seed file would say it."""
        return self.model_dump(mode="json", exclude_none=True)


class OfferAnswer(Answer):
    """What may be promised; money in minor units of the store."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_OFFER,
                    "offer_id": "rye-50",
                    "valid_from": None,
                    "valid_until": None,
                }
            ]
        }
    )

    offer_id: str
    name: str
    category: str
    product_ids: list[str]
    price_minor: int
    margin_minor: int
    face_value_minor: int
    effect_mean: float
    effect_strength: float
    valid_from: At | None
    valid_until: At | None
    coupon_valid_s: int | None = None
    creatives: dict[str, CreativeAnswer]


class OfferListAnswer(Answer):
    """Every offer of the organisation, by id."""

    offers: list[OfferAnswer]
