"""Rows of offers, campaigns, experiments: JSON documents, who changed them, what was given away."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel


class OfferRow(SQLModel, table=True):
    """One offer of the organisation; `document` as `offers.document` writes it."""

    __tablename__ = "offer"

    org: str = Field(primary_key=True)
    offer: str = Field(primary_key=True)
    document: str = Field(sa_type=Text)


class OfferVersionRow(SQLModel, table=True):
    """One version of an offer as it was saved, never changed.

    `saved_by` and `saved_at_ms`: none where that was before versions were written down.
    """

    __tablename__ = "offer_version"

    org: str = Field(primary_key=True)
    offer: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: str = Field(sa_type=Text)
    saved_by: str | None = None
    saved_at_ms: int | None = Field(default=None, sa_type=BigInteger)


class CampaignRow(SQLModel, table=True):
    """One campaign of the organisation; `document` as `offers.document` writes it."""

    __tablename__ = "campaign"

    org: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    document: str = Field(sa_type=Text)


class ExperimentRow(SQLModel, table=True):
    """One experiment of the organisation; `document` as `experiment_document` writes it."""

    __tablename__ = "experiment"

    org: str = Field(primary_key=True)
    experiment: str = Field(primary_key=True)
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


class OccurrenceRow(SQLModel, table=True):
    """One time at which a scheduled campaign was due in a store; `occurrence` is local.

    `state`: asking (the audience is being written down), deciding, done or missed. `through` is
    the last shopper who was looked at.
    """

    __tablename__ = "campaign_occurrence"
    __table_args__ = (Index("ix_campaign_occurrence_state", "org", "store", "state", "at_ms"),)

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    occurrence: str = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    state: str
    through: str
    asked: int
    decided: int


class ScheduledAskRow(SQLModel, table=True):
    """A shopper who is asked about once for one occurrence, by the first store that comes to it."""

    __tablename__ = "scheduled_ask"
    __table_args__ = (
        Index("ix_scheduled_ask_waiting", "org", "store", "campaign", "occurrence", "waits"),
        Index("ix_scheduled_ask_shopper", "org", "shopper"),
    )

    org: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    occurrence: str = Field(primary_key=True)
    shopper: str = Field(primary_key=True)
    store: str
    waits: bool


class WaitRow(SQLModel, table=True):
    """A shopper who waits, or has waited, in the step of a campaign (`offers.wait`).

    `step` is the JSON of `step_document`; `awaited` its kind of event, "" when it waits for none;
    `purposes` the consents that waiting needs, by spaces. Of a forgotten shopper the row stays
    without the name.
    """

    __tablename__ = "journey_wait"
    __table_args__ = (
        Index(
            "journey_wait_once",
            "org",
            "campaign",
            "shopper",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("journey_wait_due", "org", "store", "state", "due_at_ms"),
        Index("journey_wait_by_shopper", "org", "shopper", "campaign", "began_at_ms"),
        Index("journey_wait_by_campaign", "org", "store", "campaign", "began_at_ms"),
        Index("journey_wait_by_decision", "org", "store", "decision"),
    )

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    campaign: str
    campaign_version: int
    shopper: str
    trigger_kind: str
    zone: str | None = None
    visit_id: str | None = None
    began_at_ms: int = Field(sa_type=BigInteger)
    due_at_ms: int = Field(sa_type=BigInteger)
    awaited: str
    purposes: str
    step: str = Field(sa_type=Text)
    state: str
    ended_by: str | None = None
    ended_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    happened: str | None = None
    decision: str | None = None


class PrintedCodeRow(SQLModel, table=True):
    """A code that a store has printed, and what its scan means."""

    __tablename__ = "printed_code"

    org: str = Field(primary_key=True)
    store: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    placement: str
    zone: str | None = None
    campaign: str | None = None
