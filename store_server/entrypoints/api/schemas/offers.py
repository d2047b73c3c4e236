"""Offers and their words as the back office reads and writes them; as in a seed file."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import (
    PRINTABLE,
    Answer,
    At,
    Body,
    Text80,
    VisibleId,
    Whole,
)
from store_server.offers.creative import Wording
from store_server.offers.document import write_offer
from store_server.offers.liquid_text import SOURCE_LIMIT
from store_server.offers.offer import LONGEST_TAG, MOST_TAGS, Offer

CreativeKey = Annotated[
    str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*(@[a-z]{2,10})?(~[a-z0-9][a-z0-9_-]{0,31})?$")
]
Source = Annotated[str, Field(min_length=1, max_length=SOURCE_LIMIT, pattern=PRINTABLE)]
Tag = Annotated[str, Field(min_length=1, max_length=LONGEST_TAG, pattern=r"^[^\s,]([^,]*[^\s,])?$")]
Money = Annotated[Whole, Field(ge=0, lt=10**9)]

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
_ANSWER: JsonDict = {
    **_OFFER,
    "offer_id": "rye-50",
    "version": 2,
    "valid_from": None,
    "valid_until": None,
}


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
    minimum_age: Annotated[Whole, Field(ge=1, le=120)] | None = None
    margin_floor_minor: Money | None = None
    discount_least_minor: Annotated[Whole, Field(ge=1, lt=10**9)] | None = None
    discount_most_minor: Annotated[Whole, Field(ge=1, lt=10**9)] | None = None
    discount_step_minor: Annotated[Whole, Field(ge=1, lt=10**9)] | None = None
    cap_per_week: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    coupon_pool: Annotated[Whole, Field(ge=0, le=10**9)] | None = None
    budget_minor: Annotated[Whole, Field(ge=0, le=10**15)] | None = None
    budget_redemptions: Annotated[Whole, Field(ge=0, le=10**9)] | None = None
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)] | None = None
    creatives: Annotated[dict[CreativeKey, CreativeBody], Field(min_length=1, max_length=50)]

    def document(self) -> dict[str, object]:
        """The offer as a seed file would say it."""
        return self.model_dump(mode="json", exclude_none=True)


class OfferAnswer(Answer):
    """What may be promised; money in minor units of the store. `version` counts the edits."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    offer_id: str
    version: int
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
    minimum_age: int | None = None
    margin_floor_minor: int | None = None
    discount_least_minor: int | None = None
    discount_most_minor: int | None = None
    discount_step_minor: int | None = None
    cap_per_week: int | None = None
    coupon_pool: int | None = None
    budget_minor: int | None = None
    budget_redemptions: int | None = None
    tags: list[str] | None = None
    creatives: dict[str, CreativeAnswer]


class OfferListAnswer(Answer):
    """Every offer of the organisation, by id."""

    offers: list[OfferAnswer]


class OfferVersionAnswer(Answer):
    """One version as it was saved; by whom and when null: before versions were written down."""

    offer: OfferAnswer
    saved_by: str | None
    saved_at: At | None


class OfferVersionListAnswer(Answer):
    """Every version of an offer, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "versions": [
                        {
                            "offer": _ANSWER,
                            "saved_by": "back-office",
                            "saved_at": "2026-03-02T08:15:00Z",
                        }
                    ]
                }
            ]
        }
    )

    versions: list[OfferVersionAnswer]


def offer_answer(offer: Offer) -> OfferAnswer:
    """The answer that shows an offer."""
    document = {"valid_from": None, "valid_until": None, **write_offer(offer)}
    document["offer_id"] = document.pop("id")
    return OfferAnswer.model_validate(document)
