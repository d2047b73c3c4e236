"""What a till is told: kept word for word, also what earlier versions said."""

import json

from store_server.redemptions.basket_answer import (
    BasketAnswer,
    CouponAnswer,
    CouponStatus,
    LineAnswer,
    answer_from_json,
    answer_to_json,
    replayed,
)
from store_server.redemptions.coupon import CouponRefusal

ANSWER = BasketAnswer(
    "basket-1",
    (
        CouponAnswer("C", CouponStatus.REDEEMED, None, 50),
        CouponAnswer("D", CouponStatus.REFUSED, CouponRefusal.EXPIRED, 0),
    ),
    250,
    (LineAnswer(50, 250, 16),),
    16,
)
# As version 0011 of the database kept it.
BEFORE = json.dumps(
    {
        "basket_id": "basket-1",
        "coupons": [
            {"code": "C", "redeemed": True, "reason": None, "discount_minor": 50},
            {"code": "D", "redeemed": False, "reason": "expired", "discount_minor": 0},
        ],
        "total_minor": 250,
    }
)


def test_an_answer_is_kept_as_it_was() -> None:
    text = answer_to_json(ANSWER)

    assert answer_from_json(text) == ANSWER
    assert replayed(text) == text


def test_an_answer_of_an_earlier_version_is_still_told() -> None:
    told = json.loads(replayed(BEFORE))

    assert [one["status"] for one in told["coupons"]] == ["redeemed", "refused"]
    assert (told["total_minor"], told["lines"]) == (250, [])
