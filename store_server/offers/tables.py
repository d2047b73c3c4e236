"""Rows of offers and campaigns: JSON documents, who changed them, what was given away."""

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


class CampaignVersionRow(SQLModel, table=True):
    """One version of a campaign as it was saved, never changed but for its approval."""

    __tablename__ = "campaign_version"

    org: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: str = Field(sa_type=Text)
    saved_by: str
    saved_at_ms: int = Field(sa_type=BigInteger)
    approved_by: str | None = None
    approved_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class CampaignEventRow(SQLModel, table=True):
    """One thing that was done with a campaign, by whom; `number` counts them from 1."""

    __tablename__ = "campaign_event"

    org: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    action: str
    state_before: str
    state_after: str
    version: int
    done_by: str
    at_ms: int = Field(sa_type=BigInteger)
    note: str


class CatalogueStampRow(SQLModel, table=True):
    """How often the catalogue of an organisation was changed: who holds it looks here."""

    __tablename__ = "catalogue_stamp"

    org: str = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)


class BudgetRow(SQLModel, table=True):
    """What a campaign has given away: issues, face value reserved and spent, coupons out, used."""

    __tablename__ = "campaign_budget"
    __table_args__ = (CheckConstraint("issues >= 0 AND reserved_minor >= 0 AND spent_minor >= 0"),)

    org: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    issues: int = Field(default=0, sa_type=BigInteger)
    reserved_minor: int = Field(default=0, sa_type=BigInteger)
    spent_minor: int = Field(default=0, sa_type=BigInteger)
    out: int = Field(default=0, sa_type=BigInteger)
    redeemed: int = Field(default=0, sa_type=BigInteger)


class SharedBudgetRow(SQLModel, table=True):
    """What an offer (of all campaigns) or a store with a budget has given away."""

    __tablename__ = "shared_budget"
    __table_args__ = (CheckConstraint("issues >= 0 AND reserved_minor >= 0 AND spent_minor >= 0"),)

    org: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    issues: int = Field(default=0, sa_type=BigInteger)
    reserved_minor: int = Field(default=0, sa_type=BigInteger)
    spent_minor: int = Field(default=0, sa_type=BigInteger)
    out: int = Field(default=0, sa_type=BigInteger)
    redeemed: int = Field(default=0, sa_type=BigInteger)
