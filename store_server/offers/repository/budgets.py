"""What campaigns have given away, in the database."""

from collections.abc import Iterable

from sqlalchemy import Update, update
from sqlmodel import Session, col, select

from store_server.database import insert_new
from store_server.ids import CampaignId, Scope
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import Campaign
from store_server.offers.tables import BudgetRow


class BudgetRepository:
    """What the campaigns of the organisation have given away; reserved + spent stays in budget.

    The limit stands in the UPDATE's condition, so that two writers cannot both take the last
    coupon: the second sees the first one's count, or changes no row.
    """

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def use_of(self, campaigns: Iterable[CampaignId]) -> dict[CampaignId, BudgetUse]:
        """What each of these campaigns has given away; one without a row nothing."""
        wanted = list(campaigns)
        rows = self._session.exec(
            select(
                BudgetRow.campaign,
                BudgetRow.issues,
                BudgetRow.reserved_minor,
                BudgetRow.spent_minor,
            ).where(BudgetRow.org == self._scope.org, col(BudgetRow.campaign).in_(wanted))
        )
        found = {CampaignId(row[0]): BudgetUse(row[1], row[2], row[3]) for row in rows}
        return {campaign: found.get(campaign, BudgetUse()) for campaign in wanted}

    def reserve(self, campaign: Campaign, *, face_value_minor: int) -> bool:
        """Take one coupon of this face value out of the budget; False when it does not allow it."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "campaign": campaign.id,
            "issues": 0,
            "reserved_minor": 0,
            "spent_minor": 0,
        }
        insert_new(self._session, BudgetRow, [row])
        statement = self._row(campaign.id).values(
            issues=col(BudgetRow.issues) + 1,
            reserved_minor=col(BudgetRow.reserved_minor) + face_value_minor,
        )
        if campaign.budget_issues is not None:
            statement = statement.where(col(BudgetRow.issues) + 1 <= campaign.budget_issues)
        if campaign.budget_minor is not None:
            committed = col(BudgetRow.reserved_minor) + col(BudgetRow.spent_minor)
            statement = statement.where(committed + face_value_minor <= campaign.budget_minor)
        return self._changed(statement)

    def spend(self, campaign: CampaignId, *, face_value_minor: int, discount_minor: int) -> bool:
        """A reserved coupon was redeemed: what it really took off is spent.

        Args:
            campaign: whose coupon.
            face_value_minor: what was reserved for it.
            discount_minor: what the till took off; at most the face value.
        """
        return self._changed(
            self._row(campaign)
            .where(col(BudgetRow.reserved_minor) >= face_value_minor)
            .values(
                reserved_minor=col(BudgetRow.reserved_minor) - face_value_minor,
                spent_minor=col(BudgetRow.spent_minor) + min(discount_minor, face_value_minor),
            )
        )

    def release(self, campaign: CampaignId, *, face_value_minor: int) -> bool:
        """A reserved coupon expired or was revoked: its money is free again, its issue is not."""
        return self._changed(
            self._row(campaign)
            .where(col(BudgetRow.reserved_minor) >= face_value_minor)
            .values(reserved_minor=col(BudgetRow.reserved_minor) - face_value_minor)
        )

    def _row(self, campaign: CampaignId) -> Update:
        return update(BudgetRow).where(
            col(BudgetRow.org) == self._scope.org, col(BudgetRow.campaign) == campaign
        )

    def _changed(self, statement: Update) -> bool:
        return bool(self._session.connection().execute(statement).rowcount)
