"""What a till sends and gets about single coupons, and about what comes back of a basket."""

from typing import Annotated

from pydantic import ConfigDict, Field

from store_server.entrypoints.api.schemas.fields import (
    Answer,
    At,
    Body,
    ShopperName,
    VisibleId,
    Whole,
)
from store_server.entrypoints.api.schemas.till import Minor, Units


class CouponShownBody(Body):
    """A coupon at a till, with the loyalty id if one was shown."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"till": "till-1", "shopper_id": "s-1042"}]}
    )

    till: VisibleId
    shopper_id: ShopperName | None = None


class CouponUsedBody(CouponShownBody):
    """A coupon that is used for a basket; the basket is reported when it is paid.

    `amount_minor`: what the basket comes to, so that the discount is no more than that.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"till": "till-1", "basket_id": "r-0002", "amount_minor": 349}]
        }
    )

    basket_id: VisibleId
    amount_minor: Minor | None = None


class PromisedOfferBody(Answer):
    """What a coupon is for, by the terms that it was issued under; null: told before versions."""

    offer_id: str
    version: int | None = None
    name: str
    category: str
    product_ids: list[str]


class CouponToldBody(Answer):
    """`reserved`, `redeemed` or `released`; or `refused`, with the reason and nothing else."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "YAKMVS9-EDD1RCR-G0FQ8WX",
                    "status": "reserved",
                    "reason": None,
                    "face_value_minor": 50,
                    "discount_minor": 0,
                    "expires_at": "2026-03-03T09:30:00Z",
                    "reserved_until": "2026-03-02T09:55:00Z",
                    "offer": {
                        "offer_id": "rye",
                        "version": 2,
                        "name": "Rye bread",
                        "category": "bread",
                        "product_ids": ["4006"],
                    },
                }
            ]
        }
    )

    code: str
    status: str
    reason: str | None
    face_value_minor: int | None
    discount_minor: int
    expires_at: str | None
    reserved_until: str | None
    offer: PromisedOfferBody | None


class ReturnedLineBody(Body):
    """`quantity` units of the basket's line number `line`, counted from 0."""

    line: Annotated[Whole, Field(ge=0, le=999)]
    quantity: Units


class ReturnBody(Body):
    """What is brought back; without `lines`: everything that is not back yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "return_id": "ret-2026-03-03-0001",
                    "till": "till-2",
                    "at": "2026-03-03T10:00:00Z",
                    "lines": [{"line": 1, "quantity": 1}],
                }
            ]
        }
    )

    return_id: VisibleId
    till: VisibleId
    at: At
    lines: Annotated[list[ReturnedLineBody], Field(min_length=1, max_length=1_000)] | None = None


class RefundBody(Answer):
    """What is given back for a line."""

    line: int
    quantity: int
    refund_minor: int
    tax_minor: int | None


class ReturnedCouponBody(Answer):
    """A coupon of the basket: `reversed`, or still `redeemed`."""

    code: str
    status: str


class ReturnAnswerBody(Answer):
    """What the till pays out; `tax_minor` is the tax in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "return_id": "ret-2026-03-03-0001",
                    "basket_id": "r-2026-03-02-0001",
                    "lines": [{"line": 1, "quantity": 1, "refund_minor": 99, "tax_minor": None}],
                    "refund_minor": 99,
                    "tax_minor": None,
                    "coupons": [{"code": "YAKMVS9EDD1RCRG0FQ8WX", "status": "redeemed"}],
                }
            ]
        }
    )

    return_id: str
    basket_id: str
    lines: list[RefundBody]
    refund_minor: int
    tax_minor: int | None
    coupons: list[ReturnedCouponBody]
