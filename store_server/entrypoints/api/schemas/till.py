"""What a till sends and gets."""

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


class LineBody(Body):
    """One line of a receipt: `quantity` of a product for `amount_minor` together, gross."""

    product_id: VisibleId
    quantity: Annotated[Whole, Field(ge=1, le=100_000)]
    amount_minor: Annotated[Whole, Field(ge=0, le=10_000_000_000)]


class BasketBody(Body):
    """A receipt with the coupons that were shown; amounts in minor units of the store."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "basket_id": "r-2026-03-02-0001",
                    "till": "till-1",
                    "at": "2026-03-02T09:40:00Z",
                    "shopper_id": "s-1042",
                    "lines": [{"product_id": "4006", "quantity": 1, "amount_minor": 349}],
                    "coupon_codes": ["YAKMVS9-EDD1RCR-G0FQ8WX"],
                }
            ]
        }
    )

    basket_id: VisibleId
    till: VisibleId
    at: At
    shopper_id: ShopperName | None = None
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=1_000)]
    coupon_codes: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=50)
    ] = Field(default_factory=list)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None


class CouponAnswerBody(Answer):
    """What became of one coupon: `redeemed`, or `refused` with the reason."""

    code: str
    status: str
    reason: str | None
    discount_minor: int


class BasketAnswerBody(Answer):
    """What the till is told; `total_minor` is what is to be paid."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "basket_id": "r-2026-03-02-0001",
                    "coupons": [
                        {
                            "code": "YAKMVS9-EDD1RCR-G0FQ8WX",
                            "status": "redeemed",
                            "reason": None,
                            "discount_minor": 50,
                        }
                    ],
                    "total_minor": 299,
                }
            ]
        }
    )

    basket_id: str
    coupons: list[CouponAnswerBody]
    total_minor: int
