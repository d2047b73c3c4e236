"""Under which terms an offer may be made: age, least margin, the room for a personal discount."""

from dataclasses import dataclass

from store_server.offers.field_checks import require

CODE = "bad_offer"


@dataclass(frozen=True, slots=True)
class DiscountBounds:
    """What a personal discount may be, in minor units; it is a multiple of `step_minor`."""

    least_minor: int
    most_minor: int
    step_minor: int = 1


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """Terms that most offers leave alone.

    minimum_age: whole years the shopper must be known to have; None = for everybody.
    margin_floor_minor: what must be left of the margin after the discount; None = no floor.
    discount: bounds of a personal discount; None = everybody gets the face value.
    cap_per_week: how often a shopper gets the offer in seven local days, over all campaigns.
    coupon_pool: coupons of this offer at most, over all campaigns.
    budget_minor: face value reserved and spent at most, over all campaigns.
    budget_redemptions: coupons open and redeemed at most, over all campaigns.
    """

    minimum_age: int | None = None
    margin_floor_minor: int | None = None
    discount: DiscountBounds | None = None
    cap_per_week: int | None = None
    coupon_pool: int | None = None
    budget_minor: int | None = None
    budget_redemptions: int | None = None

    def check(self, where: str, *, price_minor: int) -> None:
        """Nothing when each number can be.

        Raises:
            Unprocessable: one cannot; the text says which, after `where`.
        """
        for name, number, least, most in (
            ("minimum_age", self.minimum_age, 1, 120),
            ("margin_floor_minor", self.margin_floor_minor, 0, price_minor),
            ("cap_per_week", self.cap_per_week, 1, 1000),
            ("coupon_pool", self.coupon_pool, 0, 10**9),
            ("budget_minor", self.budget_minor, 0, 10**15),
            ("budget_redemptions", self.budget_redemptions, 0, 10**9),
        ):
            require(
                number is None or least <= number <= most,
                where=f"{where}: {name}",
                value=number,
                expected=f"{least}..{most}",
                code=CODE,
            )
        bounds = self.discount
        require(
            bounds is None
            or (
                0 < bounds.least_minor <= bounds.most_minor <= price_minor and bounds.step_minor > 0
            ),
            where=f"{where}: discount_least_minor, discount_most_minor, discount_step_minor",
            value=bounds and [bounds.least_minor, bounds.most_minor, bounds.step_minor],
            expected=f"1 or more, least at most the most, most at most {price_minor} (price_minor)",
            code=CODE,
        )


NO_TERMS = OfferTerms()
