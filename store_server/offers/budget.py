"""What a campaign may still give away: coupons left, and face value neither reserved nor spent."""

from dataclasses import dataclass

from store_server.offers.campaign import Campaign


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """What a campaign has given away so far; money in minor units."""

    issues: int = 0
    reserved_minor: int = 0
    spent_minor: int = 0


def allows(campaign: Campaign, use: BudgetUse, *, face_value_minor: int) -> bool:
    """Whether one more coupon of this face value keeps the campaign within its budget."""
    if campaign.budget_issues is not None and use.issues + 1 > campaign.budget_issues:
        return False
    committed = use.reserved_minor + use.spent_minor + face_value_minor
    return campaign.budget_minor is None or committed <= campaign.budget_minor
