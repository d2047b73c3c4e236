"""What a decision led to, as the back office reads it."""

from pydantic import ConfigDict

from store_server.decisions.decision import Outcome
from store_server.entrypoints.api.schemas.fields import Answer, At
from store_server.redemptions.attribution import CreditKind


class CreditedBasketAnswer(Answer):
    """A basket; amounts before discounts, in minor units, less what was brought back.

    `promoted_minor`: the promoted category. `related_minor`: other categories of its department,
    where an offer may take from other shelves (cannibalised). `other_minor`: the rest of the shop,
    where it may bring something along (halo). `margin_minor`: of the promoted lines, less the
    discount. `in_window` false: its coupon was used later.
    """

    basket_id: str
    at: At
    kind: CreditKind
    in_window: bool
    units: int
    promoted_minor: int
    related_minor: int
    other_minor: int
    margin_minor: int


class AttributionAnswer(Answer):
    """What happened after a decision; the sums are of the baskets in its window.

    What it caused is told by the comparison with who was held out: report `attribution`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision_id": "kq3exampledecision",
                    "outcome": "offered",
                    "redeemed": True,
                    "category": "BREAD",
                    "promoted_minor": 349,
                    "related_minor": 120,
                    "other_minor": 980,
                    "margin_minor": 125,
                    "baskets": [
                        {
                            "basket_id": "r-0001",
                            "at": "2026-03-02T09:55:00Z",
                            "kind": "redeemed",
                            "in_window": True,
                            "units": 1,
                            "promoted_minor": 349,
                            "related_minor": 120,
                            "other_minor": 980,
                            "margin_minor": 125,
                        }
                    ],
                }
            ]
        }
    )

    decision_id: str
    outcome: Outcome
    redeemed: bool
    category: str | None
    promoted_minor: int
    related_minor: int
    other_minor: int
    margin_minor: int
    baskets: list[CreditedBasketAnswer]
