"""What a till sends and gets: baskets and what comes back of them."""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import (
    Answer,
    At,
    Body,
    Flag,
    ProblemAnswer,
    ShopperName,
    VisibleId,
    Whole,
)
from store_server.shop.gtin import gtin_of

Minor = Annotated[Whole, Field(ge=0, le=10_000_000_000)]
Code = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[ -~]+$")]
Units = Annotated[Whole, Field(ge=1, le=100_000)]

EXAMPLE_BASKET: JsonDict = {
    "basket_id": "r-2026-03-02-0001",
    "till": "till-1",
    "at": "2026-03-02T09:40:00Z",
    "shopper_id": "s-1042",
    "lines": [
        {"product_id": "4006", "quantity": 1, "amount_minor": 349, "tax_bp": 400},
        {"gtin": "4006381333931", "quantity": 2, "amount_minor": 198},
    ],
    "coupon_codes": ["YAKMVS9-EDD1RCR-G0FQ8WX"],
}
EXAMPLE_ANSWER: JsonDict = {
    "basket_id": "r-2026-03-02-0001",
    "coupons": [
        {
            "code": "YAKMVS9-EDD1RCR-G0FQ8WX",
            "status": "redeemed",
            "reason": None,
            "discount_minor": 50,
        }
    ],
    "total_minor": 497,
    "lines": [
        {"discount_minor": 50, "paid_minor": 299, "tax_minor": 12},
        {"discount_minor": 0, "paid_minor": 198, "tax_minor": None},
    ],
    "tax_minor": 12,
}


def _only_gtin(text: str) -> str:
    gtin = gtin_of(text)
    if gtin is None:
        raise ValueError(
            "must be 8, 12, 13 or 14 digits with their check digit, or a GS1 Digital Link with /01/"
        )
    return gtin


Gtin = Annotated[str, Field(max_length=200, pattern=r"^[!-~]+$"), AfterValidator(_only_gtin)]


class LineBody(Body):
    """One line of a receipt: `quantity` of a product for `amount_minor` together.

    The product by the retailer's own id or by GTIN (also as a GS1 Digital Link), one of them.
    """

    product_id: VisibleId | None = None
    gtin: Gtin | None = None
    quantity: Units
    amount_minor: Minor
    tax_bp: Annotated[Whole, Field(ge=0, le=10_000)] | None = None

    @model_validator(mode="after")
    def _named_once(self) -> "LineBody":
        if (self.product_id is None) == (self.gtin is None):
            raise ValueError("must name the product by product_id or by gtin, one of them")
        return self

    @property
    def product(self) -> str:
        """The name that the line goes by."""
        return self.product_id or self.gtin or ""


class GivenCouponBody(Body):
    """A discount that the till gave by itself while it was offline."""

    code: Code
    discount_minor: Minor


class BasketBody(Body):
    """A receipt with the coupons that were shown; amounts in minor units of the store.

    `offline_coupons` are those that the till honoured by itself, with what it took off.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_BASKET]})

    basket_id: VisibleId
    till: VisibleId
    at: At
    shopper_id: ShopperName | None = None
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=1_000)]
    coupon_codes: Annotated[list[Code], Field(max_length=50)] = Field(default_factory=list)
    offline_coupons: Annotated[list[GivenCouponBody], Field(max_length=50)] = Field(
        default_factory=list
    )
    prices_include_tax: Flag = True
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None


class CouponAnswerBody(Answer):
    """What became of one coupon: `redeemed`, `refused` or `disputed` with the reason.

    `disputed`: an offline till gave the discount, and it does not fit what is known.
    """

    code: str
    status: str
    reason: str | None
    discount_minor: int


class LineAnswerBody(Answer):
    """What is paid for a line, and the tax in it (or on top of it)."""

    discount_minor: int
    paid_minor: int
    tax_minor: int | None


class BasketAnswerBody(Answer):
    """What the till is told; `total_minor` is what is to be paid, tax and all."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ANSWER]})

    basket_id: str
    coupons: list[CouponAnswerBody]
    total_minor: int
    lines: list[LineAnswerBody]
    tax_minor: int | None


class BatchItemBody(Body):
    """A basket, and the till's own name of the request."""

    idempotency_key: VisibleId
    basket: BasketBody


class BatchBody(Body):
    """At most 500 baskets; each is judged by itself, all are taken in one transaction."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"baskets": [{"idempotency_key": "till-1-0001", "basket": EXAMPLE_BASKET}]}
            ]
        }
    )

    baskets: Annotated[list[BatchItemBody], Field(min_length=1, max_length=500)]


class BatchResultBody(Answer):
    """What became of one basket of a batch: `answer` as for one alone, or the `problem`."""

    basket_id: str
    status: int
    replayed: bool
    answer: BasketAnswerBody | None
    problem: ProblemAnswer | None


class BatchAnswerBody(Answer):
    """One result for each basket, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "results": [
                        {
                            "basket_id": "r-2026-03-02-0001",
                            "status": 201,
                            "replayed": False,
                            "answer": EXAMPLE_ANSWER,
                            "problem": None,
                        }
                    ]
                }
            ]
        }
    )

    results: list[BatchResultBody]
