"""Coupons as an app shows them, and as the back office looks after them."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from store_server.entrypoints.api.schemas.fields import Answer, At, Body, Slug
from store_server.entrypoints.api.schemas.till import Code


class AppCouponBody(Answer):
    """An open coupon: `code` for people, `gs1_128` for a bar code, `qr_text` for a QR code.

    `qr_text` also tells an offline till what the coupon is worth and until when.
    """

    code: str
    gs1_128: str
    qr_text: str
    offer_id: str
    name: str | None
    face_value_minor: int
    expires_at: At
    state: str


class AppCouponsBody(Answer):
    """A shopper's open coupons, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "coupons": [
                        {
                            "code": "YAKMVS9-EDD1RCR-G0FQ8WX",
                            "gs1_128": "(91)12015620934161530390150931981088",
                            "qr_text": "YAKMVS9EDD1RCRG0FQ8WX001J332CG3A7AW6ZE",
                            "offer_id": "rye",
                            "name": "Rye bread",
                            "face_value_minor": 50,
                            "expires_at": "2026-03-04T12:00:00Z",
                            "state": "issued",
                        }
                    ]
                }
            ]
        }
    )

    coupons: list[AppCouponBody]


class RevocationBody(Body):
    """Which open coupons are called back: one by its code, or all of a campaign in this store."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"campaign_id": "bakery"}]})

    code: Code | None = None
    campaign_id: Slug | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "RevocationBody":
        if (self.code is None) == (self.campaign_id is None):
            raise ValueError("must name a code or a campaign_id, one of them")
        return self


class RevokedBody(Answer):
    """How many coupons were called back; those that are redeemed stay redeemed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"revoked": 12}]})

    revoked: Annotated[int, Field(ge=0)]


class DiscrepancyBody(Answer):
    """A discount that an offline till gave and that does not fit; see docs/till.md."""

    basket_id: str
    till: str
    code: str
    reason: str
    given_minor: int
    covered_minor: int
    at: At
    known_at: At
    first_basket_id: str | None
    first_till: str | None


class TillLossBody(Answer):
    """What one till gave for one reason; `open_minor` is what no coupon stands for."""

    till: str
    reason: str
    times: int
    given_minor: int
    open_minor: int


class DiscrepanciesBody(Answer):
    """What does not fit, the newest first, and its sums by till and reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "discrepancies": [
                        {
                            "basket_id": "r-0007",
                            "till": "till-2",
                            "code": "YAKMVS9EDD1RCRG0FQ8WX",
                            "reason": "already_redeemed",
                            "given_minor": 50,
                            "covered_minor": 0,
                            "at": "2026-03-04T09:00:00Z",
                            "known_at": "2026-03-04T12:00:00Z",
                            "first_basket_id": "r-0001",
                            "first_till": "till-1",
                        }
                    ],
                    "by_till": [
                        {
                            "till": "till-2",
                            "reason": "already_redeemed",
                            "times": 1,
                            "given_minor": 50,
                            "open_minor": 50,
                        }
                    ],
                }
            ]
        }
    )

    discrepancies: list[DiscrepancyBody]
    by_till: list[TillLossBody]
