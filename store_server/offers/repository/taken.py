"""What is taken of campaigns' own budgets together, in one statement for all of them."""

from typing import NamedTuple

from sqlalchemy import bindparam, update
from sqlmodel import col

from store_server.ids import Scope
from store_server.offers.budget import limit_of
from store_server.offers.campaign import Campaign
from store_server.offers.tables import BudgetRow

# What stands for "no limit" in a comparison; eight bytes hold the sum with any count.
_ENDLESS = 2**62


class Taken(NamedTuple):
    """What is taken of one campaign at once: messages, their value, how many have a coupon."""

    campaign: Campaign
    issues: int = 0
    minor: int = 0
    coupons: int = 0

    def plus(self, face_value_minor: int) -> "Taken":
        """One more, of this face value."""
        return Taken(
            self.campaign,
            self.issues + 1,
            self.minor + face_value_minor,
            self.coupons + (face_value_minor > 0),
        )


# Takes what is wanted of one campaign when its own limits allow it; for many rows at once.
TAKE = (
    update(BudgetRow)
    .where(
        col(BudgetRow.org) == bindparam("of_org"),
        col(BudgetRow.campaign) == bindparam("of_campaign"),
        col(BudgetRow.issues) + bindparam("n") <= bindparam("most_issues"),
        col(BudgetRow.reserved_minor) + col(BudgetRow.spent_minor) + bindparam("minor")
        <= bindparam("most_minor"),
        col(BudgetRow.out) + col(BudgetRow.redeemed) + bindparam("coupons")
        <= bindparam("most_redemptions"),
    )
    .values(
        issues=col(BudgetRow.issues) + bindparam("n"),
        reserved_minor=col(BudgetRow.reserved_minor) + bindparam("minor"),
        out=col(BudgetRow.out) + bindparam("coupons"),
    )
    .execution_options(preserve_rowcount=True)
)


def take_values(taken: Taken, scope: Scope) -> dict[str, object]:
    """The parameters of `TAKE`."""
    limit = limit_of(taken.campaign)
    return {
        "of_org": scope.org,
        "of_campaign": taken.campaign.id,
        "n": taken.issues,
        "minor": taken.minor,
        "coupons": taken.coupons,
        "most_issues": _ENDLESS if limit.issues is None else limit.issues,
        "most_minor": _ENDLESS if limit.minor is None else limit.minor,
        "most_redemptions": _ENDLESS if limit.redemptions is None else limit.redemptions,
    }
