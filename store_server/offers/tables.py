"""Rows of offers and campaigns: a JSON document each, and the counters that budgets live by."""

from sqlalchemy import BigInteger, CheckConstraint, Text
from sqlmodel import Field, SQLModel


class OfferRow(SQLModel, table=True):
    """One offer of the organisation; `document` as `offers.document` writes it."""

    __tablename__ = "offer"

    org: str = Field(primary_key=True)
    offer: str = Field(primary_key=True)
    document: str = Field(sa_type=Text)


class CampaignRow(SQLModel, table=True):
    """One campaign of the organisation; `document` as `offers.document` writes it."""

    __tablename__ = "campaign"

    org: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    document: str = Field(sa_type=Text)


class BudgetRow(SQLModel, table=True):
    """What a campaign has given away: coupons issued, face value reserved and spent."""

    __tablename__ = "campaign_budget"
    __table_args__ = (CheckConstraint("issues >= 0 AND reserved_minor >= 0 AND spent_minor >= 0"),)

    org: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    issues: int = Field(default=0, sa_type=BigInteger)
    reserved_minor: int = Field(default=0, sa_type=BigInteger)
    spent_minor: int = Field(default=0, sa_type=BigInteger)
