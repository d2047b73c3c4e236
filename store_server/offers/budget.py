"""What may still be given away: coupons, money neither reserved nor spent, redemptions.

A campaign has a budget, an offer may have one over all campaigns, and a store over everything. An
open coupon reserves its face value and one redemption; when it is used, what it took off is spent,
when it expires both are free again. Issues are counted for good.
"""

from dataclasses import dataclass

from store_server.offers.campaign import Campaign
from store_server.offers.offer import Offer


@dataclass(frozen=True, slots=True)
class BudgetLimit:
    """How much at most; None = no limit. Money in minor units."""

    issues: int | None = None
    minor: int | None = None
    redemptions: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it limits nothing."""
        return self.issues is None and self.minor is None and self.redemptions is None


NO_LIMIT = BudgetLimit()


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """What has been given away so far; money in minor units.

    out: coupons that can still be redeemed. refused: the database did not let one more through,
    whatever the counts say (another budget, or another writer was quicker).
    """

    issues: int = 0
    reserved_minor: int = 0
    spent_minor: int = 0
    out: int = 0
    redeemed: int = 0
    refused: bool = False

    def plus(self, *, face_value_minor: int) -> "BudgetUse":
        """The use with one more coupon of this face value out; with 0 there is no coupon."""
        return BudgetUse(
            self.issues + 1,
            self.reserved_minor + face_value_minor,
            self.spent_minor,
            self.out + (face_value_minor > 0),
            self.redeemed,
            self.refused,
        )


def fits(limit: BudgetLimit, use: BudgetUse) -> bool:
    """Whether what is used keeps within the limit."""
    return (
        (limit.issues is None or use.issues <= limit.issues)
        and (limit.minor is None or use.reserved_minor + use.spent_minor <= limit.minor)
        and (limit.redemptions is None or use.out + use.redeemed <= limit.redemptions)
    )


def limit_of(campaign: Campaign) -> BudgetLimit:
    """The budget of a campaign."""
    return BudgetLimit(
        campaign.budget_issues, campaign.budget_minor, campaign.limits.budget_redemptions
    )


def offer_limit(offer: Offer) -> BudgetLimit:
    """The budget of an offer over all campaigns; its coupon pool is another thing."""
    return BudgetLimit(None, offer.terms.budget_minor, offer.terms.budget_redemptions)


def allows(campaign: Campaign, use: BudgetUse, *, face_value_minor: int) -> bool:
    """Whether one more coupon of this face value keeps the campaign within its budget."""
    if use.refused:
        return False
    return fits(limit_of(campaign), use.plus(face_value_minor=face_value_minor))
